import { describe, expect, it } from "vitest";
import { dayKey, dueTone, lateness, slaTone, span, stopwatch, Times, waitTone } from "../src/logic/time";

const NOW = Date.parse("2026-03-02T12:00:00+08:00");
const en = new Times("en", "Asia/Shanghai");
const zh = new Times("zh", "Asia/Shanghai");

describe("a wait", () => {
  it.each([
    [-5, "0:00"], [42_000, "0:42"], [725_000, "12:05"], [3_800_000, "1:03:20"], [(2 * 24 + 4) * 3_600_000, "2d 4h"],
  ])("of %i ms reads %s", (ms, words) => {
    expect(stopwatch(ms)).toBe(words);
  });

  it("grows from calm to hot", () => {
    expect([30_000, 150_000, 400_000].map(waitTone)).toEqual(["calm", "warm", "hot"]);
  });
});

describe("a promise", () => {
  it("colours the wait by what is left of it, not by its length", () => {
    const due = (ms: number): string => new Date(NOW + ms).toISOString();
    expect([slaTone(900_000, due(600_000), NOW), slaTone(1_000, due(60_000), NOW), slaTone(1_000, due(-1), NOW)]).toEqual(["calm", "warm", "hot"]);
    expect(slaTone(150_000, null, NOW)).toBe("warm");
  });
});

describe("a span", () => {
  it("reads in its own largest units", () => {
    expect([span(42, "en"), span(170, "en"), span(4_800, "en"), span(7_200, "en")]).toEqual(["42 secs", "3 mins", "1 hr 20 mins", "2 hrs"]);
    expect(span(170, "zh")).toBe("3分钟");
  });
});

describe("lateness", () => {
  it("is told in one unit that is full, and only of what has passed", () => {
    const due = "2026-03-02T10:00:00Z";
    const after = (seconds: number): string => lateness(due, Date.parse(due) + seconds * 1000, "en");
    expect([after(20), after(35 * 60), after(3.9 * 3_600), after(49 * 3_600)]).toEqual(["1 min", "35 mins", "3 hrs", "2 days"]);
    expect([after(0), after(-60), lateness(null, Date.parse(due), "en")]).toEqual(["", "", ""]);
    expect(lateness(due, Date.parse(due) + 35 * 60_000, "zh")).toBe("35分钟");
  });
});

describe("times in the operator's zone", () => {
  it("name the day of a moment only when it is not today", () => {
    expect(en.moment("2026-03-02T09:05:00+08:00", NOW)).toBe("09:05");
    expect(en.moment("2026-03-01T09:05:00+08:00", NOW)).toBe("1 Mar 09:05");
  });

  it("do not depend on where the agent sits", () => {
    const oslo = new Times("en", "Europe/Oslo");
    expect(en.clock("2026-03-02T00:11:00Z")).toBe("08:11");
    expect(oslo.clock("2026-03-02T00:11:00Z")).toBe("01:11");
  });

  it("shorten to the clock today, the day this year, and the year before that", () => {
    expect(en.shortStamp("2026-03-02T01:05:00+08:00", NOW)).toBe("01:05");
    expect(en.shortStamp("2026-02-27T23:00:00+08:00", NOW)).toBe("27 Feb");
    expect(en.shortStamp("2025-12-31T23:00:00+08:00", NOW)).toBe("31 Dec 2025");
    expect(zh.shortStamp("2026-02-27T23:00:00+08:00", NOW)).toBe("2月27日");
  });

  it("write a window with its day once", () => {
    expect(en.window("2026-03-05T14:00:00+08:00", "2026-03-05T16:00:00+08:00")).toMatch(/^Thu,? 5 Mar 14:00–16:00$/);
    expect(zh.window("2026-03-05T14:00:00+08:00", "2026-03-05T16:00:00+08:00")).toBe("3月5日周四 14:00–16:00");
  });

  it("change the day at the operator's midnight", () => {
    expect(en.sameDay("2026-03-02T15:59:00Z", "2026-03-02T16:01:00Z")).toBe(false);
    expect(dayKey(Date.parse("2026-03-02T16:01:00Z"), "Asia/Shanghai")).toBe("2026-03-03");
  });

  it("say how far away something is", () => {
    expect(en.relative("2026-03-04T12:00:00+08:00", NOW)).toBe("in 2 days");
    expect(zh.relative("2026-03-02T09:00:00+08:00", NOW)).toBe("3小时前");
  });

  it("stay silent about what is not a time", () => {
    expect(en.dayAndClock("soon")).toBe("");
  });
});

describe("a deadline", () => {
  it("is late, soon or fine", () => {
    expect(dueTone("2026-03-02T11:59:00+08:00", NOW)).toBe("late");
    expect(dueTone("2026-03-02T15:00:00+08:00", NOW)).toBe("soon");
    expect(dueTone("2026-03-03T15:00:00+08:00", NOW)).toBe("fine");
    expect(dueTone(null, NOW)).toBe("fine");
  });
});
