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
  outage_id: string | null;
  conversation_id: string | null;
  /** Where it came from, such as hotline or desk. */
  channel: string;
  created_at: string;
  updated_at: string;
  /** Until when a person is to answer, and when one did. */
  respond_by: string | null;
  responded_at: string | null;
  due_at: string | null;
  legal_due_at: string | null;
  resolved_at: string | null;
  breached: string[];
  reopens: number;
  urged: boolean;
  escalated_to: string | null;
  escalation_level: number;
  version: number;
}

/** A ticket with what only its own page shows. */
export interface TicketWhole extends TicketSummary {
  line_id: string | null;
  external_id: string | null;
  solve_by: string | null;
  paused_at: string | null;
  reopened_at: string | null;
  ended_at: string | null;
  urged_at: string | null;
  requested_by: string | null;
  asked_at: string | null;
  root_cause: string | null;
  /** The row of the service levels that it stands under. */
  sla_id: string | null;
  area: string | null;
  customer_class: string | null;
  appointment_id: string | null;
  archived: boolean;
}

export interface Complaint {
  demand: string | null;
  regulator: boolean;
  cause: string | null;
  root_cause: string | null;
  acknowledged_at: string | null;
  callback_by: string | null;
  callback_at: string | null;
  callback_result: (typeof CALLBACK_RESULTS)[number] | null;
  callback_tries: number;
  /** What it lacks to be closed. */
  missing: string[];
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
  status: string | null;
  text: string | null;
  data: Record<string, unknown> | null;
}

export interface TicketCase {
  ticket: TicketWhole;
  /** What this person may do now, by the names of the calls. */
  actions: string[];
  clocks: TicketClock[];
  explanation: { zh: string[]; en: string[] };
  history: TicketLine[];
  history_total: number;
  links: { n: number; kind: string; ref_id: string | null; role: string | null; body: unknown; at: string }[];
  complaint: Complaint | null;
  visits: Visit[];
  customer: { id: string; name: Words; phone: string; address: Words; area: string; customer_class: string | null } | null;
}

export const CALLBACK_RESULTS = ["satisfied", "unsatisfied", "unreachable"] as const;

export interface TicketTables {
  groups: { id: string; name: Words; lead?: string | null }[];
  roles: { id: string; name: Words }[];
  ticket_types: string[];
  severities: string[];
  priorities: string[];
  statuses: string[];
  products: string[];
  callback_results: string[];
  views: string[];
  sorts: string[];
  /** From each status to which others. */
  transitions: Record<string, string[]>;
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
