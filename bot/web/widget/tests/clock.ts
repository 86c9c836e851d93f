import type { SocketLike, Timers } from "../src/transport";

/** A clock that moves only when told to. */
export class Clock implements Timers {
  private at = 1_000_000;
  private count = 0;
  private readonly due = new Map<number, { at: number; run: () => void }>();
  now = (): number => this.at;
  random = (): number => 0.5;
  after = (ms: number, run: () => void): number => {
    this.due.set(++this.count, { at: this.at + ms, run });
    return this.count;
  };
  cancel = (id: number): void => {
    this.due.delete(id);
  };
  /** Let `ms` pass, running what falls due and the promises it starts. */
  async pass(ms: number): Promise<void> {
    const end = this.at + ms;
    await settle();
    for (;;) {
      const next = [...this.due].filter(([, timer]) => timer.at <= end).sort((a, b) => a[1].at - b[1].at)[0];
      if (!next) break;
      this.at = Math.max(this.at, next[1].at);
      this.due.delete(next[0]);
      next[1].run();
      await settle();
    }
    this.at = end;
  }
}

/** Let promises that are ready run. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 30; i++) await Promise.resolve();
}

/** The other end of a socket. */
export class Line implements SocketLike {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly sent: Record<string, unknown>[] = [];
  closed = false;
  heard: ((frame: Record<string, unknown>) => void) | null = null;
  send(data: string): void {
    const frame = JSON.parse(data) as Record<string, unknown>;
    this.sent.push(frame);
    this.heard?.(frame);
  }
  close(): void {
    this.closed = true;
  }
  say(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  drop(): void {
    this.onclose?.({ code: 1006 });
  }
}
