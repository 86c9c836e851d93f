/** Message text as blocks of lines, lists and links. It stays data: the view makes text nodes of it. */

export type Span = { text: string; href?: string };
export type Block =
  | { kind: "lines"; lines: Span[][] }
  | { kind: "list"; ordered: boolean; start: number; items: Span[][] };

// A link ends at white space, at brackets and quotes of either script, and at the first Chinese character.
const LINK = /\b(?:https?:\/\/|www\.)[^\s<>"'`{}|\\^\u2018-\u201f\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+/gi;
const BULLET = /^\s*[-*•·]\s+(.*)$/;
const NUMBER = /^\s*(\d{1,3})(?:[.)]\s+|[、．）]\s*)(.*)$/;

/** Cut off punctuation that belongs to the sentence, but keep a bracket that the address itself opened. */
function trimLink(link: string): string {
  return link.replace(link.includes("(") ? /[.,;:!?\]]+$/ : /[.,;:!?)\]]+$/, "");
}

export function spans(line: string): Span[] {
  const out: Span[] = [];
  let at = 0;
  for (const match of line.matchAll(LINK)) {
    const link = trimLink(match[0]);
    const href = safeHref(link);
    if (!href) continue;
    if (match.index > at) out.push({ text: line.slice(at, match.index) });
    out.push({ text: link, href });
    at = match.index + link.length;
  }
  if (at < line.length) out.push({ text: line.slice(at) });
  return out;
}

/** Only web addresses; anything else stays text. */
export function safeHref(link: string): string | undefined {
  try {
    const url = new URL(/^www\./i.test(link) ? `https://${link}` : link);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/** One numbered line alone is a sentence that begins with a number; two or more are a list. */
export function blocks(text: string): Block[] {
  const out: Block[] = [];
  const lines = text.replace(/\r\n?/g, "\n").trim().split("\n");
  for (let i = 0; i < lines.length; ) {
    const numbered = NUMBER.test(lines[i] ?? "") && NUMBER.test(lines[i + 1] ?? "");
    const pattern = BULLET.test(lines[i] ?? "") ? BULLET : numbered ? NUMBER : null;
    if (!pattern) {
      const last = out[out.length - 1];
      const line = spans(lines[i] ?? "");
      if (last?.kind === "lines") last.lines.push(line);
      else out.push({ kind: "lines", lines: [line] });
      i++;
      continue;
    }
    const items: Span[][] = [];
    const start = Number(NUMBER.exec(lines[i] ?? "")?.[1] ?? 1);
    for (let match; (match = pattern.exec(lines[i] ?? "")); i++) items.push(spans(match[match.length - 1] ?? ""));
    out.push({ kind: "list", ordered: pattern === NUMBER, start, items });
  }
  return out;
}
