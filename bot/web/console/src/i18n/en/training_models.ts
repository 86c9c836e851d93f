/** The trainers' page “Models”. */
export const models = {
  title: "Models",
};
