/** The messages of one conversation, each once and in order, however they arrive. */
import { asText } from "./contracts";
import type { AuthorKind, ButtonOption, Message } from "./contracts";

export interface Merge {
  added: Message[];
  /** Something between two messages has not arrived: ask for everything after `cursor`. */
  gap: boolean;
}

export class Thread {
  private readonly bySeq = new Map<number, Message>();
  private sorted: Message[] | null = [];
  private contiguous = 0;
  private highest = 0;

  /** Everything up to here has arrived. */
  get cursor(): number {
    return this.contiguous;
  }

  get last(): number {
    return this.highest;
  }

  /**
   * Take messages in; those already here are dropped.
   *
   * Args:
   *   after: set when these are the answer to "everything after `after`". What such an answer leaves out does not
   *     exist, so a hole that stays is no reason to ask again.
   */
  merge(messages: readonly Message[], after = Infinity): Merge {
    const added = messages.filter(({ seq }) => seq > this.contiguous && !this.bySeq.has(seq)).sort((a, b) => a.seq - b.seq);
    for (const message of added) {
      this.bySeq.set(message.seq, message);
      this.highest = Math.max(this.highest, message.seq);
      if (after <= this.contiguous) this.contiguous = message.seq;
    }
    while (this.bySeq.has(this.contiguous + 1)) this.contiguous++;
    this.sorted = null;
    return { added, gap: this.contiguous < this.highest };
  }

  /** In the order of `seq`. */
  list(): readonly Message[] {
    return (this.sorted ??= [...this.bySeq.values()].sort((a, b) => a.seq - b.seq));
  }

  /** Messages for the customer that nobody has seen yet. */
  unread(readSeq: number): number {
    return this.list().filter((m) => m.seq > readSeq && (m.author.kind === "bot" || m.author.kind === "agent")).length;
  }

  /** The messages since the customer last spoke, newest first. */
  private sinceCustomer(): Message[] {
    const list = this.list();
    return list.slice(list.map((m) => m.author.kind).lastIndexOf("customer") + 1).reverse();
  }

  /** The buttons that can still be pressed: the last ones, until the customer or a person speaks. */
  activeButtons(): ButtonOption[] {
    const last = this.sinceCustomer().find((m) => m.buttons.length || m.author.kind === "agent");
    return last?.buttons ?? [];
  }

  /** What the open question asks for, if the last word was the bot's. */
  expectedSlot(): string | undefined {
    return this.sinceCustomer().find((m) => m.author.kind !== "system")?.expects?.slot;
  }

  /** A survey was sent and the customer has not gone on talking since. */
  surveyAsked(): boolean {
    return this.sinceCustomer().some((m) => m.data?.type === "survey");
  }

  /** The `seq` of cards that a later card of the same thing has replaced. */
  superseded(): Set<number> {
    const latest = new Map<string, number>();
    const old = new Set<number>();
    for (const { seq, data } of this.list()) {
      const id = asText(data?.id);
      if (!data || !id) continue;
      const thing = data.type + id;
      const before = latest.get(thing);
      if (before !== undefined) old.add(before);
      latest.set(thing, seq);
    }
    return old;
  }
}

export interface Placed {
  key: string;
  at_ms: number;
  kind: AuthorKind;
  name?: string | null;
}

export interface Placement {
  /** First of a calendar day: a separator stands above it. */
  newDay: boolean;
  /** First and last of a run of bubbles by the same author. */
  first: boolean;
  last: boolean;
}

const RUN_MS = 5 * 60 * 1000;

/** How bubbles hang together: runs of one author within five minutes, split by days. */
export function place(items: readonly Placed[], dayOf: (at_ms: number) => string): Placement[] {
  const joins = (a: Placed | undefined, b: Placed | undefined): boolean =>
    !!a && !!b && a.kind === b.kind && a.name === b.name && b.at_ms - a.at_ms < RUN_MS && dayOf(a.at_ms) === dayOf(b.at_ms);
  return items.map((item, i) => {
    const before = items[i - 1];
    return {
      newDay: !before || dayOf(before.at_ms) !== dayOf(item.at_ms),
      first: !joins(before, item),
      last: !joins(item, items[i + 1]),
    };
  });
}
