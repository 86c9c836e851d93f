/** What this browser remembers: language, colours, sound, drafts, read marks. */
import { reactive, watch } from "vue";
import type { Language } from "../api/types";
import { i18n } from "../i18n";

const PREFIX = "frontline-console:";

export function remember(key: string, value: string | null): void {
  try {
    if (value === null || value === "") localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, value);
  } catch {
    // a browser that forbids storage: it lasts until the page is left
  }
}

export function recall(key: string): string | null {
  try {
    return localStorage.getItem(PREFIX + key);
  } catch {
    return null;
  }
}

function firstLanguage(): Language {
  const chosen = recall("language");
  if (chosen === "zh" || chosen === "en") return chosen;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

function firstDark(): boolean {
  const chosen = recall("theme");
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

export const preferences = reactive({ language: firstLanguage(), dark: firstDark(), sound: recall("sound") === "on" });

watch(
  () => preferences.language,
  (language) => {
    i18n.global.locale.value = language;
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  },
  { immediate: true },
);
watch(() => preferences.dark, (dark) => document.documentElement.classList.toggle("dark", dark), { immediate: true });

export function setLanguage(language: Language): void {
  preferences.language = language;
  remember("language", language);
}

export function setDark(dark: boolean): void {
  preferences.dark = dark;
  remember("theme", dark ? "dark" : "light");
}

export function setSound(on: boolean): void {
  preferences.sound = on;
  remember("sound", on ? "on" : null);
}
