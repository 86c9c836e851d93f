/** How somebody likes the desk: kept on the server, remembered here so that the first paint is right. */
import { computed, reactive, ref, watch } from "vue";
import type { Language, Me, Settings } from "../api/types";
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

export type Preferences = Required<Settings>;

const FIRST: Preferences = {
  sound: true,
  notifications: false,
  theme: "system",
  language: navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en",
  density: "comfortable",
};

function remembered(): Partial<Preferences> {
  try {
    return JSON.parse(recall("settings") ?? "{}") as Partial<Preferences>;
  } catch {
    return {};
  }
}

export const preferences = reactive<Preferences>({ ...FIRST, ...remembered() });

const darkOutside = matchMedia("(prefers-color-scheme: dark)");
const outside = ref(darkOutside.matches);
darkOutside.addEventListener("change", () => (outside.value = darkOutside.matches));
export const dark = computed(() => (preferences.theme === "system" ? outside.value : preferences.theme === "dark"));

watch(
  () => preferences.language,
  (language) => {
    i18n.global.locale.value = language;
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  },
  { immediate: true },
);
watch(dark, (on) => document.documentElement.classList.toggle("dark", on), { immediate: true });
watch(() => preferences.density, (density) => (document.documentElement.dataset.density = density), { immediate: true });

/** Set by the desk: how a choice reaches the server. */
export const keeper: { save: (settings: Settings) => void } = { save: () => undefined };

export function prefer(settings: Settings): void {
  Object.assign(preferences, settings);
  remember("settings", JSON.stringify({ ...remembered(), ...settings }));
  keeper.save(settings);
}

/** What the server knows wins over what this browser remembers. */
export function adopt(settings: Me["settings"]): void {
  const known = Object.fromEntries(Object.entries(settings).filter(([key, value]) => key in FIRST && value !== null));
  Object.assign(preferences, known);
  remember("settings", JSON.stringify({ ...remembered(), ...known }));
}

export function otherLanguage(): Language {
  return preferences.language === "zh" ? "en" : "zh";
}
