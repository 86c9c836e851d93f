/** What the inbox makes of groups, sentences and decisions. */
import type { Decide, Group, KeptDecision, Mark, Sentence } from "../../api/training/types";

const MASK = /\*+/;
/** Offered with a digit each. */
const CANDIDATES = 9;
const REASONS_BY_WEIGHT = ["other_intent", "corrected", "handed_over", "thumbs_down", "refused", "near_tie", "low_confidence"] as const;

/** What a trainer has prepared for one sentence before deciding. */
export interface Draft {
  text?: string;
  marks?: Mark[];
}

export function isMasked(text: string): boolean {
  return MASK.test(text);
}

/** What accepting would make of a sentence; null when nothing was understood. */
export function acceptedAs(sentence: Pick<Sentence, "suggested" | "intent">): string | null {
  return sentence.suggested ?? sentence.intent;
}

/** What accepting a group would make of it: the intents of its sentences, each once, the most frequent first. */
export function acceptedIntents(sentences: readonly Pick<Sentence, "suggested" | "intent">[]): string[] {
  const counted = new Map<string, number>();
  for (const sentence of sentences) {
    const intent = acceptedAs(sentence);
    if (intent) counted.set(intent, (counted.get(intent) ?? 0) + 1);
  }
  return [...counted].sort((a, b) => b[1] - a[1]).map(([intent]) => intent);
}

/** Intents worth offering at once: what was suggested, understood, nearly understood, and what was chosen lately. */
export function candidates(group: Pick<Group, "suggested" | "intent">, sentences: readonly Sentence[], lately: readonly string[]): string[] {
  const all = [
    group.suggested, group.intent, ...sentences.flatMap((one) => [one.suggested, one.intent, one.second]), ...lately,
  ].filter((intent): intent is string => intent !== null && intent !== "out_of_scope");
  return [...new Set(all)].slice(0, CANDIDATES);
}

/** Reasons of a group, the weightiest first, with how many sentences have each. */
export function reasonsOf(reasons: Group["reasons"]): { reason: (typeof REASONS_BY_WEIGHT)[number]; count: number }[] {
  return REASONS_BY_WEIGHT.flatMap((reason) => (reasons[reason] ? [{ reason, count: reasons[reason] }] : []));
}

/** A decision with what was prepared for its sentences. */
export function decision(
  kind: Pick<Decide, "decision" | "intent" | "topic">, sentences: readonly Sentence[], chosen: ReadonlySet<string>, drafts: Readonly<Record<string, Draft>>, asTest: boolean,
): Decide {
  const picked = sentences.filter((one) => chosen.has(one.id));
  const texts: Record<string, string> = {};
  const marks: Record<string, Mark[]> = {};
  for (const { id } of picked) {
    const draft = drafts[id];
    if (draft?.text !== undefined) texts[id] = draft.text;
    if (draft?.marks?.length) marks[id] = draft.marks;
  }
  const teaches = kind.decision !== "delete";
  return {
    ...kind,
    ...(picked.length < sentences.length && { sentences: picked.map((one) => one.id) }),
    ...(teaches && Object.keys(texts).length > 0 && { texts }),
    ...(teaches && Object.keys(marks).length > 0 && { marks }),
    ...(teaches && asTest && { keep_as_test: true }),
  };
}

/** Sentences that were decided on the day of `now`, and in how many decisions; what was undone does not count. */
export function today(decisions: readonly KeptDecision[], now: Date): { sentences: number; decisions: number } {
  const day = now.toDateString();
  const done = decisions.filter((one) => !one.undone && new Date(one.at).toDateString() === day);
  return { sentences: done.reduce((sum, one) => sum + one.decided, 0), decisions: done.length };
}

/** The group to go to when the one at `at` leaves the list. */
export function after<T>(list: readonly T[], at: number): T | undefined {
  return list[at + 1] ?? list[at - 1];
}
