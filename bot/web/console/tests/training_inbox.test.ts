import { describe, expect, it } from "vitest";
import type { KeptDecision, Sentence } from "../src/api/training/types";
import { acceptedIntents, after, candidates, decision, isMasked, reasonsOf, today } from "../src/logic/training/inbox";

function sentence(id: string, more: Partial<Sentence> = {}): Sentence {
  return {
    id, text: `words of ${id}`, language: "en", reasons: ["refused"], intent: "check_bill", confidence: 0.4, second: null, suggested: null,
    at: "2026-03-02T09:00:00+08:00", conversation_id: "c", seq: 1, model: "m", ...more,
  };
}

function kept(at: string, decided: number, undone = false): KeptDecision {
  return { decision_id: at, at, decision: "accept", group: "g", decided, edits: [], undone };
}

describe("accepting", () => {
  it("takes what a person said over what the bot understood, the most frequent first", () => {
    const all = [sentence("a"), sentence("b", { suggested: "top_up" }), sentence("c", { intent: "top_up" }), sentence("d", { intent: null })];
    expect(acceptedIntents(all)).toEqual(["top_up", "check_bill"]);
  });

  it("offers every near guess once, but never out of scope, which has a key of its own", () => {
    const all = [sentence("a", { second: "top_up" }), sentence("b", { intent: "out_of_scope", second: "check_bill" })];
    expect(candidates({ suggested: "dispute_charge", intent: "check_bill" }, all, ["top_up", "ask_plans"])).toEqual(["dispute_charge", "check_bill", "top_up", "ask_plans"]);
  });

  it("offers no more than there are digits", () => {
    const lately = Array.from({ length: 20 }, (_, i) => `intent_${i}`);
    expect(candidates({ suggested: null, intent: null }, [], lately)).toHaveLength(9);
  });
});

describe("a decision", () => {
  const all = [sentence("a"), sentence("b")];
  const drafts = { a: { text: "other words", marks: [{ entity: "product", start: 0, end: 5 }] }, b: {} };

  it("names sentences only when some stay", () => {
    expect(decision({ decision: "accept" }, all, new Set(["a", "b"]), {}, false)).toEqual({ decision: "accept" });
    expect(decision({ decision: "accept" }, all, new Set(["b"]), {}, false)).toEqual({ decision: "accept", sentences: ["b"] });
  });

  it("brings other words and marks, of chosen sentences alone", () => {
    expect(decision({ decision: "other_intent", intent: "top_up" }, all, new Set(["a"]), drafts, true)).toEqual({
      decision: "other_intent", intent: "top_up", sentences: ["a"], texts: { a: "other words" }, marks: { a: [{ entity: "product", start: 0, end: 5 }] }, keep_as_test: true,
    });
    expect(decision({ decision: "accept" }, all, new Set(["b"]), drafts, false)).toEqual({ decision: "accept", sentences: ["b"] });
  });

  it("that deletes brings nothing along", () => {
    expect(decision({ decision: "delete" }, all, new Set(["a", "b"]), drafts, true)).toEqual({ decision: "delete" });
  });
});

describe("the day", () => {
  it("counts what was decided today and not taken back", () => {
    const now = new Date("2026-03-02T20:00:00+08:00");
    const all = [kept("2026-03-02T19:00:00+08:00", 4), kept("2026-03-02T10:00:00+08:00", 3, true), kept("2026-03-01T23:59:00+08:00", 9), kept("2026-03-02T00:01:00+08:00", 1)];
    expect(today(all, now)).toEqual({ sentences: 5, decisions: 2 });
  });
});

it("knows masked words", () => {
  expect([isMasked("I am **"), isMasked("I am Ann")]).toEqual([true, false]);
});

it("orders reasons by their weight", () => {
  expect(reasonsOf({ low_confidence: 3, corrected: 1 }).map((one) => one.reason)).toEqual(["corrected", "low_confidence"]);
});

it("goes on to the next group, or to the one before the last", () => {
  expect([after(["a", "b", "c"], 1), after(["a", "b"], 1), after(["a"], 0)]).toEqual(["c", "a", undefined]);
});
