import { blocks } from "../richtext";
import type { Span } from "../richtext";
import { h } from "./dom";

function nodes(spans: readonly Span[]): Node[] {
  return spans.map(({ text, href }) =>
    href
      ? h("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, text)
      : document.createTextNode(text),
  );
}

export function richText(text: string): DocumentFragment {
  const out = document.createDocumentFragment();
  for (const block of blocks(text)) {
    if (block.kind === "list") {
      const list = block.ordered ? h("ol", { start: block.start }) : h("ul");
      for (const item of block.items) list.append(h("li", {}, ...nodes(item)));
      out.append(list);
      continue;
    }
    let paragraph = h("p");
    for (const line of block.lines) {
      if (!line.length) {
        if (paragraph.hasChildNodes()) out.append(paragraph);
        paragraph = h("p");
        continue;
      }
      if (paragraph.hasChildNodes()) paragraph.append(h("br"));
      paragraph.append(...nodes(line));
    }
    if (paragraph.hasChildNodes()) out.append(paragraph);
  }
  return out;
}
