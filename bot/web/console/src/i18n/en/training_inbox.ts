/** The trainers' page “Inbox”. */
export const inbox = {
  title: "Inbox",
};
