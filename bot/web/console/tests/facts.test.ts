import { describe, expect, it } from "vitest";
import type { PacketSlot } from "../src/api/types";
import { factsOf } from "../src/logic/facts";

function slot(name: string, value: unknown): PacketSlot {
  return { name, value, source_seq: null, confidence: null };
}

describe("what a packet's slots tell", () => {
  it("comes in the order in which a person asks, each value once", () => {
    const { telling } = factsOf([slot("fault_product", "tv"), slot("product", "tv"), slot("symptom", "no_picture"), slot("address", "临江路 8 号")]);
    expect(telling.map((item) => item.name)).toEqual(["address", "symptom", "product"]);
  });

  it("leaves out how the dialogue keeps its books", () => {
    const { telling, rest } = factsOf([slot("visit_offer", { windows: [] }), slot("line_choices", []), slot("guide_step", "restart"), slot("plan_confirmed", false)]);
    expect(telling).toEqual([]);
    expect(rest.map((item) => item.name)).toEqual(["guide_step"]);
  });

  it("names no product beside the line that has it", () => {
    expect(factsOf([slot("product", "tv"), slot("fault_line", "line-1")]).telling.map((item) => item.name)).toEqual(["fault_line"]);
  });

  it("keeps a time, which is a range", () => {
    expect(factsOf([slot("time", { start: "2026-03-05T14:00:00+08:00", end: null })]).telling).toHaveLength(1);
  });
});
