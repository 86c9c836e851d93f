import { describe, expect, it } from "vitest";
import { tokenAt, withToken } from "../src/logic/composing";
import { strokeOf } from "../src/logic/keys";

describe("what stands under the cursor", () => {
  it("asks for a macro at the start and after a blank", () => {
    expect(tokenAt("/Re", 3)).toEqual({ sign: "/", query: "re", start: 0, end: 3 });
    expect(tokenAt("您好 /重启", 6)).toEqual({ sign: "/", query: "重启", start: 3, end: 6 });
  });

  it("leaves addresses, dates and mail alone", () => {
    expect(tokenAt("https://x", 9)).toBeNull();
    expect(tokenAt("1/2", 3)).toBeNull();
    expect(tokenAt("me@example", 10)).toBeNull();
  });

  it("counts only up to the cursor", () => {
    expect(tokenAt("/re start", 9)).toBeNull();
    expect(tokenAt("see @mi please", 7)).toMatchObject({ sign: "@", query: "mi", start: 4 });
  });

  it("is replaced, with the cursor behind", () => {
    expect(withToken("see @mi please", 4, 7, "@minli ")).toEqual({ text: "see @minli  please", caret: 11 });
  });
});

describe("a key press", () => {
  const press = (key: string, code = "", more: object = {}): string =>
    strokeOf({ key, code, ctrlKey: false, metaKey: false, altKey: false, ...more });

  it("reads as the list of commands writes it", () => {
    expect(press("E")).toBe("e");
    expect(press("?")).toBe("?");
    expect(press("Escape")).toBe("Escape");
    expect(press("k", "KeyK", { metaKey: true })).toBe("mod+k");
    expect(press("k", "KeyK", { ctrlKey: true })).toBe("mod+k");
  });

  it("with Alt means the key, whatever sign the layout makes of it", () => {
    expect(press("å", "KeyA", { altKey: true })).toBe("alt+a");
  });

  it("of a modifier alone means nothing", () => {
    expect(press("Shift")).toBe("");
  });
});
