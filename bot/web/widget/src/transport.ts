/**
 * The live line: a WebSocket while one can be had, polling where sockets are blocked.
 *
 * A socket counts as working from its first frame. One that goes quiet is dropped: the service pings every 20 s, so
 * 45 s of silence mean a half-open line on which sending may still seem to work.
 */
import { parseFrame } from "./contracts";
import type { ServerFrame } from "./contracts";
import { backoffMs } from "./outbox";

export const SILENCE_LIMIT_MS = 45_000;
export const HELLO_TIMEOUT_MS = 10_000;
export const POLL_ACTIVE_MS = 2_000;
export const POLL_HIDDEN_MS = 10_000;
/** While polling, a socket is tried again this often: the customer may have changed networks. */
const PROBE_MS = 60_000;
const BLOCKED_AFTER = 2;
const LOST_AFTER = 4;

export type LineMode = "connecting" | "live" | "polling";

/** Two failures before any success mean that sockets are blocked; a line that once worked gets more patience. */
export function shouldPoll(everLive: boolean, failures: number): boolean {
  return failures >= (everLive ? LOST_AFTER : BLOCKED_AFTER);
}

export interface SocketLike {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  onerror: (() => void) | null;
  send(data: string): void;
  close(): void;
}

export interface Timers {
  now(): number;
  after(ms: number, run: () => void): number;
  cancel(id: number): void;
  random(): number;
}

export interface TransportPorts {
  timers: Timers;
  openSocket(): SocketLike;
  /** The first frame; read when the socket opens, so that it names the newest cursor. */
  hello(): object;
  onFrame(frame: ServerFrame): void;
  onMode(mode: LineMode): void;
  /** Fetch what is new over HTTP. Resolves in any case. */
  sync(): Promise<void>;
  visible(): boolean;
}

export class Transport {
  mode: LineMode = "connecting";
  private socket: SocketLike | null = null;
  private ready = false;
  private everLive = false;
  private failures = 0;
  private running = false;
  private watchdog: number | null = null;
  private redial: number | null = null;
  private poll: number | null = null;
  private polling = false;

  constructor(private readonly ports: TransportPorts) {}

  start(): void {
    if (this.running) return;
    this.running = true;
    this.dial();
  }

  stop(): void {
    this.running = false;
    this.everLive = false;
    this.failures = 0;
    this.hangUp();
    this.redial = this.drop(this.redial);
    this.stopPolling();
    this.setMode("connecting");
  }

  /** Whether a frame sent now would go over a working socket. */
  get live(): boolean {
    return this.ready;
  }

  send(frame: object): boolean {
    if (!this.ready || !this.socket) return false;
    try {
      this.socket.send(JSON.stringify(frame));
      return true;
    } catch {
      this.failed();
      return false;
    }
  }

  /** The page came back, or the network did: find out now instead of waiting. */
  wake(networkChanged: boolean): void {
    if (!this.running) return;
    if (networkChanged) this.hangUp();
    if (!this.socket) {
      this.redial = this.drop(this.redial);
      this.dial();
    }
    if (this.mode === "polling") this.pollNow();
    else void this.ports.sync();
  }

  private dial(): void {
    if (!this.running || this.socket) return;
    let socket: SocketLike;
    try {
      socket = this.ports.openSocket();
    } catch {
      this.failed();
      return;
    }
    this.socket = socket;
    this.watch(HELLO_TIMEOUT_MS);
    socket.onopen = () => {
      if (this.socket !== socket) return;
      try {
        socket.send(JSON.stringify(this.ports.hello()));
      } catch {
        this.failed();
      }
    };
    socket.onmessage = (event) => {
      if (this.socket !== socket) return;
      const frame = typeof event.data === "string" ? parseFrame(event.data) : null;
      if (!frame) return;
      this.watch(SILENCE_LIMIT_MS);
      if (!this.ready && frame.type !== "error") {
        this.ready = true;
        this.everLive = true;
        this.failures = 0;
        this.stopPolling();
        this.setMode("live");
      }
      if (frame.type === "ping") this.send({ type: "pong" });
      else this.ports.onFrame(frame);
    };
    socket.onclose = () => {
      if (this.socket === socket) this.failed();
    };
    socket.onerror = socket.onclose as () => void;
  }

  private failed(): void {
    const wasReady = this.ready;
    this.hangUp();
    if (!this.running) return;
    this.failures++;
    if (shouldPoll(this.everLive, this.failures)) {
      this.setMode("polling");
      this.pollNow();
      this.dialAfter(PROBE_MS);
    } else {
      this.setMode("connecting");
      // A refused hello looks like any other closed socket; over HTTP the service says what is wrong.
      if (!wasReady) void this.ports.sync();
      this.dialAfter(backoffMs(this.failures, this.ports.timers.random()));
    }
  }

  private dialAfter(ms: number): void {
    this.drop(this.redial);
    this.redial = this.ports.timers.after(ms, () => {
      this.redial = null;
      this.dial();
    });
  }

  private watch(ms: number): void {
    this.drop(this.watchdog);
    this.watchdog = this.ports.timers.after(ms, () => this.failed());
  }

  private hangUp(): void {
    this.watchdog = this.drop(this.watchdog);
    const socket = this.socket;
    this.socket = null;
    this.ready = false;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
    try {
      socket.close();
    } catch {
      // It was closed already.
    }
  }

  private pollNow(): void {
    this.poll = this.drop(this.poll);
    if (this.polling) return;
    this.polling = true;
    void this.ports.sync().then(() => {
      this.polling = false;
      if (this.mode !== "polling" || !this.running) return;
      this.drop(this.poll);
      this.poll = this.ports.timers.after(this.ports.visible() ? POLL_ACTIVE_MS : POLL_HIDDEN_MS, () => this.pollNow());
    });
  }

  private stopPolling(): void {
    this.poll = this.drop(this.poll);
  }

  private drop(timer: number | null): null {
    if (timer !== null) this.ports.timers.cancel(timer);
    return null;
  }

  private setMode(mode: LineMode): void {
    if (this.mode === mode) return;
    this.mode = mode;
    this.ports.onMode(mode);
  }
}
