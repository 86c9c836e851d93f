/** The console's live connection: comes back by itself, and watches the same chats again when it does. */
import type { Frame } from "./types";

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;
/** A ping this often; nothing heard for longer than two of them: sends may pass, but nothing is received any more. */
const PING_EVERY_MS = 3_000;
const DEAF_AFTER_MS = 7_000;

export interface LiveHandlers {
  frame(frame: Frame): void;
  /** Connected; whatever happened meanwhile has to be read again. */
  up(): void;
  down(): void;
}

export class LiveSocket {
  private socket: WebSocket | null = null;
  private retryMs = FIRST_RETRY_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private pinger: ReturnType<typeof setInterval> | undefined;
  private wanted = false;
  private pings = 0;
  private heardAt = 0;
  /** Whether the service answers pings at all. */
  private answers = false;
  private readonly watched = new Set<string>();

  constructor(private readonly handlers: LiveHandlers) {}

  start(): void {
    if (this.wanted) return;
    this.wanted = true;
    window.addEventListener("online", this.hurry);
    this.connect();
  }

  stop(): void {
    this.wanted = false;
    window.removeEventListener("online", this.hurry);
    clearTimeout(this.timer);
    this.drop();
    this.watched.clear();
  }

  /** Stream exactly these chats. */
  watchOnly(ids: Iterable<string>): void {
    const wanted = new Set(ids);
    for (const id of this.watched) if (!wanted.has(id)) this.forget(id);
    for (const id of wanted) {
      if (this.watched.has(id)) continue;
      this.watched.add(id);
      this.send({ type: "watch", conversation_id: id });
    }
  }

  typing(id: string): void {
    this.send({ type: "typing", conversation_id: id });
  }

  drafting(id: string, on: boolean): void {
    this.send({ type: "drafting", conversation_id: id, on });
  }

  private readonly hurry = (): void => {
    if (this.socket || !this.wanted) return;
    clearTimeout(this.timer);
    this.connect();
  };

  private forget(id: string): void {
    this.watched.delete(id);
    this.send({ type: "unwatch", conversation_id: id });
  }

  private send(frame: Record<string, unknown>): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  private connect(): void {
    if (!this.wanted) return;
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/desk/ws`);
    this.socket = socket;
    socket.onopen = () => {
      this.retryMs = FIRST_RETRY_MS;
      this.heardAt = Date.now();
      clearInterval(this.pinger);
      this.pinger = setInterval(() => this.ping(), PING_EVERY_MS);
      for (const id of this.watched) this.send({ type: "watch", conversation_id: id });
      this.handlers.up();
    };
    socket.onmessage = (event: MessageEvent<string>) => {
      this.heardAt = Date.now();
      try {
        const frame = JSON.parse(event.data) as Frame;
        if (frame.type === "pong") this.answers = true;
        else this.handlers.frame(frame);
      } catch {
        // a frame that cannot be read is dropped: the next refresh has what it said
      }
    };
    socket.onclose = () => {
      if (this.socket === socket) this.lost();
    };
  }

  /** A line that takes and gives nothing back looks open for minutes; the missing answers show it within ten seconds. */
  private ping(): void {
    if (this.answers && Date.now() - this.heardAt > DEAF_AFTER_MS) {
      this.lost();
      return;
    }
    this.pings += 1;
    this.send({ type: "ping", n: this.pings });
  }

  private drop(): void {
    clearInterval(this.pinger);
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  private lost(): void {
    this.drop();
    if (!this.wanted) return;
    this.handlers.down();
    this.timer = setTimeout(() => this.connect(), this.retryMs * (0.75 + Math.random() / 2));
    this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
  }
}
