/** The trainers' page “Tests”. */
export const tests = {
  title: "Tests",
};
