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
  person: "M5 16v-4a7 7 0 0 1 14 0v4M5 13h3v5H5ZM16 13h3v5h-3ZM18 18v3h-5",
  bot: "M5 8.5h14v10H5ZM12 8.5V5M9.3 13h.01M14.7 13h.01",
  file: "M6 3.5h8l4.5 4.5v12.5H6ZM13.5 4v4.5h5M9 13h6M9 16.5h4",
  bill: "M6 3.5h12v17l-3-1.8-3 1.8-3-1.8-3 1.8ZM9 8.5h6M9 12.5h6",
  ticket: "M4 6h16v3.5a2.5 2.5 0 0 0 0 5V18H4v-3.5a2.5 2.5 0 0 0 0-5ZM14 6v12",
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
