import type { teach as Texts } from "../en/training_teach";

/** The trainers' page “Teach”. */
export const teach: typeof Texts = {
  title: "该教什么",
};
