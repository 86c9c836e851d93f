import { describe, expect, it } from "vitest";
import { canShow, fileProblem, LARGEST_BYTES } from "../src/files";
import { en } from "../src/i18n/en";
import { zh } from "../src/i18n/zh";
import { fieldHints } from "../src/keyboard";

describe("files to send", () => {
  it("are photos and PDF up to 10 MB", () => {
    expect(fileProblem({ type: "image/png", size: LARGEST_BYTES })).toBeNull();
    expect(fileProblem({ type: "application/pdf", size: 1 })).toBeNull();
    expect(fileProblem({ type: "image/png", size: LARGEST_BYTES + 1 })).toBe("size");
    expect(fileProblem({ type: "application/x-msdownload", size: 1 })).toBe("type");
    expect(fileProblem({ type: "", size: 1 })).toBe("type");
  });

  it("never show what could carry script as a picture", () => {
    expect(["image/svg+xml", "text/html", "application/pdf"].map(canShow)).toEqual([false, false, false]);
    expect(canShow("image/jpeg")).toBe(true);
  });
});

describe("the keyboard", () => {
  it("fits what the bot asks for", () => {
    expect(fieldHints("phone_number")).toMatchObject({ inputMode: "tel", autocomplete: "tel", single: true });
    expect(fieldHints("otp_code")).toMatchObject({ inputMode: "numeric", autocomplete: "one-time-code" });
    expect(fieldHints("time")).toMatchObject({ inputMode: "text", single: false });
    expect(fieldHints(undefined)).toEqual(fieldHints("anything_else"));
  });
});

describe("the texts", () => {
  it("stand in both languages under the same names, none empty", () => {
    const names = (texts: object): string[] => Object.entries(texts).map(([k, v]) => `${k}:${typeof v}`).sort();
    expect(names(en)).toEqual(names(zh));
    for (const texts of [zh, en]) for (const value of Object.values(texts)) expect(value).not.toBe("");
    expect(Object.keys(en.ticketStatus)).toEqual(Object.keys(zh.ticketStatus));
    expect(Object.keys(en.ask)).toEqual(Object.keys(zh.ask));
  });
});
