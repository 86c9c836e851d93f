import type { entities as Texts } from "../en/training_entities";

/** The trainers' page “Entities”. */
export const entities: typeof Texts = {
  title: "实体",
};
