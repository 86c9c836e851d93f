import type { Language } from "../contracts";
import { en } from "./en";
import { zh } from "./zh";
import type { Strings } from "./zh";

export type { Strings };

export const STRINGS: Record<Language, Strings> = { zh, en };

/** "zh-Hant-TW" is Chinese, "en-GB" English; null for what we have no words for. */
export function asLanguage(tag: string | null | undefined): Language | null {
  const head = (tag ?? "").toLowerCase().split(/[-_]/)[0];
  return head === "zh" || head === "en" ? head : null;
}
