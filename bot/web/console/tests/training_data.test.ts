import { describe, expect, it } from "vitest";
import type { ArticleData, DiffLine, Example, Finding } from "../src/api/training/types";
import { byReview, changes, daysLeft, inMonths } from "../src/logic/training/articles";
import { fileName, intentOf, readable, readableLine, runs } from "../src/logic/training/diff";
import { entries } from "../src/logic/training/entities";
import { about, fits, ordered, pasted, sought, uneven } from "../src/logic/training/examples";
import { acts, concerns, corrected, sides } from "../src/logic/training/findings";
import { characters, pieces, trimmed, words } from "../src/logic/training/marks";
import { filled, variables } from "../src/logic/training/samples";

function example(text: string): Example {
  return { line: 1, text, plain: text, entities: [] };
}

function finding(more: Partial<Finding>): Finding {
  return {
    kind: "contradiction", intent: "check_bill", other_intent: "top_up", language: "zh", path: "data/nlu/billing.zh.yml", line: 4, text: "看账单",
    other: { path: "data/nlu/plans.zh.yml", line: 9, text: "看账单。" }, likeness: null, word: null, right: null, advice: "", ...more,
  };
}

describe("marks", () => {
  it("count characters as the service does: a smiley is one", () => {
    expect(characters("😀ab", "😀a".length)).toBe(2);
    expect(words("😀宽带", { start: 1, end: 3 })).toBe("宽带");
  });

  it("cut a sentence into plain and marked pieces", () => {
    const found = pieces("我家宽带断了", [{ entity: "product", start: 2, end: 4 }]);
    expect(found.map((piece) => [piece.text, piece.mark?.entity ?? null, piece.start])).toEqual([["我家", null, 0], ["宽带", "product", 2], ["断了", null, 4]]);
  });

  it("show what overlaps without losing a character", () => {
    const marks = [{ entity: "a", start: 0, end: 3 }, { entity: "b", start: 2, end: 5 }];
    expect(pieces("abcdef", marks).map((piece) => piece.text).join("")).toBe("abcdef");
  });

  it("leave blanks at the edges out, also when dragged backwards", () => {
    expect(trimmed("my  tv box ", 11, 2)).toEqual({ start: 4, end: 10 });
    expect(trimmed("a   b", 1, 4)).toBeNull();
  });
});

describe("examples", () => {
  it("that are pasted lose bullets, numbers, blanks and repeats", () => {
    expect(pasted("- one\n2) two\n\n  one \n3、三\nold", [example("old")])).toEqual({ fresh: ["one", "two", "三"], known: 1 });
  });

  it("keep a number that belongs to the sentence", () => {
    expect(pasted("5G信号差\n100块的套餐", []).fresh).toEqual(["5G信号差", "100块的套餐"]);
  });

  it("are too few below twenty, lopsided above twice as many", () => {
    expect([uneven({ zh: 19, en: 300 }), uneven({ zh: 50, en: 101 }), uneven({ zh: 50, en: 100 })]).toEqual(["few", "lopsided", null]);
  });

  it("are found by their words", () => {
    expect(sought([example("看账单"), example("余额")], " 账单 ").map((one) => one.text)).toEqual(["看账单"]);
    expect([fits("bill che", "check_bill"), fits("", "x"), fits("tv", "check_bill")]).toEqual([true, true, false]);
  });

  it("have their findings beside them, on either side", () => {
    const one = finding({});
    expect(about([one], "data/nlu/plans.zh.yml", "看账单。")).toEqual([one]);
    expect(about([one], "data/nlu/billing.en.yml", "看账单")).toEqual([]);
  });

  it("put the intents in order", () => {
    const lines = [{ intent: "b", topic: "t", examples: { zh: 50, en: 50 }, findings: 1 }, { intent: "a", topic: "t", examples: { zh: 20, en: 60 } }, { intent: "c", topic: "t", examples: { zh: 10, en: 10 }, findings: 2 }];
    const names = (order: "name" | "fewest" | "uneven" | "findings"): string[] => ordered(lines, order).map((line) => line.intent);
    expect([names("name"), names("fewest"), names("uneven"), names("findings")]).toEqual([["a", "b", "c"], ["c", "a", "b"], ["a", "b", "c"], ["c", "b", "a"]]);
  });
});

