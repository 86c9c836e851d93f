/**
 * What the customer has sent and the service has not yet acknowledged.
 *
 * Each entry lives under a key of its own in local storage, so that two tabs never overwrite each other's. An entry
 * leaves the box only by an acknowledgement (or when the customer throws it away), and always keeps its
 * `client_msg_id`, so that sending it twice is harmless.
 */
import type { KeyValue } from "./storage";
import { asBag } from "./contracts";

export type Payload = { text: string } | { button_id: string } | { attachment_id: string; text?: string };

export interface OutboxEntry {
  client_msg_id: string;
  payload: Payload;
  /** What the bubble shows: the text, the button's label or the file's name. */
  shown: string;
  attachment?: { id: string; name: string; mime: string; size: number };
  created_ms: number;
  /** Orders entries made in the same millisecond. */
  order: number;
  tries: number;
  /** Not to be sent before this time. */
  due_ms: number;
  /** `stalled` is still sent again by itself; `refused` waits for the customer. */
  status: "waiting" | "stalled" | "refused";
  reason?: string;
  /** The tab that sends it; another one takes over when `lease_ms` has passed. */
  tab: string;
  lease_ms: number;
}

export const ACK_TIMEOUT_MS = 8_000;
export const LEASE_MS = 20_000;
const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 30_000;
/** After so many tries the bubble says that it has not been sent. */
export const STALLED_AFTER_TRIES = 3;

/** Exponential, with half of it random, so that a thousand widgets do not come back in the same second. */
export function backoffMs(tries: number, random: number): number {
  const full = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.max(0, tries - 1));
  return Math.round(full / 2 + (full / 2) * random);
}

export class Outbox {
  private entries = new Map<string, OutboxEntry>();
  private counter = 0;

  constructor(
    private readonly store: KeyValue,
    private readonly prefix: string,
    private readonly tab: string,
    private readonly random: () => number,
  ) {
    this.reload();
  }

  /** Read the box again, after another tab has written to it. */
  reload(): void {
    this.entries.clear();
    for (const key of this.store.keys(this.prefix)) {
      try {
        const raw = asBag(JSON.parse(this.store.get(key) ?? "null"));
        if (raw && typeof raw.client_msg_id === "string" && asBag(raw.payload)) {
          this.entries.set(raw.client_msg_id, raw as unknown as OutboxEntry);
        }
      } catch {
        this.store.remove(key);
      }
    }
  }

  /** Oldest first. */
  all(): OutboxEntry[] {
    return [...this.entries.values()].sort((a, b) => a.created_ms - b.created_ms || a.order - b.order);
  }

  add(entry: Pick<OutboxEntry, "client_msg_id" | "payload" | "shown" | "attachment">, now: number): OutboxEntry {
    const full: OutboxEntry = {
      ...entry,
      created_ms: now,
      order: this.counter++,
      tries: 0,
      due_ms: now,
      status: "waiting",
      tab: this.tab,
      lease_ms: now + LEASE_MS,
    };
    this.put(full);
    return full;
  }

  /**
   * The entry to send now: the oldest that is ours. A younger one never overtakes it, so that messages arrive in the
   * order they were typed; one that was refused stands aside.
   */
  next(now: number): OutboxEntry | null {
    const head = this.head(now);
    if (!head || head.due_ms > now) return null;
    if (head.tab !== this.tab) this.put({ ...head, tab: this.tab, lease_ms: now + LEASE_MS });
    return this.entries.get(head.client_msg_id) ?? null;
  }

  /** How long until `next` may have something, or null when the box has nothing of ours to send. */
  waitMs(now: number): number | null {
    const head = this.head(now);
    if (head) return Math.max(0, head.due_ms - now);
    const foreign = this.all().find((e) => e.status !== "refused");
    return foreign ? Math.max(0, foreign.lease_ms - now) : null;
  }

  /** It is on its way; unless an answer comes, it is due again after the time for an answer and a growing pause. */
  sent(id: string, now: number): void {
    this.change(id, (e) => {
      const tries = e.tries + 1;
      const due_ms = now + ACK_TIMEOUT_MS + (tries > 1 ? backoffMs(tries, this.random()) : 0);
      const status = tries > STALLED_AFTER_TRIES ? "stalled" : e.status;
      return { ...e, tries, due_ms, status, lease_ms: due_ms + LEASE_MS };
    });
  }

  /** It did not get through; try again after a growing pause. */
  missed(id: string, now: number): void {
    this.change(id, (e) => {
      const due_ms = now + backoffMs(e.tries, this.random());
      return { ...e, due_ms, lease_ms: due_ms + LEASE_MS, status: e.tries >= STALLED_AFTER_TRIES ? "stalled" : e.status };
    });
  }

  /** The service asked for a pause (429): wait that long, and do not count it as a failure. */
  deferred(id: string, now: number, wait_ms: number): void {
    this.change(id, (e) => ({
      ...e,
      tries: Math.max(0, e.tries - 1),
      due_ms: now + wait_ms,
      lease_ms: now + wait_ms + LEASE_MS,
    }));
  }

  /** The service will never take it as it is. The bubble stays, with the reason. */
  refused(id: string, reason: string): void {
    this.change(id, (e) => ({ ...e, status: "refused", reason }));
  }

  /** The customer pressed "send again". */
  retry(id: string, now: number): void {
    this.change(id, (e) => ({
      ...e,
      status: "waiting",
      reason: undefined,
      tries: 0,
      due_ms: now,
      tab: this.tab,
      lease_ms: now + LEASE_MS,
    }));
  }

  /** The line is back: everything that waits may go now. */
  hurry(now: number): void {
    for (const e of this.all()) {
      if (e.tab === this.tab && e.status !== "refused" && e.tries > 0) this.put({ ...e, due_ms: Math.min(e.due_ms, now) });
    }
  }

  /** Acknowledged, or thrown away. Returns whether it was there. */
  settle(id: string): boolean {
    this.store.remove(this.prefix + id);
    return this.entries.delete(id);
  }

  private head(now: number): OutboxEntry | undefined {
    return this.all().find((e) => e.status !== "refused" && (e.tab === this.tab || e.lease_ms <= now));
  }

  private change(id: string, f: (entry: OutboxEntry) => OutboxEntry): void {
    const entry = this.entries.get(id);
    if (entry) this.put(f(entry));
  }

  private put(entry: OutboxEntry): void {
    this.entries.set(entry.client_msg_id, entry);
    this.store.set(this.prefix + entry.client_msg_id, JSON.stringify(entry));
  }
}
