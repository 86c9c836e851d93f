/** Texts of the trainers' pages, under `training`: agents do not fetch them. */
import { i18n } from ".";
import { training as en } from "./en/training";
import { training as zh } from "./zh/training";

export function addTrainingTexts(): void {
  i18n.global.mergeLocaleMessage("en", { training: en });
  i18n.global.mergeLocaleMessage("zh", { training: zh });
}
