import { beforeEach, describe, expect, it } from "vitest";
import { Api } from "../src/api";
import { Chat } from "../src/chat";
import type { Language, Message } from "../src/contracts";
import { Clock, Line, settle } from "./clock";
import { MapStore } from "./map_store";

type Frame = Record<string, unknown>;

/** A service in memory that speaks the contract over HTTP and sockets. */
class Service {
  messages: Partial<Message>[] = [];
  state: Frame = { owner: "bot", epoch: 1 };
  token = "token-1";
  opened = 0;
  deaf = false;
  down = false;
  refuse: { status: number; code: string; retryAfter?: string } | null = null;
  readonly identities: unknown[] = [];
  readonly lines: Line[] = [];
  readonly received: string[] = [];

  add(kind: string, text: string, client_msg_id?: string): Frame {
    const message = { seq: this.messages.length + 1, id: `m${this.messages.length + 1}`, at: "2026-08-04T09:00:00+08:00", author: { kind }, text, client_msg_id };
    this.messages.push(message as Partial<Message>);
    return message;
  }

  take(body: Frame): Frame {
    const id = body.client_msg_id as string;
    this.received.push(id);
    const known = this.messages.find((m) => m.client_msg_id === id);
    return (known as Frame | undefined) ?? this.add("customer", body.text as string, id);
  }

  open = (): Line => {
    const line = new Line();
    this.lines.push(line);
    line.heard = (frame) => {
      if (this.deaf || frame.type !== "message") return;
      line.say({ type: "ack", client_msg_id: frame.client_msg_id, message: this.take(frame) });
    };
    return line;
  };

  fetch = (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    if (this.down) return Promise.reject(new TypeError("network"));
    const path = url instanceof Request ? url.url : url.toString();
    const body = (typeof init?.body === "string" ? JSON.parse(init.body) : {}) as Frame;
    const answer = (status: number, json: object, headers = {}): Promise<Response> =>
      Promise.resolve(new Response(JSON.stringify(json), { status, headers }));
    if (path.endsWith("/conversations")) {
      this.identities.push(body.identity_token);
      if (body.identity_token === "expired") return answer(401, { error: { code: "identity_token_expired" } });
      this.opened++;
      return answer(201, { conversation_id: `c${this.opened}`, token: this.token, messages: this.messages });
    }
    const header = new Headers(init?.headers).get("Authorization");
    if (header !== `Bearer ${this.token}`) return answer(401, { error: { code: "unauthorized" } });
    if (init?.method === "POST") {
      if (this.refuse) {
        const { status, code, retryAfter } = this.refuse;
        return answer(status, { error: { code } }, retryAfter ? { "Retry-After": retryAfter } : {});
      }
      return answer(202, { message: this.take(body) });
    }
    const after = Number(new URL(path).searchParams.get("after"));
    return answer(200, { messages: this.messages.filter((m) => (m.seq ?? 0) > after), state: this.state });
  };
}

let service: Service;
let clock: Clock;
let store: MapStore;
let identity: string | null;
let rejected: number;
let ids: number;

function chat(tab = "tab-a"): Chat {
  return new Chat({
    api: new Api("https://care.example", service.fetch),
    store,
    prefix: "p:",
    tab,
    timers: clock,
    openSocket: service.open,
    newId: () => `id-${++ids}`,
    language: (): Language => "en",
    identityToken: () => identity,
    page: () => "https://shop.example/",
    visible: () => true,
    onChange: () => undefined,
    onIdentityRejected: () => rejected++,
  });
}

const live = (): void => service.lines[service.lines.length - 1]?.say({ type: "state", state: service.state });
const texts = (c: Chat): string[] => c.thread.list().map((m) => m.text);

beforeEach(() => {
  service = new Service();
  clock = new Clock();
  store = new MapStore();
  identity = null;
  rejected = ids = 0;
  service.add("bot", "Hello");
});

