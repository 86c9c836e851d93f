/** Findings: what each is about, and what can be done with one press. */
import type { Finding, FindingKind } from "../../api/training/types";
import type { Language } from "../../api/types";

export const KINDS: readonly FindingKind[] = ["contradiction", "odd", "near_duplicate", "duplicate", "too_few", "unbalanced", "misspelt"];

/** One sentence that a finding is about. */
export interface Side {
  intent: string;
  language: Language;
  path: string;
  line: number;
  text: string;
}

export type Act = { kind: "remove"; side: Side } | { kind: "move"; side: Side; to: string } | { kind: "write"; side: Side; text: string };

/** The language of `data/nlu/<topic>.<language>.yml`. */
export function languageOf(path: string): Language {
  return path.endsWith(".en.yml") ? "en" : "zh";
}

/** The sentences of a finding: none where it is about counts. */
export function sides(finding: Finding): Side[] {
  const found: Side[] = [];
  if (finding.text !== null && finding.path !== null && finding.line !== null) {
    found.push({ intent: finding.intent, language: languageOf(finding.path), path: finding.path, line: finding.line, text: finding.text });
  }
  if (finding.other) found.push({ intent: finding.other_intent ?? finding.intent, language: languageOf(finding.other.path), ...finding.other });
  return found;
}

/** What can be done at once, the likeliest first. */
export function acts(finding: Finding): Act[] {
  const [first, second] = sides(finding);
  if (!first) return [];
  const remove = (side: Side): Act => ({ kind: "remove", side });
  if (finding.kind === "misspelt") {
    const text = corrected(finding);
    return text === null ? [] : [{ kind: "write", side: first, text }];
  }
  if (finding.kind === "odd") return finding.other_intent ? [{ kind: "move", side: first, to: finding.other_intent }, remove(first)] : [remove(first)];
  if (!second) return [remove(first)];
  if (finding.kind === "duplicate") return [remove(second)];
  if (finding.kind === "contradiction") return [remove(first), remove(second)];
  return [remove(first), remove(second), { kind: "move", side: first, to: second.intent }, { kind: "move", side: second, to: first.intent }];
}

/** The sentence with the usual word in place of the misspelt one; null where marks of entities part it. */
export function corrected({ text, word, right }: Finding): string | null {
  const at = text !== null && word !== null ? text.toLowerCase().indexOf(word) : -1;
  if (text === null || word === null || right === null || at < 0) return null;
  const first = text.charAt(at);
  const fitting = first === first.toLowerCase() ? right : right.charAt(0).toUpperCase() + right.slice(1);
  return text.slice(0, at) + fitting + text.slice(at + word.length);
}

/** A name for a finding that lasts while its sentences do. */
export function keyOf(finding: Finding): string {
  return [finding.kind, finding.intent, finding.language, finding.path, finding.line, finding.other?.path, finding.other?.line].join("|");
}

/** Whether a finding speaks of a sentence that is gone now. */
export function concerns(finding: Finding, side: Side): boolean {
  return sides(finding).some((one) => one.path === side.path && one.intent === side.intent && one.text === side.text);
}
