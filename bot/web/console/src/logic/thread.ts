/** One chat's messages: merged by `seq`, with what is still on its way. */
import type { AuthorKind, Message, Words } from "../api/types";

/** A line that the agent has sent and the service has not confirmed. */
export interface Pending {
  clientMsgId: string;
  text: string;
  /** ms since the epoch. */
  at: number;
  failed: boolean;
  /** A photo or file on its way: itself, where it can be seen meanwhile, and its id once the service has it. */
  file?: File;
  preview?: string;
  attachmentId?: string;
}

/** The union of both, by `seq`; the newer version of a message wins. Returns `known` itself when nothing is new. */
export function mergeMessages(known: readonly Message[], incoming: readonly Message[]): readonly Message[] {
  const last = known.at(-1)?.seq ?? 0;
  if (incoming.length === 0) return known;
  if (incoming.every((message, i) => message.seq === last + 1 + i)) return [...known, ...incoming];
  const bySeq = new Map(known.map((message) => [message.seq, message]));
  for (const message of incoming) bySeq.set(message.seq, message);
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

/** Whether numbers are missing, so that the chat has to be read again. */
export function hasGap(messages: readonly Message[]): boolean {
  return messages.some((message, i) => i > 0 && message.seq !== (messages[i - 1]?.seq ?? 0) + 1);
}

/** What is still pending once these messages have arrived. */
export function stillPending(pending: readonly Pending[], messages: readonly Message[]): Pending[] {
  const arrived = new Set(messages.map((message) => message.client_msg_id));
  return pending.filter((item) => !arrived.has(item.clientMsgId));
}

/** The customer's messages after `readSeq`. */
export function unreadCount(messages: readonly Message[], readSeq: number): number {
  return messages.filter((message) => message.seq > readSeq && message.author.kind === "customer").length;
}

/** Since when the customer waits for the agent's word, ISO; null when the agent spoke last. */
export function waitingSince(messages: readonly Message[]): string | null {
  let since: string | null = null;
  for (const message of messages) {
    if (message.author.kind === "agent") since = null;
    else if (message.author.kind === "customer") since ??= message.at;
  }
  return since;
}

export interface Group {
  key: string;
  kind: AuthorKind;
  name: string | undefined;
  messages: Message[];
}

/** What only the desk sees, between the messages. */
export interface DeskWords {
  kind: "note" | "whisper";
  id: string;
  author: Words | null;
  text: string;
  at: string;
}

export type ThreadItem = { key: string; at: string; group: Group; words?: never } | { key: string; at: string; words: DeskWords; group?: never };

const SAME_BREATH_MS = 3 * 60_000;

function joins(group: Group, message: Message): boolean {
  const before = group.messages.at(-1);
  return (
    before !== undefined && group.kind !== "system" && group.kind === message.author.kind && group.name === message.author.name &&
    Date.parse(message.at) - Date.parse(before.at) < SAME_BREATH_MS
  );
}

/**
 * The thread as it is read: messages of one author in one breath stand together, notices stand alone, and words of the desk
 * stand after the last message that was there when they were written. `breakAfter`: no group goes on beyond this message.
 */
export function thread(messages: readonly Message[], desk: readonly DeskWords[] = [], breakAfter = 0): ThreadItem[] {
  const items: ThreadItem[] = [];
  const left = [...desk].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const before = (at: string): void => {
    while (left[0] && Date.parse(left[0].at) < Date.parse(at)) say(left.shift() as DeskWords);
  };
  const say = (words: DeskWords): void => {
    items.push({ key: `${words.kind}-${words.id}`, at: words.at, words });
  };
  for (const message of messages) {
    before(message.at);
    const group = items.at(-1)?.group;
    if (group && joins(group, message) && group.messages.at(-1)?.seq !== breakAfter) group.messages.push(message);
    else {
      items.push({
        key: message.id, at: message.at, group: { key: message.id, kind: message.author.kind, name: message.author.name, messages: [message] },
      });
    }
  }
  left.forEach(say);
  return items;
}
