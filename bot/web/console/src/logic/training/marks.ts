/** Entity marks in a sentence. Positions are characters as the service counts them: a smiley is one. */
import type { Mark } from "../../api/training/types";

export interface Piece {
  text: string;
  /** The mark that covers it; null for plain words. */
  mark: Mark | null;
  /** The mark's place in the list; -1 for plain words. */
  index: number;
  /** Position of the first character. */
  start: number;
}

/** Where a position of a JavaScript string lies, in characters. */
export function characters(text: string, at: number): number {
  return [...text.slice(0, at)].length;
}

/** A sentence cut where marks begin and end; of marks that overlap the later one gives way. */
export function pieces(text: string, marks: readonly Mark[]): Piece[] {
  const signs = [...text];
  const ordered = marks.map((mark, index) => ({ mark, index })).sort((a, b) => a.mark.start - b.mark.start || a.index - b.index);
  const found: Piece[] = [];
  let at = 0;
  const cut = (start: number, end: number, mark: Mark | null, index: number): void => {
    if (end > start) found.push({ text: signs.slice(start, end).join(""), mark, index, start });
  };
  for (const { mark, index } of ordered) {
    const start = Math.max(mark.start, at);
    const end = Math.min(mark.end, signs.length);
    if (end <= start) continue;
    cut(at, start, null, -1);
    cut(start, end, mark, index);
    at = end;
  }
  cut(at, signs.length, null, -1);
  return found;
}

/** The chosen span without blanks at its edges; null when nothing is left. */
export function trimmed(text: string, start: number, end: number): { start: number; end: number } | null {
  const signs = [...text];
  let [from, to] = start < end ? [start, end] : [end, start];
  while (from < to && !signs[from]?.trim()) from += 1;
  while (to > from && !signs[to - 1]?.trim()) to -= 1;
  return to > from ? { start: from, end: to } : null;
}

export function words(text: string, mark: Pick<Mark, "start" | "end">): string {
  return [...text].slice(mark.start, mark.end).join("");
}

/** A tone from 0 to 5 for an entity, the same everywhere. */
export function toneOf(entity: string): number {
  let sum = 0;
  for (const sign of entity) sum = (sum * 31 + (sign.codePointAt(0) ?? 0)) % 997;
  return sum % 6;
}
