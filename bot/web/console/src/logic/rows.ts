/** What a line of the list shows, whichever call it came from. */
import type { Language, Owner, Participant, QueueItem, Row, Viewer, Words } from "../api/types";
import { customerWords } from "./summary";

export interface Filters {
  group?: string;
  agent?: string;
  language?: string;
  reason?: string;
  product?: string;
}

export interface ListRow {
  id: string;
  owner: Owner;
  name: Words | null;
  customerClass: string | null;
  language: Language;
  group: string | null;
  reason: string | null;
  product: string | null;
  /** ISO; since when a person is wanted. */
  requestedAt: string | null;
  /** ISO; the customer's oldest message that no person has answered. */
  unansweredSince: string | null;
  /** ISO; when the first answer of a person is due. */
  dueAt: string | null;
  /** ISO; when something is first due on an open ticket of theirs. */
  ticketDueAt: string | null;
  priority: number | null;
  lastText: string;
  lastKind: string | null;
  lastAttachment: boolean;
  updatedAt: string;
  agentId: string | null;
  agent: Words | null;
  /** As the service counts; null when it does not. */
  unread: number | null;
  viewers: Viewer[];
  participants: Participant[];
  /** 1 to 5. */
  score: number | null;
  hits: { seq: number; text: string }[];
  /** The customer has left the window and keeps the place. */
  kept: boolean;
  /** Whose screen it rings on now. */
  offeredTo: string | null;
}

export function fromRow(row: Row): ListRow {
  const last = row.last_message;
  return {
    id: row.conversation_id,
    owner: row.owner,
    name: row.customer?.name ?? null,
    customerClass: row.customer?.customer_class ?? null,
    language: row.language,
    group: row.group ?? null,
    reason: row.reason_code ?? null,
    product: null,
    requestedAt: row.requested_at ?? null,
    unansweredSince: row.unanswered_since ?? null,
    dueAt: row.first_response_due_at ?? null,
    ticketDueAt: row.ticket_due_at ?? null,
    priority: null,
    lastText: last?.text.replace(/\s+/g, " ").trim() ?? "",
    lastKind: last?.author.kind ?? null,
    lastAttachment: (last?.attachments?.length ?? 0) > 0,
    updatedAt: row.updated_at,
    agentId: row.agent_id,
    agent: row.agent ?? null,
    unread: row.unread ?? null,
    viewers: row.viewers ?? [],
    participants: row.participants ?? [],
    score: row.rating?.score ?? null,
    hits: row.hits ?? [],
    kept: false,
    offeredTo: null,
  };
}

/** The queue in its own order, with what the list knows of each chat. */
export function queueRows(queue: readonly QueueItem[], rows: readonly Row[]): ListRow[] {
  const known = new Map(rows.map((row) => [row.conversation_id, fromRow(row)]));
  return queue.map((item) => {
    const row = known.get(item.conversation_id);
    return {
      id: item.conversation_id,
      owner: "queued",
      name: item.customer?.name ?? row?.name ?? null,
      customerClass: item.customer_class ?? item.customer?.customer_class ?? row?.customerClass ?? null,
      language: item.language,
      group: item.group ?? row?.group ?? null,
      reason: item.reason_code,
      product: item.product ?? null,
      requestedAt: item.requested_at,
      unansweredSince: null,
      dueAt: row?.dueAt ?? null,
      ticketDueAt: row?.ticketDueAt ?? null,
      priority: item.priority,
      lastText: customerWords(item.summary) || row?.lastText || "",
      lastKind: "customer",
      lastAttachment: false,
      updatedAt: row?.updatedAt ?? item.requested_at,
      agentId: null,
      agent: null,
      unread: null,
      viewers: row?.viewers ?? [],
      participants: row?.participants ?? [],
      score: null,
      hits: [],
      kept: item.kept ?? false,
      offeredTo: item.offered_to ?? null,
    };
  });
}

/** Whoever waits longest for a word of ours first, then what was last talked about. */
export function byWait(rows: readonly ListRow[]): ListRow[] {
  const since = (row: ListRow): number => (row.unansweredSince ? Date.parse(row.unansweredSince) : Infinity);
  return [...rows].sort((a, b) => {
    const [first, second] = [since(a), since(b)];
    return first === second ? Date.parse(b.updatedAt) - Date.parse(a.updatedAt) : first - second;
  });
}

/** Rows that fit every filter that is set; nobody serves those of a queue, so that `agent` says nothing here. */
export function filtered(rows: readonly ListRow[], filters: Filters): ListRow[] {
  const wanted = (["group", "language", "reason", "product"] as const).filter((key) => filters[key]);
  return rows.filter((row) => wanted.every((key) => row[key] === filters[key]));
}

/** A text in pieces, those that are looked for marked; nothing is marked for an empty search. */
export function marked(text: string, search: string): { text: string; hit: boolean }[] {
  const words = search.trim().split(/\s+/).filter(Boolean).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (words.length === 0) return [{ text, hit: false }];
  return text
    .split(new RegExp(`(${words.join("|")})`, "gi"))
    .map((piece, i) => ({ text: piece, hit: i % 2 === 1 }))
    .filter((piece) => piece.text !== "");
}

/** Two initials or one Chinese character, for the round picture. */
export function initials(name: string): string {
  const trimmed = name.trim();
  if (/[\u3400-\u9fff]/.test(trimmed)) return trimmed.slice(0, 1);
  const parts = trimmed.split(/\s+/).filter(Boolean);
  return parts.slice(0, 2).map((part) => part[0]?.toUpperCase() ?? "").join("");
}

/** A steady hue for a chat, 0 to 359. */
export function hueOf(id: string): number {
  let hash = 0;
  for (const char of id) hash = (Math.imul(hash, 31) + (char.codePointAt(0) ?? 0)) >>> 0;
  return hash % 360;
}
