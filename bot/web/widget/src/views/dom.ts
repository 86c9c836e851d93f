/** Elements without HTML strings: children that are text stay text. */

export type Child = Node | string | null | undefined | false;
type Handler = (event: never) => void;
export type Props = Record<string, string | number | boolean | undefined | Handler>;
type Tag = keyof HTMLElementTagNameMap;
type TagOf<S> = S extends `${infer T}.${string}` ? T : S;
type ElementOf<S> = TagOf<S> extends Tag ? HTMLElementTagNameMap[TagOf<S>] : never;

/**
 * `h("button.reply", { onclick }, "Yes")`. Functions become listeners, `true` an empty attribute, `false` and
 * `undefined` none; `label` is the accessible name and the tool tip. A button never submits unless it says so.
 */
export function h<S extends Tag | `${Tag}.${string}`>(selector: S, props: Props = {}, ...children: Child[]): ElementOf<S> {
  const [tag = "", ...classes] = selector.split(".");
  const el = document.createElement(tag);
  const set = (name: string, value: unknown): void => el.setAttribute(name, String(value));
  if (classes.length) el.className = classes.join(" ");
  if (tag === "button") set("type", "button");
  for (const [key, value] of Object.entries(props)) {
    if (typeof value === "function") el.addEventListener(key.slice(2), value as EventListener);
    else if (key === "label") {
      set("aria-label", value);
      set("title", value);
    } else if (value === true) set(key, "");
    else if (value !== undefined && value !== false) set(key, value);
  }
  el.append(...children.filter((c): c is Node | string => c !== null && c !== undefined && c !== false));
  return el as ElementOf<S>;
}

/** Text for screen readers only. */
export function hidden(text: string): HTMLElement {
  return h("span.sr", {}, text);
}

const ICONS = {
  chat: "M4 12a8 7.5 0 1 1 3.4 6.2L3.8 19.5l1-3.4A7.3 7.3 0 0 1 4 12ZM8.5 12h.01M12 12h.01M15.5 12h.01",
  down: "m6 9.5 6 6 6-6",
  close: "m6 6 12 12M18 6 6 18",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  send: "M12 19V5.5M6 11l6-6 6 6",
  clip: "m20 11.5-8 8a5 5 0 0 1-7-7l8.5-8.5a3.3 3.3 0 0 1 4.7 4.7L9.8 17a1.7 1.7 0 0 1-2.4-2.4l7.6-7.5",
  person: "M4.5 14v-2a7.5 7.5 0 0 1 15 0v2M4.5 14.2c0-.7.5-1.2 1.2-1.2H8v5.5H6.5a2 2 0 0 1-2-2Zm15 0c0-.7-.5-1.2-1.2-1.2H16v5.5h1.5a2 2 0 0 0 2-2ZM18 18.5c0 1.5-1.5 2.5-4.5 2.5",
  bot: "M6.5 8.5h11a2 2 0 0 1 2 2V16a2.5 2.5 0 0 1-2.5 2.5H7A2.5 2.5 0 0 1 4.5 16v-5.5a2 2 0 0 1 2-2ZM12 8.5V5.5M12 4.8h.01M9.3 13h.01M14.7 13h.01",
  file: "M14 3.5H7.5a2 2 0 0 0-2 2v13a2 2 0 0 0 2 2h9a2 2 0 0 0 2-2V8ZM13.5 3.7V8.5h4.8M9 13h6M9 16.5h4",
  bill: "M6 3.5h12v17l-3-1.8-3 1.8-3-1.8-3 1.8ZM9 8.5h6M9 12.5h6",
  ticket: "M4 8a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v1.7a2.3 2.3 0 0 0 0 4.6V16a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2v-1.7a2.3 2.3 0 0 0 0-4.6ZM14 6.5v11",
  alert: "M12 4.5 3.5 19h17ZM12 10v4M12 16.7h.01",
  calendar: "M5 6.5h14v13H5ZM5 10.5h14M9 4v4M15 4v4",
  star: "m12 3.8 2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8Z",
} as const;

export type IconName = keyof typeof ICONS;

const SVG = "http://www.w3.org/2000/svg";

export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

export function iconButton(name: IconName, label: string, onclick: () => void, props: Props = {}): HTMLButtonElement {
  return h("button.icon-button", { label, onclick, ...props }, icon(name));
}

/** Offer bytes as a file, the way a click on a download link does. */
export function saveFile(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = h("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
