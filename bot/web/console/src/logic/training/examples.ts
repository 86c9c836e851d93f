/** Examples of intents: counts, order, findings beside them, many lines at once. */
import type { Example, Finding, IntentLine } from "../../api/training/types";
import type { Language } from "../../api/types";

/** As the findings count: fewer are too few, and one language may have so many times the other's. */
const FEWEST = 20;
const MOST_TIMES = 2;
const BULLET = /^\s*(?:(?:[-*•·]|\d+[.)])\s+|\d+[、．）]\s*)/;

export type Order = "name" | "fewest" | "uneven" | "findings";

/** What is wrong with the counts; null when nothing is. */
export function uneven(examples: Record<Language, number>): "few" | "lopsided" | null {
  const [low, high] = [Math.min(examples.zh, examples.en), Math.max(examples.zh, examples.en)];
  if (low < FEWEST) return "few";
  return high > MOST_TIMES * low ? "lopsided" : null;
}

export function ordered(lines: readonly IntentLine[], order: Order): IntentLine[] {
  const weight: Record<Order, (line: IntentLine) => number> = {
    name: () => 0,
    fewest: (line) => line.examples.zh + line.examples.en,
    uneven: (line) => -Math.max(line.examples.zh, line.examples.en) / Math.max(1, Math.min(line.examples.zh, line.examples.en)),
    findings: (line) => -(line.findings ?? 0),
  };
  return [...lines].sort((a, b) => weight[order](a) - weight[order](b) || a.intent.localeCompare(b.intent));
}

/** The findings about one example: it is either side of them. */
export function about(findings: readonly Finding[], path: string | null | undefined, text: string): Finding[] {
  return findings.filter((one) => (one.path === path && one.text === text) || (one.other?.path === path && one.other?.text === text));
}

/** Lines that somebody pasted: without bullets, numbers, blanks and repeats; what is there already is left out. */
export function pasted(text: string, known: readonly Pick<Example, "plain">[]): { fresh: string[]; known: number } {
  const there = new Set(known.map((one) => one.plain));
  const lines = [...new Set(text.split(/\r?\n/).map((line) => line.replace(BULLET, "").trim()).filter(Boolean))];
  const fresh = lines.filter((line) => !there.has(line));
  return { fresh, known: lines.length - fresh.length };
}

/** Examples whose words or entities have what is sought. */
export function sought(examples: readonly Example[], q: string): Example[] {
  const words = q.trim().toLowerCase();
  return words ? examples.filter((one) => one.text.toLowerCase().includes(words)) : [...examples];
}

/** A search may name several words, in any order. */
export function fits(q: string, ...texts: string[]): boolean {
  const all = texts.join(" ").toLowerCase();
  return q.trim().toLowerCase().split(/\s+/).every((word) => all.includes(word));
}
