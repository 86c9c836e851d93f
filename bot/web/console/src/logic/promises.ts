/** What the customer was promised, and whether it is late. */
import type { Packet, TicketRow } from "../api/types";

interface Promised {
  tickets: readonly Pick<TicketRow, "id" | "status" | "due_at">[];
  packet: Pick<Packet, "promises"> | null;
}

/** Whether nothing is due on a ticket any more. */
export function isOver(status: string): boolean {
  return /resolved|closed|cancel|reject/.test(status);
}

/** ISO; the oldest time that has passed without what was promised for it. A ticket's own time counts before what was said of it. */
export function overdueSince({ tickets, packet }: Promised, now: number): string | null {
  const known = new Set(tickets.map((ticket) => ticket.id));
  const due = [
    ...tickets.filter((ticket) => !isOver(ticket.status)).map((ticket) => ticket.due_at),
    ...(packet?.promises ?? []).filter((promise) => !promise.ticket_id || !known.has(promise.ticket_id)).map((promise) => promise.due_at),
  ];
  return due.filter((at) => at !== null && Date.parse(at) < now).sort((a, b) => Date.parse(a ?? "") - Date.parse(b ?? ""))[0] ?? null;
}
