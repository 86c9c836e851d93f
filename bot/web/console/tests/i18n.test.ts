import { describe, expect, it } from "vitest";
import { INTENTS } from "../src/i18n";
import { en } from "../src/i18n/en";
import { training as trainingEn } from "../src/i18n/en/training";
import { zh } from "../src/i18n/zh";
import { training as trainingZh } from "../src/i18n/zh/training";

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, prefix = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[prefix + key, value] as [string, string]] : flat(value, `${prefix}${key}.`),
  );
}

const variables = (text: string): string => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join();
const english = new Map(flat({ ...en, training: trainingEn } as unknown as Tree));
const chinese = new Map(flat({ ...zh, training: trainingZh } as unknown as Tree));

describe("the texts", () => {
  it("have the same keys in both languages", () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it("use the same variables", () => {
    const differing = [...english].filter(([key, text]) => variables(text) !== variables(chinese.get(key) ?? "")).map(([key]) => key);
    expect(differing).toEqual([]);
  });

  it("are never empty", () => {
    expect([...english, ...chinese].filter(([, text]) => !text.trim())).toEqual([]);
  });

  it("name every intent in exactly one group", () => {
    expect(Object.values(INTENTS).flat().sort()).toEqual(Object.keys(en.intent).sort());
  });
});
