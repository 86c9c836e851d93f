/** Keys of the trainers' pages: what a page offers while it stands open; the help lists it. */
import { onBeforeUnmount, shallowReactive } from "vue";
import { strokeOf, writesInto } from "../../logic/keys";

export interface Key {
  /** As typed: `j`, `Enter`, `g i`, `mod+Enter`. */
  keys: string;
  label: () => string;
  run: (event: KeyboardEvent) => unknown;
  /** Left out of the help, such as ten digits after the first. */
  quiet?: boolean;
  when?: () => boolean;
}

const IN_A_ROW_MS = 1_200;
/** The last one in is asked first. */
export const layers = shallowReactive<{ keys: readonly Key[] }[]>([]);
let before = "";
let pressedAt = 0;

/** Offer keys as long as the component stands. */
export function useKeys(keys: readonly Key[]): void {
  const layer = { keys };
  layers.push(layer);
  onBeforeUnmount(() => void layers.splice(layers.indexOf(layer), 1));
}

function meant(stroke: string, sequence: string, writing: boolean): Key | undefined {
  const all = [...layers].reverse().flatMap((layer) => layer.keys);
  const fits = (key: Key): boolean => (!writing || key.keys.includes("+")) && (key.when?.() ?? true);
  // two keys in a row mean what they mean together
  return all.find((key) => key.keys === sequence && fits(key)) ?? (before === "g" ? undefined : all.find((key) => key.keys === stroke && fits(key)));
}

/** Run what a press means; presses inside fields, dialogs and on buttons are theirs, but for buttons that have done their part. */
export function press(event: KeyboardEvent): void {
  const stroke = strokeOf(event);
  if (!stroke || event.isComposing || event.defaultPrevented) return;
  const busy = document.querySelector("dialog[open], .el-overlay:not([style*='display: none'])") !== null;
  const writing = writesInto(event.target);
  const onControl = event.target instanceof HTMLElement && event.target.closest("button:not([data-pressed-through]), a, summary") !== null;
  const sequence = before && Date.now() - pressedAt < IN_A_ROW_MS ? `${before} ${stroke}` : stroke;
  const key = busy || (onControl && ["Enter", " "].includes(stroke)) ? undefined : meant(stroke, sequence, writing);
  before = writing || busy || key ? "" : stroke;
  pressedAt = Date.now();
  if (!key) return;
  event.preventDefault();
  key.run(event);
}
