import type { changes as Texts } from "../en/training_changes";

/** The trainers' page “Changes”. */
export const changes: typeof Texts = {
  title: "改动",
};
