import type { train as Texts } from "../en/training_train";

/** The trainers' page “Train”. */
export const train: typeof Texts = {
  title: "训练与评测",
};
