/** A report as trainers look at it: what fails first, then figures by intent, then curves. */
import type { Confusion, FailingSentence, IntentFigures, ThresholdPoint } from "../../api/training/jobs";
import type { Language } from "../../api/types";

export type Column = "intent" | "support" | "precision" | "recall" | "f1";
export interface Order {
  by: Column;
  down: boolean;
}

/** One intent with what is known of it in each language. */
export interface IntentRow {
  intent: string;
  languages: Partial<Record<Language, IntentFigures>>;
  support: number;
  /** Weighed by the sentences of each language. */
  precision: number;
  recall: number;
  f1: number;
  confused: { intent: string; count: number }[];
}

export function byIntent(figures: readonly IntentFigures[], language: Language | null): IntentRow[] {
  const rows = new Map<string, IntentFigures[]>();
  for (const one of figures) if (!language || one.language === language) rows.set(one.intent, [...(rows.get(one.intent) ?? []), one]);
  return [...rows].map(([intent, parts]) => {
    const support = parts.reduce((sum, part) => sum + part.support, 0);
    const mean = (of: "precision" | "recall" | "f1"): number =>
      support ? parts.reduce((sum, part) => sum + part[of] * part.support, 0) / support : 0;
    const confused = new Map<string, number>();
    for (const other of parts.flatMap((part) => part.confused_with)) confused.set(other.intent, (confused.get(other.intent) ?? 0) + other.count);
    return {
      intent, support, precision: mean("precision"), recall: mean("recall"), f1: mean("f1"),
      languages: Object.fromEntries(parts.map((part) => [part.language, part])),
      confused: [...confused].map(([name, count]) => ({ intent: name, count })).sort((a, b) => b.count - a.count),
    };
  });
}

export function ordered(rows: readonly IntentRow[], order: Order): IntentRow[] {
  const sign = order.down ? -1 : 1;
  return [...rows].sort((a, b) => {
    const first = a[order.by];
    const second = b[order.by];
    const differ = typeof first === "string" ? first.localeCompare(String(second)) : first - Number(second);
    return sign * differ || a.intent.localeCompare(b.intent);
  });
}

/** Failing sentences of an intent: those it should have been, and those that were taken for it. */
export function failingOf(failing: readonly FailingSentence[], intent: string, language: Language | null): FailingSentence[] {
  return failing.filter((one) => (!intent || one.intent === intent || one.got === intent) && (!language || one.language === language));
}

/** The point of the curve that stands nearest to a threshold. */
export function nearest(points: readonly ThresholdPoint[], threshold: number): ThresholdPoint | null {
  return points.reduce<ThresholdPoint | null>(
    (best, point) => (best && Math.abs(best.threshold - threshold) <= Math.abs(point.threshold - threshold) ? best : point), null,
  );
}

/** What a threshold costs: a wrong answer costs `wrongCost` times what asking back costs. Returns the cheapest point. */
export function cheapest(points: readonly ThresholdPoint[], wrongCost: number): ThresholdPoint | null {
  const cost = (point: ThresholdPoint): number => point.wrong * wrongCost + (1 - point.answered);
  return points.reduce<ThresholdPoint | null>((best, point) => (best && cost(best) <= cost(point) ? best : point), null);
}

export interface Matrix {
  names: string[];
  /** `wanted got` → how many. */
  counts: Map<string, number>;
  most: number;
}

/** The matrix of the intents that are confused at all, those confused most often first. */
export function matrix(confusions: readonly Confusion[], size: number): Matrix {
  const wrong = confusions.filter((one) => one.intent !== one.got);
  const weight = new Map<string, number>();
  for (const one of wrong) for (const name of [one.intent, one.got]) weight.set(name, (weight.get(name) ?? 0) + one.count);
  const names = [...weight].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).slice(0, size).map(([name]) => name);
  const counts = new Map(confusions.map((one) => [`${one.intent} ${one.got}`, one.count]));
  return { names, counts, most: Math.max(1, ...wrong.map((one) => one.count)) };
}

/** The points of a line in an SVG of 100 × 100 whose origin is below left. */
export function line(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y]) => `${(x * 100).toFixed(2)},${((1 - y) * 100).toFixed(2)}`).join(" ");
}
