/** Message text in pieces; only web addresses become links, everything else stays text. */
export interface Piece {
  text: string;
  href?: string;
}

const LINK = /\bhttps?:\/\/[^\s<>"'`{}|\\^\u2018-\u201f\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+/gi;

export function pieces(text: string): Piece[] {
  const out: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(LINK)) {
    const link = match[0].replace(/[.,;:!?)\]]+$/, "");
    if (!URL.canParse(link)) continue;
    if (match.index > at) out.push({ text: text.slice(at, match.index) });
    out.push({ text: link, href: link });
    at = match.index + link.length;
  }
  if (at < text.length) out.push({ text: text.slice(at) });
  return out;
}
