import { describe, expect, it } from "vitest";
import { heaviest, instants, languageOf, stretches, toUnits } from "../src/logic/training/sentence";

const mark = (entity: string, start: number, end: number) => ({ entity, value: null, start, end });

describe("a sentence with weights and marks", () => {
  it("keeps every letter, in order", () => {
    const text = "my bill, my bill doubled";
    const parts = stretches(text, [{ text: "bill", weight: 0.4 }, { text: "doubled", weight: -0.2 }], [mark("product", 3, 7)]);
    expect(parts.flatMap((part) => part.pieces).map((piece) => piece.text).join("")).toBe(text);
  });

  it("shades a word said twice where it was weighed", () => {
    const words = [{ text: "bill", weight: 0.1 }, { text: "bill", weight: 0.4 }];
    const weights = stretches("bill bill", words, []).flatMap((part) => part.pieces).filter((piece) => piece.text === "bill").map((piece) => piece.weight);
    expect(weights).toEqual([0.25, 1]);
  });

  it("cuts inside a mark where the weight changes", () => {
    const [before, inside] = stretches("断网了光猫红灯", [{ text: "红灯", weight: 1 }], [mark("device_light", 3, 7)]);
    expect(before?.pieces.map((piece) => piece.text)).toEqual(["断网了"]);
    expect(inside?.mark?.entity).toBe("device_light");
    expect(inside?.pieces).toEqual([{ text: "光猫", weight: 0 }, { text: "红灯", weight: 1 }]);
  });

  it("counts as the service does, where a letter takes two units", () => {
    expect(toUnits("😡断网", 1)).toBe(2);
    expect(stretches("😡断网", [], [mark("symptom", 1, 3)]).at(-1)?.pieces).toEqual([{ text: "断网", weight: 0 }]);
  });

  it("has nothing to shade without words, and leaves out words that are not there", () => {
    expect(stretches("hello", [{ text: "bye", weight: 1 }], [])).toEqual([{ mark: null, pieces: [{ text: "hello", weight: 0 }] }]);
    expect(stretches("", [], [])).toEqual([]);
  });

  it("names the words that weighed most, whichever way", () => {
    const words = [{ text: "the", weight: 0.01 }, { text: "red", weight: 0.3 }, { text: "not", weight: -0.5 }, { text: " ", weight: 0.6 }];
    expect(heaviest(words, 5).map((word) => word.text)).toEqual(["not", "red"]);
  });

  it("is Chinese as soon as it has a Chinese character", () => {
    expect([languageOf("wifi断了"), languageOf("wifi is down"), languageOf("")]).toEqual(["zh", "en", "en"]);
  });

  it("knows an instant, and both ends of a span, from other values", () => {
    expect(instants("2026-03-02T09:00:00+08:00")).toHaveLength(1);
    expect(instants({ from: "2026-03-01T00:00:00+08:00", to: "2026-04-01T00:00:00+08:00" })).toHaveLength(2);
    expect([instants("los_red"), instants(12), instants(null)]).toEqual([[], [], []]);
  });
});
