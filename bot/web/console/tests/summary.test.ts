import { describe, expect, it } from "vitest";
import { customerWords, summaryLines } from "../src/logic/summary";

const EN = "The customer asked for a person. They wrote: no signal: all day\nKnown and done: product: mobile\nOpen: asked since when";

describe("a summary", () => {
  it("is read without the sentence that the chip says already", () => {
    expect(summaryLines(EN)).toEqual(["They wrote: no signal: all day", "Known and done: product: mobile", "Open: asked since when"]);
    expect(summaryLines("客户要求人工。客户原话：断网了\n待办：没有")).toEqual(["客户原话：断网了", "待办：没有"]);
  });

  it("gives the customer's own words", () => {
    expect(customerWords(EN)).toBe("no signal: all day");
    expect(customerWords("客户要求人工。客户原话：断网了")).toBe("断网了");
  });

  it("of one sentence stays", () => {
    expect(summaryLines("The customer asked for a person.")).toEqual(["The customer asked for a person."]);
    expect(summaryLines(null)).toEqual([]);
    expect(customerWords(null)).toBe("");
  });
});
