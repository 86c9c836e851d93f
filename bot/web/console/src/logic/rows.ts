/** What a line of the list shows, whichever call it came from. */
import type { Language, Owner, QueueItem, Row, Words } from "../api/types";

export interface ListRow {
  id: string;
  owner: Owner;
  name: Words | null;
  language: Language;
  reason: string | null;
  /** ISO; since when a person is wanted. */
  requestedAt: string | null;
  priority: number | null;
  lastText: string;
  lastKind: string | null;
  lastAttachment: boolean;
  updatedAt: string;
  agentId: string | null;
  agent: Words | null;
}

export function fromRow(row: Row): ListRow {
  const last = row.last_message;
  return {
    id: row.conversation_id,
    owner: row.owner,
    name: row.customer?.name ?? null,
    language: row.language,
    reason: row.reason_code ?? null,
    requestedAt: row.requested_at ?? null,
    priority: null,
    lastText: last?.text.replace(/\s+/g, " ").trim() ?? "",
    lastKind: last?.author.kind ?? null,
    lastAttachment: (last?.attachments?.length ?? 0) > 0,
    updatedAt: row.updated_at,
    agentId: row.agent_id,
    agent: row.agent ?? null,
  };
}

/** The queue in its own order, with the last line of each chat where the list has it. */
export function queueRows(queue: readonly QueueItem[], rows: readonly Row[]): ListRow[] {
  const known = new Map(rows.map((row) => [row.conversation_id, fromRow(row)]));
  return queue.map((item) => ({
    id: item.conversation_id,
    owner: "queued",
    name: item.customer?.name ?? known.get(item.conversation_id)?.name ?? null,
    language: item.language,
    reason: item.reason_code,
    requestedAt: item.requested_at,
    priority: item.priority,
    lastText: customerWords(item.summary) || known.get(item.conversation_id)?.lastText || "",
    lastKind: "customer",
    lastAttachment: false,
    updatedAt: known.get(item.conversation_id)?.updatedAt ?? item.requested_at,
    agentId: null,
    agent: null,
  }));
}

/** The summary's second line is what the customer said; its first repeats the reason. */
function customerWords(summary: string | null): string {
  return summary?.split("\n")[1]?.trim() ?? "";
}

/** Rows whose customer, words or number hold every word of the search. */
export function matching(rows: readonly ListRow[], search: string): ListRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...rows];
  return rows.filter((row) => {
    const text = [row.name?.zh, row.name?.en, row.lastText, row.id].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
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
