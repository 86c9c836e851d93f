/** Models as a list, and the two arms of a canary side by side. */
import type { Arm, Model } from "../../api/training/models";
import type { Language } from "../../api/types";

const ORDER = { serving: 0, candidate: 1, previous: 2, retired: 3 } as const;

/** What serves first, then what may, newest first within each. */
export function sorted(models: readonly Model[]): Model[] {
  return [...models].sort((a, b) => ORDER[a.state] - ORDER[b.state] || b.trained_at.localeCompare(a.trained_at));
}

/** `20261122-101502-abc.tar.gz` without what every file has. */
export function shortName(file: string): string {
  return file.replace(/\.tar\.gz$/, "");
}

export function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

export interface ArmRates {
  refused: number | null;
  handedOver: number | null;
}

export function rates(arm: Arm): ArmRates {
  return { refused: ratio(arm.refused, arm.conversations), handedOver: ratio(arm.handed_over, arm.conversations) };
}

export function accuracy(model: Model): number | null {
  return model.scores ? ratio(model.scores.right, model.scores.total) : null;
}

/** The difference of two shares in percentage points. */
export function points(after: number | null | undefined, before: number | null | undefined): number | null {
  return after === null || after === undefined || before === null || before === undefined ? null : (after - before) * 100;
}

/** What may be done with a model now. */
export function acts(model: Model): ("gate" | "promote" | "canary")[] {
  if (model.state === "serving" || !model.trusted) return [];
  return model.gate?.passed ? ["promote", "canary", "gate"] : ["gate"];
}

/** A share of 0 to 1 with one decimal: models differ by less than a percent. */
export function fine(value: number | null | undefined, language: Language): string {
  if (value === null || value === undefined) return "–";
  return new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en-GB", { style: "percent", maximumFractionDigits: 1 }).format(value);
}
