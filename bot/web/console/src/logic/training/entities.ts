/** Words by what they stand for. */
import type { EntityLine } from "../../api/training/types";

export interface Entry {
  value: string;
  words: string[];
  /** Those that can be taken out: patterns that are plain words. */
  own: string[];
}

/** Patterns and synonyms of an entity, gathered by value, in the order in which values come. */
export function entries(line: EntityLine): Entry[] {
  const found = new Map<string, Set<string>>();
  const put = (value: string, word: string): void => {
    const words = found.get(value) ?? new Set<string>();
    words.add(word);
    found.set(value, words);
  };
  for (const pattern of line.patterns) put(pattern.id ?? "", typeof pattern.pattern === "string" ? pattern.pattern : pattern.pattern.map((token) => String(Object.values(token)[0] ?? "")).join(" "));
  for (const [value, words] of Object.entries(line.synonyms)) for (const word of words) put(value, word);
  const own = (value: string): string[] => line.patterns.flatMap((pattern) => ((pattern.id ?? "") === value && typeof pattern.pattern === "string" ? [pattern.pattern] : []));
  return [...found].map(([value, words]) => ({ value, words: [...words], own: own(value) }));
}
