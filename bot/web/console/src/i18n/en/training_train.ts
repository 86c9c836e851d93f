/** The trainers' page “Train”. */
export const train = {
  title: "Train",
};
