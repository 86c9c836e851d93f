/** Figures as supervisors read them. */
import type { Language } from "../api/types";

/** A share of 0 to 1 in whole percents. */
export function share(value: number, language: Language): string {
  return new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en-GB", { style: "percent", maximumFractionDigits: 0 }).format(value);
}
