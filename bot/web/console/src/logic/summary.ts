/** The packet's summary: three lines, of which the first says why, then what the customer wrote. */

const FIRST_SENTENCE = /^[^。.]*[。.]\s*/;
const LABEL = /^[^：:]*[：:]\s*/;

/** What is worth reading beside the reason, which stands as a chip: the first line without its first sentence, then the others. */
export function summaryLines(summary: string | null): string[] {
  const [why = "", ...rest] = (summary ?? "").split("\n").map((line) => line.trim()).filter(Boolean);
  return [why.replace(FIRST_SENTENCE, "") || why, ...rest].filter(Boolean);
}

/** The customer's own words, as far as the summary has them. */
export function customerWords(summary: string | null): string {
  const first = summaryLines(summary)[0] ?? "";
  return first.replace(LABEL, "") || first;
}
