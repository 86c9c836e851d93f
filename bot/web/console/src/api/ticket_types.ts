/** The desk's tickets on the wire; the contract is docs/desk_tickets.md. */
import type { Visit, Words } from "./types";

export interface TicketSummary {
  id: string;
  ticket_type: string;
  status: string;
  severity: string;
  priority: string;
  name: string | null;
  description: string;
  product: string | null;
  category: string | null;
  customer_id: string | null;
  group_id: string | null;
  assignee_id: string | null;
  assignee: Words | null;
  conversation_id: string | null;
  created_at: string;
  updated_at: string;
  due_at: string | null;
  breached: string[];
  reopens: number;
  urged: boolean;
  escalation_level: number;
  version: number;
}

export interface TicketClock {
  clock: "answer" | "solve" | "legal";
  started_at: string;
  due_at: string | null;
  met_at: string | null;
  state: "running" | "standing" | "met" | "late" | "broken" | "over";
  used_percent: number;
}

export interface TicketLine {
  n: number;
  at: string;
  kind: string;
  author: string;
  author_name: Words | null;
  status?: string;
  text?: string;
}

export interface TicketCase {
  ticket: TicketSummary;
  /** What this person may do now, by the names of the calls. */
  actions: string[];
  clocks: TicketClock[];
  explanation: { zh: string[]; en: string[] };
  history: TicketLine[];
  history_total: number;
  complaint: { missing: string[]; root_cause: string | null; callback_tries: number } | null;
  visits: Visit[];
}

export const CALLBACK_RESULTS = ["satisfied", "unsatisfied", "unreachable"] as const;

export interface TicketTables {
  groups: { id: string; name: Words; lead?: string | null }[];
  ticket_types: string[];
  severities: string[];
  priorities: string[];
  statuses: string[];
  products: string[];
  views: string[];
  sorts: string[];
}

export interface VisitSlot {
  window_id: string;
  start: string;
  end: string;
  free: number;
}

export interface NewTicket {
  ticket_type: string;
  description: string;
  severity: string;
  client_key: string;
  customer_id?: string | undefined;
  line_id?: string | undefined;
  product?: string | undefined;
  conversation_id?: string | undefined;
}
