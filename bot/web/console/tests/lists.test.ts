import { describe, expect, it } from "vitest";
import type { Offer, QueueItem, Row } from "../src/api/types";
import { pieces } from "../src/logic/links";
import { refreshed, secondsLeft, stillOpen, withOffer, withoutOffer } from "../src/logic/offers";
import { isOver, overdueSince } from "../src/logic/promises";
import { byWait, filtered, fromRow, initials, marked, queueRows } from "../src/logic/rows";
import { money, phone, plain, readable } from "../src/logic/values";
import { message } from "./messages";

function row(id: string, more: Partial<Row> = {}): Row {
  return {
    conversation_id: id, owner: "queued", agent_id: null, language: "zh", updated_at: "2026-03-02T10:00:00Z",
    last_message: message(3, "system", "您前面还有 2 位"), customer: { id: "c", name: { zh: "高立群", en: "Gao Liqun" } }, agent: null, group: null, product: null,
    reason_code: null, requested_at: null, unanswered_since: null, first_response_due_at: null, ticket_due_at: null, unread: 0, participants: [], viewers: [], rating: null, ...more,
  };
}

function waiting(id: string, more: Partial<QueueItem> = {}): QueueItem {
  return {
    conversation_id: id, reason_code: "emergency", language: "zh", priority: 0, requested_at: "2026-03-02T09:59:00Z",
    waited_ms: 1, summary: "有紧急情况。客户原话：老人按了呼叫没反应\n已知和已做：还没有记录\n待办：没有", customer: null, handoff_id: id, position: 1, group: null,
    effective_priority: 0, eta_s: null, customer_class: null, product: null, direct_to: null, offered_to: null, kept: false, ...more,
  };
}

describe("the queue", () => {
  it("keeps the order of the service and takes names from the list", () => {
    const rows = queueRows([waiting("b"), waiting("a")], [row("a"), row("b")]);
    expect(rows.map((item) => item.id)).toEqual(["b", "a"]);
    expect(rows[0]?.name?.en).toBe("Gao Liqun");
  });

  it("shows what the customer said rather than the notice that they wait", () => {
    expect(queueRows([waiting("a")], [row("a")])[0]?.lastText).toBe("老人按了呼叫没反应");
    expect(queueRows([waiting("a", { summary: null })], [row("a")])[0]?.lastText).toBe("您前面还有 2 位");
  });
});

describe("rows", () => {
  it("say when a ticket is due, waiting or not", () => {
    const due = "2026-03-02T09:30:00Z";
    expect(fromRow(row("a", { ticket_due_at: due })).ticketDueAt).toBe(due);
    expect(queueRows([waiting("a"), waiting("b")], [row("a", { ticket_due_at: due })]).map((item) => item.ticketDueAt)).toEqual([due, null]);
  });

  it("put a text of many lines on one", () => {
    expect(fromRow(row("a", { last_message: message(1, "bot", "a\n\nb  c") })).lastText).toBe("a b c");
  });

  it("mark what is looked for, and nothing else", () => {
    expect(marked("My Wi-Fi (5G) is slow", "wi-fi (5g)").filter((piece) => piece.hit).map((piece) => piece.text)).toEqual(["Wi-Fi", "(5G)"]);
    expect(marked("宽带断了", "断").map((piece) => piece.text).join("|")).toBe("宽带|断|了");
    expect(marked("x", " ")).toEqual([{ text: "x", hit: false }]);
  });

  it("fit every filter that is set", () => {
    const rows = queueRows([waiting("a", { group: "faults" }), waiting("b", { language: "en" })], []);
    expect(filtered(rows, { group: "faults" }).map((item) => item.id)).toEqual(["a"]);
    expect(filtered(rows, { language: "en", reason: "emergency" }).map((item) => item.id)).toEqual(["b"]);
    expect(filtered(rows, { language: "en", reason: "anger" })).toEqual([]);
    expect(filtered(rows, {})).toHaveLength(2);
  });

  it("of mine begin with whoever waits longest for a word", () => {
    const rows = [
      row("answered", { updated_at: "2026-03-02T10:09:00Z" }), row("short", { unanswered_since: "2026-03-02T10:07:00Z" }),
      row("older", { updated_at: "2026-03-02T10:08:00Z" }), row("long", { unanswered_since: "2026-03-02T10:01:00Z" }),
    ];
    expect(byWait(rows.map(fromRow)).map((item) => item.id)).toEqual(["long", "short", "answered", "older"]);
  });

  it("have initials in both scripts", () => {
    expect([initials("Gao Liqun"), initials("高立群"), initials(" "), initials("min")]).toEqual(["GL", "高", "", "M"]);
  });
});

