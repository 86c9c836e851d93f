/** Keys that walk a list, look in it, and close what is open of it. */
import { route, train } from "../route";
import type { TrainingPage } from "../route";
import { useKeys } from "./keys";

export interface ListKeys {
  /** What is shown, in its order. */
  ids: () => readonly string[];
  field: () => { select: () => unknown } | null;
  say: Record<"next" | "previous" | "find", () => string>;
  /** Left out where what is open has a key of its own for it. */
  close?: () => string;
}

export function useListKeys(page: TrainingPage, list: ListKeys): void {
  function step(by: 1 | -1): void {
    const ids = list.ids();
    const at = ids.indexOf(route.item ?? "");
    const next = ids[at < 0 ? 0 : Math.min(Math.max(at + by, 0), ids.length - 1)];
    if (next) train(page, next);
  }

  useKeys([
    { keys: "j", label: list.say.next, run: () => step(1) },
    { keys: "k", label: list.say.previous, run: () => step(-1) },
    { keys: "/", label: list.say.find, run: () => list.field()?.select() },
    ...(list.close ? [{ keys: "Escape", label: list.close, run: () => train(page) }] : []),
  ]);
}
