import type { models as Texts } from "../en/training_models";

/** The trainers' page “Models”. */
export const models: typeof Texts = {
  title: "模型",
};
