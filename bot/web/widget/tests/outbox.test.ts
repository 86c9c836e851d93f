import { describe, expect, it } from "vitest";
import { ACK_TIMEOUT_MS, backoffMs, LEASE_MS, Outbox } from "../src/outbox";
import { MapStore } from "./map_store";

const box = (store: MapStore, tab = "tab-a"): Outbox => new Outbox(store, "p:out:", tab, () => 0.5);
const text = (id: string) => ({ client_msg_id: id, payload: { text: id }, shown: id });

describe("the outbox", () => {
  it("sends messages in the order they were typed, the next only when the one before is acknowledged", () => {
    const outbox = box(new MapStore());
    outbox.add(text("one"), 0);
    outbox.add(text("two"), 0);
    expect(outbox.next(0)?.client_msg_id).toBe("one");
    outbox.sent("one", 0);
    expect(outbox.next(10)).toBeNull();
    outbox.settle("one");
    expect(outbox.next(10)?.client_msg_id).toBe("two");
  });

  it("sends an unacknowledged message again under the same id, each time after a longer pause", () => {
    const outbox = box(new MapStore());
    outbox.add(text("one"), 0);
    const pauses: number[] = [];
    for (let now = 0, i = 0; i < 4; i++) {
      outbox.sent("one", now);
      const wait = outbox.waitMs(now) ?? 0;
      pauses.push(wait);
      now += wait;
      expect(outbox.next(now)?.client_msg_id).toBe("one");
    }
    expect(pauses[0]).toBe(ACK_TIMEOUT_MS);
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
    expect(new Set(pauses).size).toBe(4);
  });

  it("says after several tries that a message has not been sent, and keeps trying", () => {
    const outbox = box(new MapStore());
    outbox.add(text("one"), 0);
    for (let i = 0; i < 4; i++) outbox.sent("one", 0);
    expect(outbox.all()[0]?.status).toBe("stalled");
    expect(outbox.waitMs(0)).not.toBeNull();
  });

  it("waits as long as the service asked and does not count that as a failure", () => {
    const outbox = box(new MapStore());
    outbox.add(text("one"), 0);
    outbox.sent("one", 0);
    outbox.deferred("one", 0, 7_000);
    expect(outbox.next(6_999)).toBeNull();
    expect(outbox.next(7_000)?.tries).toBe(0);
  });

  it("lets younger messages past one that was refused, and keeps that until it is sent again or thrown away", () => {
    const outbox = box(new MapStore());
    outbox.add(text("bad"), 0);
    outbox.add(text("good"), 0);
    outbox.refused("bad", "invalid_text");
    expect(outbox.next(0)?.client_msg_id).toBe("good");
    expect(outbox.all().map((e) => e.client_msg_id)).toEqual(["bad", "good"]);
    outbox.retry("bad", 5);
    expect(outbox.next(5)?.client_msg_id).toBe("bad");
  });

  it("is still there after a reload, with nothing of another visitor's", () => {
    const store = new MapStore();
    box(store).add(text("one"), 0);
    store.set("other:out:x", JSON.stringify({ client_msg_id: "x", payload: { text: "x" } }));
    store.set("p:out:broken", "{");
    expect(box(store).all().map((e) => e.client_msg_id)).toEqual(["one"]);
  });

  it("leaves another tab's messages alone until that tab has fallen silent", () => {
    const store = new MapStore();
    box(store, "tab-a").add(text("one"), 0);
    const second = box(store, "tab-b");
    expect(second.next(LEASE_MS - 1)).toBeNull();
    expect(second.waitMs(0)).toBe(LEASE_MS);
    expect(second.next(LEASE_MS)?.tab).toBe("tab-b");
  });
});

describe("the pause between two tries", () => {
  it("doubles up to half a minute and is partly random", () => {
    expect([1, 2, 3, 4].map((n) => backoffMs(n, 1))).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(backoffMs(30, 1)).toBe(30_000);
    expect(backoffMs(3, 0)).toBe(2_000);
  });
});
