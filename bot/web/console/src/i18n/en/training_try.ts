/** The trainers' page “Try”. */
export const tryOut = {
  title: "Try",
};
