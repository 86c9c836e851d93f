/** The trainers' page “Entities”. */
export const entities = {
  title: "Entities",
};
