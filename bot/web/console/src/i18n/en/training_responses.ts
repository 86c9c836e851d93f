/** The trainers' page “Responses”. */
export const responses = {
  title: "Responses",
};
