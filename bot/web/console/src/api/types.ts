/** What crosses the wire between the console and `/api/v1/desk`. */

export type Language = "zh" | "en";
export type AuthorKind = "customer" | "bot" | "agent" | "system";
export type Owner = "bot" | "queued" | "agent" | "closed";
export type Presence = "available" | "away" | "offline";
export type Scope = "mine" | "queued" | "open" | "closed" | "all";

/** The same words in both languages. */
export interface Words {
  zh: string;
  en: string;
}

export interface User {
  id: string;
  username: string;
  name: Words;
  roles: string[];
  languages: Language[];
  capacity: number;
}

export interface Attachment {
  id: string;
  name: string;
  mime: string;
  size: number;
}

export interface Message {
  seq: number;
  id: string;
  client_msg_id?: string;
  /** ISO 8601 with an offset. */
  at: string;
  author: { kind: AuthorKind; name?: string };
  text: string;
  buttons?: { id: string; label: string }[];
  expects?: { slot: string };
  attachments?: Attachment[];
  data?: Record<string, unknown> & { type: string };
}

export interface PacketSlot {
  name: string;
  value: unknown;
  source_seq: number | null;
  /** 0 to 1. */
  confidence: number | null;
}

export interface Packet {
  version: number;
  reason_code: string;
  summary: string;
  language: Language;
  assurance_level: string;
  customer: { id: string; name: Words; phone: string; account_number: string } | null;
  slots: PacketSlot[];
  checks: { name: string; result: unknown; at: string }[];
  promises: { text: string; due_at: string | null; ticket_id?: string }[];
  open_question: string | null;
  messages: { count: number; first_seq: number; last_seq: number; sha256: string };
}

export interface QueueItem {
  conversation_id: string;
  reason_code: string;
  language: Language;
  /** 0 is served first. */
  priority: number;
  requested_at: string;
  waited_ms: number;
  summary: string | null;
  customer: { id: string; name: Words } | null;
}

export interface QueueAnswer {
  waiting: QueueItem[];
  on_duty: number;
}

export interface Offer {
  offer_id: string;
  conversation_id: string;
  expires_at: string;
  reason_code: string;
  language: Language;
  summary: string;
}

/** One line of a list of conversations. */
export interface Row {
  conversation_id: string;
  owner: Owner;
  agent_id: string | null;
  agent?: Words | null;
  language: Language;
  updated_at: string;
  last_message: Message | null;
  customer: { id: string; name: Words } | null;
  /** Only while somebody waits or a person has it. */
  reason_code?: string | null;
  requested_at?: string | null;
}

export interface Line {
  id: string;
  product: string;
  number: string;
  plan_id: string;
  plan?: Words | null;
  status: string;
}

export interface Customer {
  id: string;
  name: Words;
  phone: string;
  account_number: string;
  address: Words;
  lines: Line[];
}

export interface Ticket {
  id: string;
  ticket_type: string;
  status: string;
  due_at: string | null;
  description: string;
  priority?: string;
  product?: string | null;
  created_at?: string;
}

export interface Visit {
  id: string;
  status: string;
  start: string;
  end: string;
  ticket_id?: string;
  address?: string;
  product?: string;
  technician?: { name?: Words };
}

export interface Note {
  id: string;
  author: Words | null;
  text: string;
  at: string;
}

export interface Disposition {
  solved: boolean;
  intent: string;
  reason: string;
  note?: string | null;
}

export interface ConversationView {
  conversation_id: string;
  language: Language;
  assurance_level: string;
  state: { owner: Owner; epoch: number; agent?: { name: string } };
  agent_id: string | null;
  agent: Words | null;
  packet: Packet | null;
  handoff: { status: string; disposition: Disposition | null } | null;
  messages: Message[];
  customer: Customer | null;
  tickets: Ticket[];
  visits: Visit[];
  notes: Note[];
  rating: { score: number; solved: boolean; comment?: string | null } | null;
}

export type Frame =
  | { type: "queue" }
  | ({ type: "offer"; user_id: string } & Offer)
  | { type: "offer_ended"; offer_id: string; user_id: string }
  | { type: "presence"; user_id: string; status: Presence }
  | { type: "conversation"; conversation_id: string }
  | { type: "message"; conversation_id: string; message: Message }
  | { type: "typing"; conversation_id: string; author: { kind: AuthorKind; name?: string } }
  | { type: "owner"; conversation_id: string; owner: Owner }
  | { type: "answered"; conversation_id: string; seq: number }
  | { type: "error"; error: { code: string; message: string } };
