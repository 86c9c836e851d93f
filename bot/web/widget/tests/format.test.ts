import { describe, expect, it } from "vitest";
import { billPeriod, dayAndTime, fileSize, longDay, money, nearDay, tile, waitRange, wallTime } from "../src/format";
import { en } from "../src/i18n/en";
import { zh } from "../src/i18n/zh";

const NOW = Date.parse("2026-08-03T10:00:00+08:00");

describe("amounts", () => {
  it("are written as people of each language write them", () => {
    expect(money(142.3, "CNY", "zh")).toBe("¥142.30");
    expect(money(1142.3, "CNY", "en")).toBe("¥1,142.30");
    expect(money(-10, "CNY", "zh")).toBe("-¥10.00");
    expect(money(5, "GBP", "en")).toBe("£5.00");
  });

  it("survive a currency that nobody knows", () => {
    expect(money(5, "coins", "en")).toBe("5.00 coins");
  });
});

describe("dates", () => {
  it("keep the clock of the place where the visit is", () => {
    expect(dayAndTime("2026-08-05T09:30:00-05:00", Date.parse("2026-08-01T00:00:00Z"), "en", en)).toContain("09:30");
  });

  it("are on the customer's own clock when they come in UTC", () => {
    expect(dayAndTime("2026-08-03T04:00:00Z", NOW, "zh", zh)).toBe("今天 12:00");
  });

  it("say today and tomorrow, and otherwise weekday and date", () => {
    expect(dayAndTime("2026-08-04T09:00:00+08:00", NOW, "zh", zh)).toBe("明天 09:00");
    expect(dayAndTime("2026-08-04T09:00:00+08:00", NOW, "en", en)).toBe("Tomorrow, 09:00");
    expect(dayAndTime("2026-08-07T16:00:00+08:00", NOW, "zh", zh)).toBe("8月7日 周五 16:00");
    expect(dayAndTime("2026-08-07T16:00:00+08:00", NOW, "en", en)).toBe("Fri 7 Aug, 16:00");
  });

  it("turn at midnight of that place", () => {
    const wall = wallTime("2026-08-04T00:00:00+08:00", Date.parse("2026-08-03T23:59:00+08:00"));
    expect(wall && nearDay(wall, "en", en)).toBe("Tomorrow");
  });

  it("name the year when it is another one", () => {
    const wall = wallTime("2027-01-05T09:00:00+08:00", NOW);
    expect(wall && longDay(wall, "en")).toBe("Tue 5 Jan 2027");
    expect(wall && tile(wall, "zh")).toEqual({ month: "1月", day: "5" });
  });

  it("that cannot be read are shown as they came", () => {
    expect(dayAndTime("soon", NOW, "en", en)).toBe("soon");
  });

  it("of a bill are its month", () => {
    expect(billPeriod("2026-07", "zh")).toBe("2026年7月");
    expect(billPeriod("2026-07", "en")).toBe("July 2026");
    expect(billPeriod("Q3", "en")).toBe("Q3");
  });
});

describe("the time to wait", () => {
  it("is a range in whole minutes, never shorter than what was measured", () => {
    expect(waitRange([180, 360], zh.wait)).toBe("约 3–6 分钟");
    expect(waitRange([200, 290], en.wait)).toBe("about 3–5 min");
    expect(waitRange([240, 240], en.wait)).toBe("about 4 min");
    expect(waitRange([20, 80], en.wait)).toBe("about 1–2 min");
  });

  it("does not pretend to know minutes below one or above an hour", () => {
    expect(waitRange([10, 50], zh.wait)).toBe("不到 1 分钟");
    expect(waitRange([4000, 9000], en.wait)).toBe("over an hour");
  });
});

describe("file sizes", () => {
  it("have a fitting unit", () => {
    expect([12, 2048, 1_500_000].map(fileSize)).toEqual(["12 B", "2 KB", "1.4 MB"]);
  });
});
