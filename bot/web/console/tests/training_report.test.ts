import { describe, expect, it } from "vitest";
import type { IntentFigures } from "../src/api/training/jobs";
import { byIntent, cheapest, failingOf, line, matrix, nearest, ordered } from "../src/logic/training/report";

function figures(intent: string, language: "zh" | "en", support: number, recall: number, confused: [string, number][] = []): IntentFigures {
  return { intent, language, support, precision: recall, recall, f1: recall, confused_with: confused.map(([name, count]) => ({ intent: name, count })) };
}

const FIGURES = [
  figures("bill", "zh", 30, 0.9, [["usage", 2]]), figures("bill", "en", 10, 0.5, [["usage", 3], ["plan", 1]]), figures("usage", "zh", 20, 0.7),
];

describe("figures by intent", () => {
  it("weigh each language by its sentences", () => {
    const bill = byIntent(FIGURES, null).find((row) => row.intent === "bill");
    expect(bill?.support).toBe(40);
    expect(bill?.recall).toBeCloseTo((30 * 0.9 + 10 * 0.5) / 40);
    expect(bill?.confused).toEqual([{ intent: "usage", count: 5 }, { intent: "plan", count: 1 }]);
  });

  it("are those of one language when one is asked for", () => {
    expect(byIntent(FIGURES, "en").map((row) => [row.intent, row.recall])).toEqual([["bill", 0.5]]);
  });

  it("survive an intent that was never tested", () => {
    expect(byIntent([figures("new", "zh", 0, 0)], null)[0]?.f1).toBe(0);
  });

  it("sort by any column, both ways", () => {
    const names = (by: "intent" | "support" | "recall", down: boolean) => ordered(byIntent(FIGURES, null), { by, down }).map((row) => row.intent);
    expect(names("recall", false)).toEqual(["usage", "bill"]);
    expect(names("support", true)).toEqual(["bill", "usage"]);
    expect(names("intent", true)).toEqual(["usage", "bill"]);
  });
});

describe("failing sentences", () => {
  const failing = [
    { text: "a", language: "zh" as const, intent: "bill", got: "plan", confidence: 0.9, path: null, line: null },
    { text: "b", language: "en" as const, intent: "plan", got: "bill", confidence: 0.8, path: null, line: null },
    { text: "c", language: "en" as const, intent: "plan", got: "usage", confidence: 0.7, path: null, line: null },
  ];

  it("of an intent are those it lost and those it took", () => {
    expect(failingOf(failing, "bill", null).map((one) => one.text)).toEqual(["a", "b"]);
    expect(failingOf(failing, "bill", "en").map((one) => one.text)).toEqual(["b"]);
    expect(failingOf(failing, "", null)).toHaveLength(3);
  });
});

describe("the threshold", () => {
  const points = [
    { threshold: 0.2, answered: 1, wrong: 0.1, outside_caught: 0 }, { threshold: 0.5, answered: 0.9, wrong: 0.05, outside_caught: 0.5 },
    { threshold: 0.9, answered: 0.4, wrong: 0.01, outside_caught: 1 },
  ];

  it("is low while a wrong answer costs little, and rises with what it costs", () => {
    expect([1, 5, 40].map((cost) => cheapest(points, cost)?.threshold)).toEqual([0.2, 0.5, 0.9]);
    expect(cheapest([], 5)).toBeNull();
  });

  it("is looked up at the nearest point", () => {
    expect([0, 0.36, 1].map((at) => nearest(points, at)?.threshold)).toEqual([0.2, 0.5, 0.9]);
  });
});

describe("the matrix", () => {
  it("holds those confused most, and counts what is right apart", () => {
    const found = matrix([{ intent: "a", got: "b", count: 5 }, { intent: "a", got: "a", count: 90 }, { intent: "c", got: "d", count: 1 }], 2);
    expect(found.names).toEqual(["a", "b"]);
    expect(found.most).toBe(5);
    expect(found.counts.get("a a")).toBe(90);
  });

  it("draws shares with the origin below left", () => {
    expect(line([[0, 0], [1, 1]])).toBe("0.00,100.00 100.00,0.00");
  });
});
