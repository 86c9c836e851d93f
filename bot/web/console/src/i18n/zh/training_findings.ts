import type { findings as Texts } from "../en/training_findings";

/** The trainers' page “Findings”. */
export const findings: typeof Texts = {
  title: "问题发现",
};
