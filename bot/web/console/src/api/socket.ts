/** The console's live connection: comes back by itself, and watches the same chats again when it does. */
import type { Frame } from "./types";

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;

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
  private wanted = false;
  private readonly watched = new Set<string>();

  constructor(private readonly handlers: LiveHandlers) {}

  start(): void {
    this.wanted = true;
    this.connect();
  }

  stop(): void {
    this.wanted = false;
    clearTimeout(this.timer);
    this.socket?.close();
    this.socket = null;
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

  private forget(id: string): void {
    this.watched.delete(id);
    this.send({ type: "unwatch", conversation_id: id });
  }

  private send(frame: { type: string; conversation_id: string }): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  private connect(): void {
    if (!this.wanted) return;
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/desk/ws`);
    this.socket = socket;
    socket.onopen = () => {
      this.retryMs = FIRST_RETRY_MS;
      for (const id of this.watched) this.send({ type: "watch", conversation_id: id });
      this.handlers.up();
    };
    socket.onmessage = (event: MessageEvent<string>) => {
      try {
        this.handlers.frame(JSON.parse(event.data) as Frame);
      } catch {
        // a frame that cannot be read is dropped: the next refresh has what it said
      }
    };
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.socket = null;
      if (!this.wanted) return;
      this.handlers.down();
      this.timer = setTimeout(() => this.connect(), this.retryMs * (0.75 + Math.random() / 2));
      this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
    };
  }
}
