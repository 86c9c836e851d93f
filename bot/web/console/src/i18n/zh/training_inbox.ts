import type { inbox as Texts } from "../en/training_inbox";

/** The trainers' page “Inbox”. */
export const inbox: typeof Texts = {
  title: "收件箱",
};
