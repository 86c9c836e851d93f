/** The trainers' page “Articles”. */
export const articles = {
  title: "Articles",
};
