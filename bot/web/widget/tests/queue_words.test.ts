import { describe, expect, it } from "vitest";
import type { ChatState } from "../src/contracts";
import { en } from "../src/i18n/en";
import { zh } from "../src/i18n/zh";
import { queueWords } from "../src/views/bars";
import type { Ui } from "../src/views/context";

const NOW = Date.parse("2026-11-22T20:00:00+08:00");

function words(language: "zh" | "en", queue: ChatState["queue"]): { title: string; wait: string } {
  const ui = { t: language === "zh" ? zh : en, language, now: () => NOW } as unknown as Ui;
  return queueWords({ owner: "queued", epoch: 1, queue }, ui);
}

describe("the words of somebody who waits", () => {
  it("tell the place and the measured range while people are there", () => {
    expect(words("en", { position: 3, eta_s: [180, 360], on_duty: true })).toEqual({
      title: "You're number 3 in line",
      wait: "about 3–6 min",
    });
  });

  it("tell out of hours when people are back, and promise no minutes", () => {
    const queue = { position: 1, eta_s: [60, 120] as [number, number], on_duty: false, opens_at: "2026-11-23T08:00:00+08:00" };
    expect(words("en", queue)).toEqual({ title: "You're next", wait: "Open again: Tomorrow, 08:00" });
    expect(words("zh", queue).wait).toBe("人工客服 明天 08:00 上班");
  });

  it("promise nothing when nobody is there and the hours run", () => {
    expect(words("en", { position: 2, eta_s: [60, 120], on_duty: false }).wait).toBe("");
  });
});
