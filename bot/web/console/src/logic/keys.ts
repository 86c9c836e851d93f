/** Key presses as the list of commands writes them. */

/** `e`, `?`, `mod+k`, `alt+a`; empty for a bare modifier. */
export function strokeOf(event: Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey">): string {
  if (["Control", "Meta", "Alt", "Shift"].includes(event.key)) return "";
  if (event.ctrlKey || event.metaKey) return `mod+${event.key.toLowerCase()}`;
  // with Alt some layouts type another sign: what counts is the key itself
  if (event.altKey) return `alt+${event.code.replace(/^(Key|Digit)/, "").toLowerCase()}`;
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

/** Whether a press is for the field it happens in. */
export function writesInto(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName));
}
