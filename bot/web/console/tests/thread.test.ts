import { describe, expect, it } from "vitest";
import { hasGap, mergeMessages, stillPending, thread, unreadCount, waitingSince } from "../src/logic/thread";
import type { DeskWords, ThreadItem } from "../src/logic/thread";
import { message } from "./messages";

const three = [message(1, "bot"), message(2, "customer"), message(3, "bot")];

describe("merging", () => {
  it("appends what follows", () => {
    expect(mergeMessages(three, [message(4, "agent")]).map((item) => item.seq)).toEqual([1, 2, 3, 4]);
  });

  it("shows a message that comes twice once, in its newer version", () => {
    const merged = mergeMessages(three, [message(2, "customer", "masked ****")]);
    expect(merged).toHaveLength(3);
    expect(merged[1]?.text).toBe("masked ****");
  });

  it("puts a late message in its place", () => {
    const late = mergeMessages(mergeMessages([message(1, "bot")], [message(3, "bot")]), [message(2, "customer")]);
    expect(late.map((item) => item.seq)).toEqual([1, 2, 3]);
  });

  it("keeps the same list when nothing came", () => {
    expect(mergeMessages(three, [])).toBe(three);
  });

  it("sees a gap", () => {
    expect(hasGap(mergeMessages(three, [message(6, "bot")]))).toBe(true);
    expect(hasGap(three)).toBe(false);
  });
});

describe("what is on its way", () => {
  const pending = ["a", "b"].map((clientMsgId) => ({ clientMsgId, text: clientMsgId, at: 0, failed: false }));

  it("is gone once the service has it", () => {
    const left = stillPending(pending, [message(4, "agent", "a", { client_msg_id: "a" })]);
    expect(left.map((item) => item.clientMsgId)).toEqual(["b"]);
  });
});

describe("unread and waiting", () => {
  const chat = [...three, message(4, "customer"), message(5, "system"), message(6, "customer")];

  it("counts only the customer's messages after the mark", () => {
    expect(unreadCount(chat, 3)).toBe(2);
    expect(unreadCount(chat, 6)).toBe(0);
  });

  it("waits since the first customer message that the agent has not answered", () => {
    const answered = [message(1, "customer"), message(2, "agent"), message(3, "customer"), message(4, "system"), message(5, "customer")];
    expect(waitingSince(answered)).toBe(answered[2]?.at);
    expect(waitingSince([...answered, message(6, "agent")])).toBeNull();
  });
});

describe("the thread", () => {
  const shape = (items: ThreadItem[]): unknown[] => items.map((item) => item.group?.messages.map((one) => one.seq) ?? item.words?.text);

  it("holds one author's messages of one breath together; notices stand alone", () => {
    const items = thread([message(1, "bot"), message(2, "bot"), message(3, "system"), message(4, "system"), message(5, "customer")]);
    expect(shape(items)).toEqual([[1, 2], [3], [4], [5]]);
  });

  it("starts anew after a pause and for another agent", () => {
    const later = message(2, "agent", "x", { at: "2026-03-02T02:00:00Z", author: { kind: "agent", name: "Min Li" } });
    const first = message(1, "agent", "x", { author: { kind: "agent", name: "Min Li" } });
    expect(thread([first, later])).toHaveLength(2);
    const other = message(2, "agent", "x", { author: { kind: "agent", name: "Hao Chen" } });
    expect(thread([first, other])).toHaveLength(2);
  });

  it("breaks where the chat was handed over", () => {
    expect(shape(thread([message(1, "bot"), message(2, "bot"), message(3, "bot")], [], 2))).toEqual([[1, 2], [3]]);
  });

  it("puts words of the desk between the messages of their time, also before the first and after the last", () => {
    const note = (text: string, at: string): DeskWords => ({ kind: "note", id: text, author: null, text, at });
    const [one, two] = [message(1, "bot"), message(2, "bot")];
    const between = new Date(Date.parse(one.at) + 30_000).toISOString();
    const items = thread([one, two], [note("late", "2026-03-02T09:00:00Z"), note("between", between), note("early", "2026-03-01T00:00:00Z")]);
    expect(shape(items)).toEqual(["early", [1], "between", [2], "late"]);
  });
});
