import { describe, expect, it } from "vitest";
import type { Message } from "../src/contracts";
import { place, Thread } from "../src/thread";

function message(seq: number, change: Partial<Message> = {}): Message {
  return { seq, id: `m${seq}`, at: "2026-08-04T09:00:00+08:00", author: { kind: "bot" }, text: `text ${seq}`, buttons: [], attachments: [], ...change };
}
const seqs = (thread: Thread): number[] => thread.list().map((m) => m.seq);

describe("the thread", () => {
  it("shows messages in the order of seq, however they arrive", () => {
    const thread = new Thread();
    for (const seq of [3, 1, 2]) thread.merge([message(seq)]);
    expect(seqs(thread)).toEqual([1, 2, 3]);
  });

  it("takes each message once", () => {
    const thread = new Thread();
    thread.merge([message(1), message(2)]);
    expect(thread.merge([message(2, { text: "again" })]).added).toEqual([]);
    expect(thread.list()[1]?.text).toBe("text 2");
  });

  it("notices a gap, asks from before it, and is whole again when it is filled", () => {
    const thread = new Thread();
    thread.merge([message(1)]);
    expect(thread.merge([message(4)]).gap).toBe(true);
    expect(thread.cursor).toBe(1);
    expect(thread.merge([message(2), message(3), message(4)], 1).gap).toBe(false);
    expect(thread.cursor).toBe(4);
    expect(seqs(thread)).toEqual([1, 2, 3, 4]);
  });

  it("does not ask for ever for what a complete answer left out", () => {
    const thread = new Thread();
    thread.merge([message(1)]);
    thread.merge([message(5)]);
    expect(thread.merge([message(3), message(4)], 1).gap).toBe(false);
    expect(thread.cursor).toBe(5);
  });

  it("does not take an answer that starts later for a complete one", () => {
    const thread = new Thread();
    expect(thread.merge([message(6)], 5).gap).toBe(true);
    expect(thread.cursor).toBe(0);
  });

  it("counts as unread what the bot and people said, not the customer's own words", () => {
    const thread = new Thread();
    thread.merge([message(1), message(2, { author: { kind: "customer" } }), message(3, { author: { kind: "agent" } }), message(4, { author: { kind: "system" } })]);
    expect([thread.unread(0), thread.unread(1), thread.unread(3)]).toEqual([2, 1, 0]);
  });

  it("offers only the latest buttons, and none once the customer or a person has spoken", () => {
    const thread = new Thread();
    const buttons = [{ id: "b", label: "Yes" }];
    thread.merge([message(1, { buttons: [{ id: "a", label: "Old" }] }), message(2, { buttons })]);
    expect(thread.activeButtons()).toEqual(buttons);
    thread.merge([message(3)]);
    expect(thread.activeButtons()).toEqual(buttons);
    thread.merge([message(4, { author: { kind: "agent" } })]);
    expect(thread.activeButtons()).toEqual([]);
    thread.merge([message(5, { buttons }), message(6, { author: { kind: "customer" } })]);
    expect(thread.activeButtons()).toEqual([]);
  });

  it("knows what the open question asks for until it is answered", () => {
    const thread = new Thread();
    thread.merge([message(1, { expects: { slot: "otp_code" } })]);
    expect(thread.expectedSlot()).toBe("otp_code");
    thread.merge([message(2, { author: { kind: "customer" } })]);
    expect(thread.expectedSlot()).toBeUndefined();
  });

  it("marks a card as replaced when a newer one of the same thing came", () => {
    const thread = new Thread();
    const ticket = (id: string) => ({ data: { type: "ticket", id } });
    thread.merge([message(1, ticket("F-1")), message(2, ticket("F-2")), message(3, ticket("F-1"))]);
    expect([...thread.superseded()]).toEqual([1]);
  });

  it("asks for a rating after a survey until the customer goes on talking", () => {
    const thread = new Thread();
    thread.merge([message(1, { data: { type: "survey" } })]);
    expect(thread.surveyAsked()).toBe(true);
    thread.merge([message(2, { author: { kind: "customer" } })]);
    expect(thread.surveyAsked()).toBe(false);
  });
});

describe("the layout", () => {
  const day = (ms: number): string => String(Math.floor(ms / 86_400_000));
  const at = (at_ms: number, kind: Message["author"]["kind"] = "bot", name?: string) => ({ key: String(at_ms), at_ms, kind, name });

  it("groups bubbles of one author within five minutes", () => {
    const placed = place([at(0), at(60_000), at(700_000), at(700_001, "customer")], day);
    expect(placed.map((p) => [p.first, p.last])).toEqual([[true, false], [false, true], [true, true], [true, true]]);
  });

  it("does not join two agents, and puts a separator above each day", () => {
    const placed = place([at(0, "agent", "Ann"), at(1, "agent", "Ben"), at(86_400_000, "agent", "Ben")], day);
    expect(placed.map((p) => p.first)).toEqual([true, true, true]);
    expect(placed.map((p) => p.newDay)).toEqual([true, false, true]);
  });
});