describe("offers", () => {
  const offer = (offer_id: string, expires_at: string): Offer => ({
    offer_id, expires_at, conversation_id: "c", reason_code: "anger", language: "zh", summary: "", offered_at: "2026-03-02T10:00:00Z",
    window_s: 30, group: null, priority: 3, waited_ms: 0, customer: null, last_agent: false, summaries: { zh: "", en: "" },
  });
  const late = offer("late", "2026-03-02T10:00:30Z");
  const soon = offer("soon", "2026-03-02T10:00:10Z");

  it("stand once, the one that ends first on top", () => {
    expect([late, soon, late].reduce<Offer[]>(withOffer, []).map((item) => item.offer_id)).toEqual(["soon", "late"]);
    expect(withoutOffer([soon, late], "soon")).toEqual([late]);
  });

  it("are what the service says, but for what came or ended while it was asked", () => {
    const now = Date.parse("2026-03-02T10:00:00Z");
    const none = new Set<string>();
    expect(refreshed([late], [soon, late], [soon, late], none, now)).toEqual([late]);
    expect(refreshed([], [late], [], none, now), "rang after the question").toEqual([late]);
    expect(refreshed([soon, late], [late], [soon, late], new Set(["soon"]), now), "answered after the question").toEqual([late]);
    expect(refreshed([soon], [soon], [soon], none, now + 10_000), "over by now").toEqual([]);
  });

  it("end with their time", () => {
    const now = Date.parse("2026-03-02T10:00:10Z");
    expect(stillOpen([soon, late], now)).toEqual([late]);
    expect([secondsLeft(soon, now), secondsLeft(late, now), secondsLeft(late, now + 19_500)]).toEqual([0, 20, 1]);
  });
});

describe("promises", () => {
  const now = Date.parse("2026-03-02T10:00:00Z");
  const ticket = (id: string, due_at: string | null, status = "inProgress") => ({ id, due_at, status });
  const promise = (due_at: string | null, ticket_id?: string) => ({ text: "", due_at, ...(ticket_id && { ticket_id }) });

  it("are late from the oldest that has passed, a ticket by its own time", () => {
    const tickets = [ticket("a", "2026-03-02T09:50:00Z"), ticket("b", "2026-03-02T09:00:00Z", "closed"), ticket("c", "2026-03-02T11:00:00Z")];
    expect(overdueSince({ tickets, packet: null }, now)).toBe("2026-03-02T09:50:00Z");
    const packet = { promises: [promise("2026-03-02T08:00:00Z", "c"), promise("2026-03-02T09:30:00Z")] };
    expect(overdueSince({ tickets, packet }, now)).toBe("2026-03-02T09:30:00Z");
    expect(overdueSince({ tickets: [ticket("c", null)], packet: { promises: [promise(null)] } }, now)).toBeNull();
    expect(["resolved", "cancelled", "inProgress", "pending"].map(isOver)).toEqual([true, true, false, false]);
  });
});

describe("values", () => {
  it("read as words", () => {
    expect(plain(["a", 2, null, true])).toBe("a, 2, true");
    expect(plain({ start: "x", end: null })).toBe("x – ");
    expect([money(12.5, "CNY", "en"), money(3, undefined, "zh")]).toEqual(["¥12.50", "¥3.00"]);
    expect(readable("line_test")).toBe("Line test");
    expect([phone("+8613812345678"), phone("BB40101668")]).toEqual(["138 1234 5678", "BB40101668"]);
  });

  it("become links only when they are web addresses", () => {
    expect(pieces("看 https://example.org/a?b=1。谢谢")).toEqual([
      { text: "看 " }, { text: "https://example.org/a?b=1", href: "https://example.org/a?b=1" }, { text: "。谢谢" },
    ]);
    expect(pieces("javascript:alert(1)")).toEqual([{ text: "javascript:alert(1)" }]);
  });
});
