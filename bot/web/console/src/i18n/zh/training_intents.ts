import type { intents as Texts } from "../en/training_intents";

/** The trainers' page “Intents”. */
export const intents: typeof Texts = {
  title: "意图",
};
