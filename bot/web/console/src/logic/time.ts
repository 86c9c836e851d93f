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

/** The calendar day in a zone as YYYY-MM-DD; undefined means this machine's zone. */
export function dayKey(at: number, zone?: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(at);
}

/** How times read in one language and zone. */
export class Times {
  private readonly locale: string;

  constructor(
    private readonly language: Language,
    private readonly zone?: string,
  ) {
    this.locale = LOCALE[language];
  }

  clock(iso: string): string {
    return this.format(iso, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  }

  /** The same day reads as a clock, the same year as a day, else with the year. */
  shortStamp(iso: string, now: number): string {
    const today = dayKey(now, this.zone);
    const day = dayKey(Date.parse(iso) || 0, this.zone);
    if (day === today) return this.clock(iso);
    const year = day.slice(0, 4) === today.slice(0, 4) ? {} : ({ year: "numeric" } as const);
    return this.format(iso, { month: this.language === "zh" ? "long" : "short", day: "numeric", ...year });
  }

  /** The clock, with its day unless that is today. */
  moment(iso: string, now: number): string {
    const clock = this.clock(iso);
    return dayKey(Date.parse(iso) || 0, this.zone) === dayKey(now, this.zone) ? clock : `${this.shortStamp(iso, now)} ${clock}`;
  }

  /** Weekday, day and clock. */
  dayAndClock(iso: string): string {
    const month = this.language === "zh" ? "long" : "short";
    return `${this.format(iso, { weekday: "short", day: "numeric", month })} ${this.clock(iso)}`.trim();
  }

  /** A visit's window: the day once, then from–to. */
  window(start: string, end: string): string {
    return `${this.dayAndClock(start)}–${this.clock(end)}`;
  }

  /** A calendar day with its year. */
  date(iso: string): string {
    return this.format(iso, { day: "numeric", month: this.language === "zh" ? "long" : "short", year: "numeric" });
  }

  dayLine(iso: string): string {
    return this.format(iso, { weekday: "long", day: "numeric", month: "long" });
  }

  sameDay(a: string, b: string): boolean {
    return dayKey(Date.parse(a) || 0, this.zone) === dayKey(Date.parse(b) || 0, this.zone);
  }

  /** How long until or since, in the language's own words: "in 2 days", "3小时前". */
  relative(iso: string, now: number): string {
    const words = new Intl.RelativeTimeFormat(this.locale, { numeric: "auto" });
    const left = Date.parse(iso) - now;
    const size = Math.abs(left);
    if (size < HOUR_MS) return words.format(Math.round(left / MINUTE_MS), "minute");
    if (size < DAY_MS) return words.format(Math.round(left / HOUR_MS), "hour");
    return words.format(Math.round(left / DAY_MS), "day");
  }

  private format(iso: string, options: Intl.DateTimeFormatOptions): string {
    const at = Date.parse(iso);
    return Number.isNaN(at) ? "" : new Intl.DateTimeFormat(this.locale, { timeZone: this.zone, ...options }).format(at);
  }
}

export type DueTone = "late" | "soon" | "fine";

/** How a deadline stands; soon is within four hours. */
export function dueTone(iso: string | null, now: number): DueTone {
  if (!iso) return "fine";
  const left = Date.parse(iso) - now;
  return left < 0 ? "late" : left < 4 * HOUR_MS ? "soon" : "fine";
}

/** Colour of a wait: calm under two minutes, then warm, then hot after five. */
export function waitTone(ms: number): "calm" | "warm" | "hot" {
  return ms < 2 * MINUTE_MS ? "calm" : ms < 5 * MINUTE_MS ? "warm" : "hot";
}

const DUE_SOON_MS = 2 * MINUTE_MS;

/** Colour of a wait with a promise: warm from two minutes before it is due, hot after; without one as `waitTone`. */
export function slaTone(waitedMs: number, dueAt: string | null, now: number): "calm" | "warm" | "hot" {
  if (!dueAt) return waitTone(waitedMs);
  const left = Date.parse(dueAt) - now;
  return left < 0 ? "hot" : left < DUE_SOON_MS ? "warm" : "calm";
}

function unit(n: number, name: "second" | "minute" | "hour" | "day", language: Language): string {
  return new Intl.NumberFormat(LOCALE[language], { style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: 0 }).format(n);
}

/** A span in the largest two fitting units of its own: `40 s`, `3 min`, `1 h 20 min`. */
export function span(seconds: number, language: Language): string {
  const total = Math.max(0, Math.round(seconds));
  if (total < 60) return unit(total, "second", language);
  const minutes = Math.round(total / 60);
  if (minutes < 60) return unit(minutes, "minute", language);
  const rest = minutes % 60;
  return rest ? `${unit(Math.floor(minutes / 60), "hour", language)} ${unit(rest, "minute", language)}` : unit(minutes / 60, "hour", language);
}

/** How long a time has passed, in one unit that is full: `35 min`, `3 h`, `2 days`; empty while it has not. */
export function lateness(iso: string | null, now: number, language: Language): string {
  const late = iso ? now - Date.parse(iso) : 0;
  if (!(late > 0)) return "";
  if (late < HOUR_MS) return unit(Math.max(1, Math.floor(late / MINUTE_MS)), "minute", language);
  return late < DAY_MS ? unit(Math.floor(late / HOUR_MS), "hour", language) : unit(Math.floor(late / DAY_MS), "day", language);
}
