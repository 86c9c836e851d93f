import type { tryOut as Texts } from "../en/training_try";

/** The trainers' page “Try”. */
export const tryOut: typeof Texts = {
  title: "试一试",
};
