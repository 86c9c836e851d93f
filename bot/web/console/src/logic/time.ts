/** Times as the desk reads them. Everything takes `now`, so that nothing here looks at a clock. */
import type { Language } from "../api/types";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const LOCALE: Record<Language, string> = { zh: "zh-CN", en: "en-GB" };

/** A wait as a stopwatch: `0:42`, `12:05`, `1:03:20`; days as `2d 4h`. Negative waits count as none. */
export function stopwatch(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const days = Math.floor(total / 86_400);
  const hours = Math.floor((total % 86_400) / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = String(total % 60).padStart(2, "0");
  if (days > 0) return `${days}d ${hours}h`;
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}` : `${minutes}:${seconds}`;
}

/** The same day reads as a clock, the same year as a day, else with the year. */
export function shortStamp(iso: string, now: number, language: Language): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  const today = new Date(now);
  if (at.toDateString() === today.toDateString()) return clock(iso, language);
  const year = at.getFullYear() === today.getFullYear() ? {} : ({ year: "numeric" } as const);
  return at.toLocaleDateString(LOCALE[language], { month: language === "zh" ? "numeric" : "short", day: "numeric", ...year });
}

export function clock(iso: string, language: Language): string {
  return new Date(iso).toLocaleTimeString(LOCALE[language], { hour: "2-digit", minute: "2-digit", hour12: false });
}

/** Weekday, day and clock. */
export function dayAndClock(iso: string, language: Language): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const day = at.toLocaleDateString(LOCALE[language], {
    weekday: "short", day: "numeric", month: language === "zh" ? "long" : "short",
  });
  return `${day} ${clock(iso, language)}`;
}

/** A visit's window: the day once, then from–to. */
export function windowOf(start: string, end: string, language: Language): string {
  return `${dayAndClock(start, language)}–${clock(end, language)}`;
}

export function dayLine(iso: string, language: Language): string {
  return new Date(iso).toLocaleDateString(LOCALE[language], { weekday: "long", day: "numeric", month: "long" });
}

export type DueTone = "late" | "soon" | "fine";

/** How a deadline stands; soon is within four hours. */
export function dueTone(iso: string | null, now: number): DueTone {
  if (!iso) return "fine";
  const left = Date.parse(iso) - now;
  return left < 0 ? "late" : left < 4 * HOUR_MS ? "soon" : "fine";
}

/** How long until or since, in the language's own words: "in 2 days", "3小时前". */
export function relative(iso: string, now: number, language: Language): string {
  const words = new Intl.RelativeTimeFormat(LOCALE[language], { numeric: "auto" });
  const left = Date.parse(iso) - now;
  const size = Math.abs(left);
  if (size < HOUR_MS) return words.format(Math.round(left / MINUTE_MS), "minute");
  if (size < DAY_MS) return words.format(Math.round(left / HOUR_MS), "hour");
  return words.format(Math.round(left / DAY_MS), "day");
}

/** Colour of a wait: calm under two minutes, then warm, then hot after five. */
export function waitTone(ms: number): "calm" | "warm" | "hot" {
  return ms < 2 * MINUTE_MS ? "calm" : ms < 5 * MINUTE_MS ? "warm" : "hot";
}
