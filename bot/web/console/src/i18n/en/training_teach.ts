/** The trainers' page “Teach”. */
export const teach = {
  title: "Teach",
};
