import { describe, expect, it } from "vitest";
import type { Job } from "../src/api/training/jobs";
import type { Model } from "../src/api/training/models";
import { jobLink, jobOf, leftS, steps, toneOf, tookS } from "../src/logic/training/jobs";
import { accuracy, acts, points, rates, sorted } from "../src/logic/training/models";

const START = "2026-03-02T01:00:00+00:00";
const at = (seconds: number): string => new Date(Date.parse(START) + seconds * 1000).toISOString();

function job(more: Partial<Job> = {}): Job {
  return {
    id: "1", kind: "train", state: "running", step: "training", progress: 0.4, asked_at: START, started_at: START, ended_at: null, by: "trainer1",
    about: { proposal: null, model: null, promote: false, commit: null }, result: null, error: null, cause: null, ...more,
  };
}

function model(file: string, more: Partial<Model> = {}): Model {
  return {
    file, trained_at: START, seconds: 80, commit: null, config: null, by: null, scores: null, size_bytes: 1, ms: null, state: "candidate", gate: null,
    trusted: true, ...more,
  };
}

describe("a job", () => {
  it("shows what is done, under way and ahead", () => {
    expect(steps(job()).map((one) => one.state)).toEqual(["done", "now", "ahead"]);
    expect(steps(job({ step: "waiting" })).map((one) => one.state)).toEqual(["ahead", "ahead", "ahead"]);
  });

  it("shows a step that only some have, such as taking over", () => {
    expect(steps(job({ step: "promoting" })).at(-1)).toEqual({ step: "promoting", state: "now" });
    expect(steps(job({ about: { ...job().about, promote: true } })).at(-1)).toEqual({ step: "promoting", state: "ahead" });
  });

  it("takes as long as the one before", () => {
    const before = job({ id: "0", state: "done", ended_at: at(90) });
    const now = Date.parse(at(30));
    expect(tookS(job(), now)).toBe(30);
    expect(leftS(job(), [before], now)).toBe(60);
    expect(leftS(job(), [], now)).toBeNull();
    expect(leftS(job(), [before], Date.parse(at(100)))).toBeNull();
    expect(tookS(job({ started_at: null }), now)).toBeNull();
  });

  it("that the gate refused is done, but no success", () => {
    const refused = job({ state: "done", result: { gate: { passed: false, refusals: [] } } });
    expect([toneOf(refused), toneOf(job({ state: "done" })), toneOf(job({ state: "failed" }))]).toEqual(["warn", "good", "bad"]);
  });
});

describe("models", () => {
  it("come with what serves first, then the newest", () => {
    const all = [model("old"), model("new", { trained_at: at(60) }), model("gone", { state: "retired" }), model("now", { state: "serving" })];
    expect(sorted(all).map((one) => one.file)).toEqual(["now", "new", "old", "gone"]);
  });

  it("may serve only when the gate passed them and the file is trusted", () => {
    const passed = { passed: true, refusals: [] };
    expect(acts(model("a", { gate: passed }))).toContain("promote");
    expect(acts(model("a"))).toEqual(["gate"]);
    expect(acts(model("a", { gate: { passed: false, refusals: [] } }))).toEqual(["gate"]);
    expect(acts(model("a", { gate: passed, trusted: false }))).toEqual([]);
    expect(acts(model("a", { gate: passed, state: "serving" }))).toEqual([]);
  });

  it("are compared in points, and not where one was never measured", () => {
    expect(points(0.913, 0.9)).toBeCloseTo(1.3);
    expect(points(undefined, 0.9)).toBeNull();
    expect(accuracy(model("a"))).toBeNull();
  });

  it("have no rates before the first conversation", () => {
    expect(rates({ conversations: 0, refused: 0, handed_over: 0 })).toEqual({ refused: null, handedOver: null });
    expect(rates({ conversations: 20, refused: 1, handed_over: 4 })).toEqual({ refused: 0.05, handedOver: 0.2 });
  });
});

describe("the address of a job", () => {
  it("is told from that of a report", () => {
    expect(jobOf(jobLink("erL9"))).toBe("erL9");
    expect(jobOf("erL9")).toBeNull();
    expect(jobOf(null)).toBeNull();
  });
});
