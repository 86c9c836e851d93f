/** A sentence cut where marks and weights change, so that both can be shown in it. */

export interface Weighed {
  text: string;
  weight: number;
}

export interface Marked {
  entity: string;
  value: unknown;
  start: number;
  end: number;
}

/** Letters in a row that weigh the same: -1 to 1 of the heaviest word; 0 weighs nothing. */
export interface Piece {
  text: string;
  weight: number;
}

/** A marked stretch of the sentence, or what lies between two of them. */
export interface Stretch {
  mark: Marked | null;
  pieces: Piece[];
}

/** Weights for every character: words are looked for one after the other, so that a word said twice is found twice. */
function weights(sentence: string, words: readonly Weighed[]): number[] {
  const found = new Array<number>(sentence.length).fill(0);
  const most = Math.max(...words.map((word) => Math.abs(word.weight)), 0);
  const lower = sentence.toLowerCase();
  let from = 0;
  for (const word of words) {
    const at = word.text ? lower.indexOf(word.text.toLowerCase(), from) : -1;
    if (at < 0) continue;
    from = at + word.text.length;
    if (most > 0) found.fill(word.weight / most, at, from);
  }
  return found;
}

/** Characters are those of JavaScript; the service counts code points, which differ above the basic plane. */
export function toUnits(sentence: string, codePoint: number): number {
  return [...sentence].slice(0, codePoint).join("").length;
}

export function stretches(sentence: string, words: readonly Weighed[], entities: readonly Marked[]): Stretch[] {
  const weight = weights(sentence, words);
  const marks = entities.map((mark) => ({ mark, start: toUnits(sentence, mark.start), end: toUnits(sentence, mark.end) }));
  const result: Stretch[] = [];
  for (let at = 0; at < sentence.length; at++) {
    const mark = marks.find((one) => one.start <= at && at < one.end)?.mark ?? null;
    let stretch = result.at(-1);
    if (!stretch || stretch.mark !== mark) result.push((stretch = { mark, pieces: [] }));
    const piece = stretch.pieces.at(-1);
    if (piece && piece.weight === weight[at]) piece.text += sentence.charAt(at);
    else stretch.pieces.push({ text: sentence.charAt(at), weight: weight[at] ?? 0 });
  }
  return result;
}

/** The words that weighed most, heaviest first; those that hardly weigh are left out. */
export function heaviest(words: readonly Weighed[], count: number): Weighed[] {
  const most = Math.max(...words.map((word) => Math.abs(word.weight)), 0);
  return words
    .filter((word) => word.text.trim() !== "" && Math.abs(word.weight) > most * LEAST)
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, count);
}

const LEAST = 0.15;
const HAN = /\p{Script=Han}/u;

/** The language of a sentence as the service tells it: any Chinese character makes it Chinese. */
export function languageOf(sentence: string): "zh" | "en" {
  return HAN.test(sentence) ? "zh" : "en";
}

const INSTANT = /^\d{4}-\d\d-\d\dT/;

/** An instant, or both ends of a span, in what an entity holds; empty for anything else. */
export function instants(value: unknown): string[] {
  const parts = typeof value === "object" && value !== null ? Object.values(value) : [value];
  return parts.filter((part): part is string => typeof part === "string" && INSTANT.test(part));
}
