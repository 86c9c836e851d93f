import { beforeEach, describe, expect, it } from "vitest";
import type { ServerFrame } from "../src/contracts";
import { HELLO_TIMEOUT_MS, POLL_ACTIVE_MS, POLL_HIDDEN_MS, shouldPoll, SILENCE_LIMIT_MS, Transport } from "../src/transport";
import { Clock, Line } from "./clock";

let clock: Clock;
let lines: Line[];
let frames: ServerFrame[];
let syncs: number;
let visible: boolean;
let transport: Transport;
const latest = (): Line => lines[lines.length - 1] as Line;
const STATE = { type: "state", state: { owner: "bot", epoch: 1 } };

beforeEach(() => {
  clock = new Clock();
  lines = [];
  frames = [];
  syncs = 0;
  visible = true;
  transport = new Transport({
    timers: clock,
    openSocket: () => {
      lines.push(new Line());
      return latest();
    },
    hello: () => ({ type: "hello", token: "t", after: 7 }),
    onFrame: (frame) => frames.push(frame),
    onMode: () => undefined,
    sync: () => {
      syncs++;
      return Promise.resolve();
    },
    visible: () => visible,
  });
});

describe("the choice between socket and polling", () => {
  it("polls after two failures when a socket never worked, after four when one did", () => {
    expect([1, 2].map((n) => shouldPoll(false, n))).toEqual([false, true]);
    expect([3, 4].map((n) => shouldPoll(true, n))).toEqual([false, true]);
  });
});

describe("the live line", () => {
  it("introduces itself with the cursor and is live from the first frame", () => {
    transport.start();
    latest().onopen?.();
    expect(latest().sent).toEqual([{ type: "hello", token: "t", after: 7 }]);
    expect(transport.live).toBe(false);
    latest().say(STATE);
    expect(transport.live).toBe(true);
    expect(frames).toHaveLength(1);
  });

  it("answers a ping and survives frames that make no sense", () => {
    transport.start();
    latest().say(STATE);
    latest().say({ type: "ping" });
    latest().onmessage?.({ data: "{broken" });
    latest().say({ type: "message", message: { seq: -1 } });
    expect(latest().sent).toEqual([{ type: "pong" }]);
    expect(frames).toHaveLength(1);
    expect(transport.live).toBe(true);
  });

  it("drops a half-open socket after 45 s of silence and dials again", async () => {
    transport.start();
    latest().say(STATE);
    await clock.pass(SILENCE_LIMIT_MS - 1);
    expect(lines).toHaveLength(1);
    await clock.pass(2_000);
    expect(lines).toHaveLength(2);
    expect(lines[0]?.closed).toBe(true);
  });

  it("stays when pings come", async () => {
    transport.start();
    latest().say(STATE);
    for (let i = 0; i < 10; i++) {
      await clock.pass(20_000);
      latest().say({ type: "ping" });
    }
    expect(lines).toHaveLength(1);
  });

  it("asks over HTTP what is wrong when the hello was not answered", async () => {
    transport.start();
    await clock.pass(HELLO_TIMEOUT_MS);
    expect(syncs).toBe(1);
  });

  it("polls every 2 s when sockets are blocked, every 10 s in the background, and goes back to a socket that works", async () => {
    transport.start();
    latest().drop();
    await clock.pass(1_000);
    latest().drop();
    expect(transport.mode).toBe("polling");
    syncs = 0;
    await clock.pass(3 * POLL_ACTIVE_MS);
    expect(syncs).toBe(3);
    visible = false;
    await clock.pass(POLL_ACTIVE_MS);
    syncs = 0;
    await clock.pass(POLL_HIDDEN_MS);
    expect(syncs).toBe(1);
    while (lines.length === 2) await clock.pass(1_000);
    latest().say(STATE);
    expect(transport.mode).toBe("live");
    syncs = 0;
    await clock.pass(POLL_HIDDEN_MS);
    expect(syncs).toBe(0);
  });

  it("dials at once when the network is back", async () => {
    transport.start();
    latest().say(STATE);
    transport.wake(true);
    await clock.pass(0);
    expect(lines).toHaveLength(2);
    expect(syncs).toBe(1);
  });

  it("does nothing more after it was stopped", async () => {
    transport.start();
    latest().say(STATE);
    transport.stop();
    await clock.pass(300_000);
    expect(lines).toHaveLength(1);
    expect(syncs).toBe(0);
  });
});
