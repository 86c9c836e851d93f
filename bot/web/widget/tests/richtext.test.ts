// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { blocks, safeHref, spans } from "../src/richtext";
import { richText } from "../src/views/text";

describe("links in text", () => {
  it("end where the sentence goes on, in either script", () => {
    const links = (text: string) => spans(text).filter((s) => s.href).map((s) => s.text);
    expect(links("见 https://example.com/a?b=1。谢谢")).toEqual(["https://example.com/a?b=1"]);
    expect(links("See https://example.com/a, or (https://example.com/b).")).toEqual(["https://example.com/a", "https://example.com/b"]);
    expect(links("https://example.com/x_(y)")).toEqual(["https://example.com/x_(y)"]);
    expect(links("打开www.example.com即可")).toEqual(["www.example.com"]);
    expect(links("打开 www.example.com，再试")).toEqual(["www.example.com"]);
  });

  it("lose no character of the text", () => {
    const text = "a https://example.com/1. b www.example.com! c";
    expect(spans(text).map((s) => s.text).join("")).toBe(text);
  });

  it("lead only to web addresses", () => {
    expect(safeHref("javascript:alert(1)")).toBeUndefined();
    expect(spans("javascript:alert(1) data:text/html,x").every((s) => !s.href)).toBe(true);
    expect(safeHref("www.example.com")).toBe("https://www.example.com/");
  });
});

describe("blocks of text", () => {
  it("are lists where several lines are numbered or bulleted", () => {
    expect(blocks("Try:\n1. off\n2. on\nDone").map((b) => b.kind)).toEqual(["lines", "list", "lines"]);
    expect(blocks("- one\n• two")).toMatchObject([{ kind: "list", ordered: false, items: [[{ text: "one" }], [{ text: "two" }]] }]);
    expect(blocks("1、关机\n2、开机")).toMatchObject([{ kind: "list", ordered: true, start: 1 }]);
  });

  it("leave a single numbered line and a decimal alone", () => {
    expect(blocks("3.5 GB left").map((b) => b.kind)).toEqual(["lines"]);
    expect(blocks("1. only this").map((b) => b.kind)).toEqual(["lines"]);
  });
});

describe("text on the page", () => {
  it("stays text, whatever it looks like", () => {
    const text = "<img src=x onerror=alert(1)> <b>bold</b>";
    const box = document.createElement("div");
    box.append(richText(text));
    expect(box.querySelector("img, b")).toBeNull();
    expect(box.textContent).toBe(text);
  });

  it("keeps line breaks and paragraphs, and opens links away from the chat", () => {
    const box = document.createElement("div");
    box.append(richText("one\ntwo\n\nthree https://example.com"));
    expect(box.querySelectorAll("p")).toHaveLength(2);
    expect(box.querySelectorAll("br")).toHaveLength(1);
    expect(box.querySelector("a")?.rel).toContain("noopener");
  });
});
