/** The trainers' page “Changes”. */
export const changes = {
  title: "Changes",
};