describe("a chat", () => {
  it("opens one conversation, however often it is asked to", async () => {
    const c = chat();
    await Promise.all([c.ensure(), c.ensure()]);
    expect(service.opened).toBe(1);
    expect(texts(c)).toEqual(["Hello"]);
  });

  it("tells what the customer has seen, and shows what the person at the desk has read", async () => {
    const c = chat();
    await c.ensure();
    live();
    c.markRead();
    expect(service.lines[0]?.sent).toContainEqual({ type: "read", seq: 1 });
    service.lines[0]?.say({ type: "read", author: { kind: "agent" }, seq: 4 });
    expect(c.state?.read_seq).toBe(4);
  });

  it("asks for the person's rating first and then the bot's", async () => {
    const c = chat();
    await c.ensure();
    service.state = { owner: "closed", epoch: 3, rate: ["agent", "bot"] };
    live();
    expect(c.rates).toBe("agent");
    await c.rate({ score: 5, solved: true });
    expect([c.rates, c.rated]).toEqual(["bot", false]);
    await c.rate({ score: 3, solved: true });
    expect([c.rates, c.rated]).toEqual([undefined, true]);
  });

  it("goes on with the same conversation after a reload", async () => {
    await chat().ensure();
    const again = chat();
    expect(again.resume()).toBe(true);
    live();
    expect(service.opened).toBe(1);
    expect(again.credentials?.conversation_id).toBe("c1");
  });

  it("shows a sent message once, whether the acknowledgement or the message comes first", async () => {
    const c = chat();
    await c.ensure();
    live();
    c.sendText("one");
    await clock.pass(100);
    service.lines[0]?.say({ type: "message", message: service.messages[1] as object });
    expect(texts(c)).toEqual(["Hello", "one"]);
    expect(c.outbox.all()).toEqual([]);
  });

  it("sends again under the same id until it is acknowledged", async () => {
    const c = chat();
    await c.ensure();
    live();
    service.deaf = true;
    c.sendText("one");
    await clock.pass(9_000);
    expect(service.lines[0]?.sent.filter((f) => f.client_msg_id === "id-1").length).toBe(2);
    expect(c.outbox.all()).toHaveLength(1);
    service.deaf = false;
    await clock.pass(30_000);
    expect(texts(c)).toEqual(["Hello", "one"]);
    expect(c.outbox.all()).toEqual([]);
  });

  it("keeps what was written while the page was closed in the middle", async () => {
    const before = chat();
    await before.ensure();
    before.sendText("one");
    before.stop();
    const after = chat();
    after.resume();
    live();
    await clock.pass(100);
    expect(texts(after)).toContain("one");
    expect(service.messages.filter((m) => m.text === "one")).toHaveLength(1);
  });

  it("fetches what is missing when a message is ahead of the others", async () => {
    const c = chat();
    await c.ensure();
    live();
    service.add("bot", "two");
    service.lines[0]?.say({ type: "message", message: service.add("bot", "three") });
    await settle();
    expect(texts(c)).toEqual(["Hello", "two", "three"]);
  });

  it("sends over HTTP when no socket comes up", async () => {
    const c = chat();
    await c.ensure();
    c.sendText("one");
    await clock.pass(3_000);
    expect(texts(c)).toEqual(["Hello", "one"]);
  });

  it("polls for answers where sockets are blocked", async () => {
    const c = chat();
    await c.ensure();
    service.lines[0]?.drop();
    await clock.pass(1_000);
    service.lines[1]?.drop();
    service.add("bot", "later");
    await clock.pass(2_000);
    expect(c.mode).toBe("polling");
    expect(texts(c)).toEqual(["Hello", "later"]);
  });

  it("waits as long as a 429 says", async () => {
    const c = chat();
    await c.ensure();
    service.refuse = { status: 429, code: "rate_limited", retryAfter: "20" };
    c.sendText("one");
    await clock.pass(3_000);
    service.refuse = null;
    await clock.pass(19_000);
    expect(service.received).toEqual([]);
    await clock.pass(2_000);
    expect(service.received).toEqual(["id-1"]);
  });

  it("keeps a refused message with a way to send it again", async () => {
    const c = chat();
    await c.ensure();
    service.refuse = { status: 422, code: "not_now" };
    c.sendText("one");
    await clock.pass(60_000);
    expect(c.outbox.all()[0]?.status).toBe("refused");
    service.refuse = null;
    c.retry("id-1");
    await clock.pass(1_000);
    expect(texts(c)).toContain("one");
  });

  it("knows a closed chat from the answer to a message", async () => {
    const c = chat();
    await c.ensure();
    service.refuse = { status: 409, code: "conversation_closed" };
    c.sendText("one");
    await clock.pass(3_000);
    expect(c.closed).toBe(true);
    expect(c.outbox.all()[0]?.reason).toBe("closed");
  });

  it("opens a new conversation with a note when the token has expired, and takes what was written along", async () => {
    const c = chat();
    await c.ensure();
    await clock.pass(20_000);
    service.token = "token-2";
    service.messages = [];
    c.sendText("one");
    await clock.pass(30_000);
    expect(service.opened).toBe(2);
    expect(c.notice).toBe("expired");
    expect(texts(c)).toEqual(["one"]);
  });

  it("goes on as a visitor, and says so, when the site's identity token is refused", async () => {
    identity = "expired";
    const c = chat();
    await c.ensure();
    expect(service.identities).toEqual(["expired", undefined]);
    expect(rejected).toBe(1);
    expect(c.phase).toBe("ready");
  });

  it("tries again by itself when the service could not be reached", async () => {
    service.down = true;
    const c = chat();
    await c.ensure();
    expect(c.phase).toBe("failed");
    service.down = false;
    await clock.pass(5_000);
    expect(c.phase).toBe("ready");
  });

  it("does not go back to an older state", async () => {
    const c = chat();
    await c.ensure();
    live();
    service.lines[0]?.say({ type: "state", state: { owner: "agent", epoch: 5, agent: { name: "Ann" } } });
    service.lines[0]?.say({ type: "state", state: { owner: "queued", epoch: 4 } });
    expect(c.state?.owner).toBe("agent");
  });

  it("shares what was read, and what was written, between two tabs", async () => {
    const first = chat("tab-a");
    await first.ensure();
    const second = chat("tab-b");
    second.resume();
    live();
    service.lines[1]?.say({ type: "message", message: service.messages[0] as object });
    expect([first.unread, second.unread]).toEqual([1, 1]);
    first.markRead();
    second.storageChanged("p:chat");
    expect([first.unread, second.unread]).toEqual([0, 0]);
    first.sendText("one");
    second.storageChanged("p:out:id-1");
    expect(second.outbox.all().map((e) => e.shown)).toEqual(["one"]);
  });

  it("starts afresh on request", async () => {
    const c = chat();
    await c.ensure();
    await c.startNew();
    expect(service.opened).toBe(2);
    expect(c.credentials?.conversation_id).toBe("c2");
  });
});
