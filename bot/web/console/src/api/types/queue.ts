/** The hand-over packet, the queue, offers. */
import type { Language, Words } from "./words";

export interface PacketSlot {
  name: string;
  value: unknown;
  source_seq: number | null;
  /** 0 to 1. */
  confidence: number | null;
}

export interface PacketCustomer {
  id: string;
  name?: Words;
  phone?: string;
  account_number?: string;
  area?: string;
  customer_class?: string | null;
  vulnerable?: boolean;
}

export interface Packet {
  version: number;
  reason_code: string;
  /** Three lines: why; what is known and done; what is open. */
  summary: string;
  language: Language;
  assurance_level: string;
  /** Only the id when the operator's system did not answer. */
  customer: PacketCustomer | null;
  topic?: string | null;
  /** What the customer first said. */
  opening?: { seq: number; text: string } | null;
  slots: PacketSlot[];
  checks: { name: string; result: unknown; at: string }[];
  promises: { text: string; due_at: string | null; by?: string; ticket_id?: string }[];
  open_question: string | null;
  messages: { count: number; first_seq: number; last_seq: number; sha256: string };
  handoff_history?: { agent?: Words | null; group?: string | null; at?: string; from?: string; until?: string; note?: string | null }[];
}

export interface CustomerName {
  id: string;
  name: Words;
  customer_class?: string | null;
}

export interface QueueItem {
  conversation_id: string;
  handoff_id: string;
  position: number;
  reason_code: string;
  group: string | null;
  language: Language;
  /** 0 is served first. */
  priority: number;
  effective_priority: number;
  requested_at: string;
  waited_ms: number;
  eta_s: [number, number] | null;
  summary: string | null;
  customer: PacketCustomer | null;
  customer_class: string | null;
  product: string | null;
  /** Who alone is to get it, by a transfer. */
  direct_to: string | null;
  /** Whose screen it rings on now. */
  offered_to: string | null;
  /** The customer has left the window and keeps the place. */
  kept: boolean;
}

export interface QueueAnswer {
  waiting: QueueItem[];
  on_duty: number;
}

export interface Offer {
  offer_id: string;
  conversation_id: string;
  expires_at: string;
  offered_at: string;
  /** The whole time that it rings, s. */
  window_s: number;
  reason_code: string;
  group: string | null;
  priority: number;
  language: Language;
  waited_ms: number;
  /** In the customer's language. */
  summary: string | null;
  summaries: Words;
  customer: PacketCustomer | null;
  /** I served this customer before. */
  last_agent: boolean;
}
