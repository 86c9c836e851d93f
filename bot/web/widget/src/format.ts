/** Amounts, dates and sizes as people of each language write them. */
import type { Language } from "./contracts";

const LOCALE: Record<Language, string> = { zh: "zh-CN", en: "en-GB" };

function dateFormat(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(LOCALE[language], { ...options, timeZone: "UTC" });
}

/** `amount` in units of the currency, not in cents. */
export function money(amount: number, currency: string | undefined, language: Language): string {
  try {
    return new Intl.NumberFormat(LOCALE[language], {
      style: "currency",
      currency: currency ?? "CNY",
      currencyDisplay: "narrowSymbol",
    }).format(amount);
  } catch {
    return `${amount.toFixed(2)} ${currency ?? ""}`.trim();
  }
}

export function amount(n: number, language: Language): string {
  return new Intl.NumberFormat(LOCALE[language], { maximumFractionDigits: 2 }).format(n);
}

export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const kb = bytes / 1024;
  return kb < 1000 ? `${Math.max(1, Math.round(kb))} KB` : `${(kb / 1024).toFixed(1)} MB`;
}

/** A moment split as on a wall calendar; formats with the zone `UTC` give these figures back. */
export interface WallTime {
  date: Date;
  /** The same wall clock now, to tell "today". */
  now: Date;
}

/**
 * A visit happens on the clock of the place: a time with an offset keeps the figures it was written with. One in UTC
 * says nothing about the place, so the customer's own clock serves.
 */
export function wallTime(iso: string, nowMs: number): WallTime | null {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) return null;
  const offset = /([+-])(\d\d):?(\d\d)$/.exec(iso);
  const shift_ms = offset ? Number(`${offset[1]}1`) * (Number(offset[2]) * 60 + Number(offset[3])) * 60_000 : 0;
  if (shift_ms) return { date: new Date(ms + shift_ms), now: new Date(nowMs + shift_ms) };
  return localWall(ms, nowMs);
}

const DAY_MS = 86_400_000;

/** Whole days from today: 0 today, 1 tomorrow, -1 yesterday. */
export function daysAhead(wall: WallTime): number {
  return Math.floor(wall.date.getTime() / DAY_MS) - Math.floor(wall.now.getTime() / DAY_MS);
}

export function clock(date: Date, language: Language): string {
  return dateFormat(language, { hour: "2-digit", minute: "2-digit", hour12: false }).format(date);
}

export interface DayWords {
  today: string;
  tomorrow: string;
  yesterday: string;
}

/** "Tue 4 Aug", "8月4日 周二"; with the year when it is not this one. */
export function longDay(wall: WallTime, language: Language): string {
  const year = wall.date.getUTCFullYear() === wall.now.getUTCFullYear() ? {} : ({ year: "numeric" } as const);
  const day = dateFormat(language, { month: "short", day: "numeric", ...year }).format(wall.date);
  const weekday = dateFormat(language, { weekday: "short" }).format(wall.date);
  return language === "zh" ? `${day} ${weekday}` : `${weekday} ${day}`;
}

/** A word for days near today, otherwise the date. */
export function nearDay(wall: WallTime, language: Language, words: DayWords): string {
  const ahead = daysAhead(wall);
  if (ahead === 0) return words.today;
  if (ahead === 1) return words.tomorrow;
  if (ahead === -1) return words.yesterday;
  return longDay(wall, language);
}

/** Day and time of a promise: "today 18:00", "8月4日 周二 18:00". */
export function dayAndTime(iso: string, nowMs: number, language: Language, words: DayWords): string {
  const wall = wallTime(iso, nowMs);
  if (!wall) return iso;
  const day = nearDay(wall, language, words);
  return `${day}${language === "en" && daysAhead(wall) !== 0 ? "," : ""} ${clock(wall.date, language)}`;
}

/** The month's short name and the day, for the tile of a calendar. */
export function tile(wall: WallTime, language: Language): { month: string; day: string } {
  return {
    month: dateFormat(language, { month: "short" }).format(wall.date),
    day: String(wall.date.getUTCDate()),
  };
}

/** `period` "2026-07" becomes a month's name; any other text stays as it is. */
export function billPeriod(period: string, language: Language): string {
  const month = /^(\d{4})-(\d{2})$/.exec(period);
  if (!month) return period;
  const date = new Date(Date.UTC(Number(month[1]), Number(month[2]) - 1, 1));
  return dateFormat(language, { year: "numeric", month: "long" }).format(date);
}

/** Times of bubbles are on the customer's own clock. */
export function localWall(ms: number, nowMs: number): WallTime {
  const shift = (t: number): Date => new Date(t - new Date(t).getTimezoneOffset() * 60_000);
  return { date: shift(ms), now: shift(nowMs) };
}

/** Names the calendar day, on the customer's own clock. */
export function dayKey(ms: number): string {
  return localWall(ms, ms).date.toISOString().slice(0, 10);
}

export interface WaitWords {
  underAMinute: string;
  minutes(n: number): string;
  minuteRange(low: number, high: number): string;
  overAnHour: string;
}

/** A range in whole minutes, rounded outwards so that it does not promise more than was measured. */
export function waitRange(eta_s: readonly [number, number], words: WaitWords): string {
  const [a, b] = eta_s;
  const low = Math.floor(Math.min(a, b) / 60);
  const high = Math.ceil(Math.max(a, b) / 60);
  if (low >= 60) return words.overAnHour;
  if (high <= 1) return words.underAMinute;
  const from = Math.max(1, low);
  return from === high ? words.minutes(high) : words.minuteRange(from, high);
}
