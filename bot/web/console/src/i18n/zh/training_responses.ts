import type { responses as Texts } from "../en/training_responses";

/** The trainers' page “Responses”. */
export const responses: typeof Texts = {
  title: "话术",
};
