/** What stands under the cursor while somebody writes: `/` asks for a macro, `@` for a colleague. */

export interface Token {
  sign: "/" | "@";
  /** What follows the sign, in small letters. */
  query: string;
  start: number;
  end: number;
}

/** The token that ends at the cursor; a sign counts at the start of a word only, so that addresses and dates stay text. */
export function tokenAt(text: string, caret: number): Token | null {
  const found = /(^|\s)([/@])([^\s/@]*)$/.exec(text.slice(0, caret));
  if (!found) return null;
  const [, before = "", sign, query = ""] = found;
  return { sign: sign as "/" | "@", query: query.toLowerCase(), start: found.index + before.length, end: caret };
}

/** The text with a part of it replaced, and where the cursor belongs then. */
export function withToken(text: string, start: number, end: number, words: string): { text: string; caret: number } {
  return { text: text.slice(0, start) + words + text.slice(end), caret: start + words.length };
}