describe("a finding", () => {
  it("offers what puts it right", () => {
    expect(acts(finding({})).map((act) => `${act.kind} ${act.side.intent}`)).toEqual(["remove check_bill", "remove top_up"]);
    expect(acts(finding({ kind: "near_duplicate" })).map((act) => act.kind)).toEqual(["remove", "remove", "move", "move"]);
    expect(acts(finding({ kind: "duplicate", other_intent: "check_bill" }))).toHaveLength(1);
    expect(acts(finding({ kind: "odd", other: null }))[0]).toMatchObject({ kind: "move", to: "top_up" });
    expect(acts(finding({ kind: "too_few", path: null, line: null, text: null, other: null }))).toEqual([]);
  });

  it("of a misspelt word writes the usual one, and nothing where a mark parts it", () => {
    const misspelt = finding({ kind: "misspelt", other: null, text: "[Emial](channel) me my bill", word: "emial", right: "email" });
    expect(acts(misspelt)).toMatchObject([{ kind: "write", text: "[Email](channel) me my bill" }]);
    expect(corrected({ ...misspelt, text: "取[肖](x)预约", word: "取肖", right: "取消" })).toBeNull();
    expect(acts({ ...misspelt, text: "取[肖](x)预约", word: "取肖", right: "取消" })).toEqual([]);
  });

  it("is gone with its sentence", () => {
    const [first] = sides(finding({}));
    expect(first && concerns(finding({ kind: "near_duplicate" }), first)).toBe(true);
    expect(first && concerns(finding({ text: "别的" }), first)).toBe(false);
  });

  it("knows the language of both sides by their files", () => {
    expect(sides(finding({ other: { path: "data/nlu/billing.en.yml", line: 2, text: "bill" } })).map((side) => side.language)).toEqual(["zh", "en"]);
  });
});

describe("a diff", () => {
  const line = (kind: DiffLine["kind"], text: string): DiffLine => ({ kind, old: 1, new: 1, text });

  it("names files for people", () => {
    expect(fileName("data/nlu/billing.zh.yml")).toEqual({ kind: "examples", name: "billing", language: "zh" });
    expect(fileName("data/knowledge/wifi_password.yml").kind).toBe("article");
    expect(fileName("tests/understanding/validated.en.tsv")).toEqual({ kind: "tests", name: "validated", language: "en" });
    expect(fileName("config.yml")).toEqual({ kind: "other", name: "config.yml", language: null });
  });

  it("shows sentences, not YAML", () => {
    expect(readableLine(line("added", "    - 看账单"), "examples")).toBe("看账单");
    expect(intentOf(line("same", "- intent: faq/wifi_password"), "examples")).toBe("faq/wifi_password");
    expect(readable([line("same", "  examples: |"), line("same", ""), line("added", "    - a")], "examples")).toHaveLength(1);
    expect(readable([line("same", "")], "responses")).toHaveLength(1);
  });

  it("gathers what was changed together", () => {
    const found = runs([line("same", "a"), line("removed", "b"), line("added", "c"), line("added", "d"), line("same", "e")]);
    expect(found.map((run) => [run.kind, run.removed.length, run.added.length])).toEqual([["same", 0, 1], ["change", 1, 2], ["same", 0, 1]]);
  });
});

describe("articles", () => {
  const article: ArticleData = {
    id: "a", title: { zh: "题", en: "Title" }, answer: { zh: "答\n", en: "Answer\n" }, owner: "care", review_date: "2026-08-31", due: false, path: "data/knowledge/a.yml",
  };

  it("that are due stand first", () => {
    const later = { ...article, id: "b", review_date: "2026-01-01", due: true };
    expect(byReview([article, later]).map((one) => one.id)).toEqual(["b", "a"]);
  });

  it("send only what was changed", () => {
    const draft = { title: { ...article.title }, answer: { zh: "答", en: "Another answer" }, owner: "care", review_date: "2026-09-30" };
    expect(changes(article, draft)).toEqual({ answer: { en: "Another answer" }, review_date: "2026-09-30" });
    expect(changes(article, { ...draft, answer: article.answer, review_date: article.review_date })).toEqual({});
  });

  it("are looked at again on a day that there is", () => {
    expect([inMonths(new Date(2026, 7, 31), 6), inMonths(new Date(2026, 2, 2), 6)]).toEqual(["2027-02-28", "2026-09-02"]);
    expect(daysLeft("2026-03-12", "2026-03-02")).toBe(10);
  });
});

it("fills variables with samples, and with their names where there is none", () => {
  expect(filled("You owe {amount}, {nobody_knows}.", "en")).toBe("You owe ¥86.50, ‹nobody_knows›.");
  expect(variables("{a} {b} {a}")).toEqual(["a", "b"]);
});

it("gathers an entity's words by value", () => {
  const line = { entity: "product", path: "data/entities/product.jsonl", patterns: [{ pattern: "宽带", id: "broadband" }, { pattern: [{ LOWER: "wi" }, { LOWER: "fi" }], id: "broadband" }], synonyms: { tv: ["电视"] } };
  expect(entries(line)).toEqual([{ value: "broadband", words: ["宽带", "wi fi"], own: ["宽带"] }, { value: "tv", words: ["电视"], own: [] }]);
});
