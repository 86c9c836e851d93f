/** What crosses the wire between the console and `/api/v1/desk`; the contract is docs/desk.md. Times are ISO 8601 with an offset. */

export type Language = "zh" | "en";
export type AuthorKind = "customer" | "bot" | "agent" | "system";
export type Owner = "bot" | "queued" | "agent" | "closed";
export type Presence = "available" | "away" | "offline";
export type PresenceReason = "no_answer" | "connection_lost" | null;
export type Scope = "mine" | "queued" | "group" | "open" | "closed" | "all" | "mentions" | "low_ratings" | "watched";
export type Sort = "waiting" | "newest" | "oldest";
export type DraftKind = "reply" | "note";

/** The same words in both languages. */
export interface Words {
  zh: string;
  en: string;
}

// -- people

export interface User {
  id: string;
  username: string;
  name: Words;
  roles: string[];
  languages: Language[];
  capacity: number;
}

export interface Settings {
  sound?: boolean;
  notifications?: boolean;
  theme?: "system" | "light" | "dark";
  language?: Language;
  density?: "comfortable" | "compact";
}

export interface Me {
  user: User;
  csrf_token: string;
  presence: Presence;
  presence_reason?: PresenceReason;
  timezone: string;
  groups?: string[];
  settings?: Settings;
  /** How many consoles of this person are open. */
  sessions?: number;
}

export interface Group {
  id: string;
  name: Words;
  open: boolean;
  opens_at: string | null;
  closes_at: string | null;
  waiting: number;
  on_duty: number;
  free_capacity: number;
  oldest_wait_s: number | null;
  eta_s: [number, number] | null;
}

export interface Colleague {
  id: string;
  name: Words;
  username: string;
  roles: string[];
  groups: string[];
  languages: Language[];
  wish: Presence;
  alive: boolean;
  status: Presence | "not_responding";
  status_since: string | null;
  load: number;
  capacity: number;
}

export interface Viewer {
  user_id: string;
  name: Words;
  drafting: boolean;
}

export interface Participant {
  user_id: string;
  name: Words;
  mode: "invited" | "watching" | "joined";
}

// -- messages

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
  at: string;
  author: { kind: AuthorKind; name?: string };
  text: string;
  buttons?: { id: string; label: string }[];
  expects?: { slot: string };
  attachments?: Attachment[];
  data?: Record<string, unknown> & { type: string };
}

// -- the hand-over packet

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
  /** Three lines: why; what is known and done; what is open. */
  summary: string;
  language: Language;
  assurance_level: string;
  customer: { id: string; name: Words; phone: string; account_number: string } | null;
  slots: PacketSlot[];
  checks: { name: string; result: unknown; at: string }[];
  promises: { text: string; due_at: string | null; ticket_id?: string }[];
  open_question: string | null;
  messages: { count: number; first_seq: number; last_seq: number; sha256: string };
  handoff_history?: { agent?: Words | null; group?: string | null; at?: string; from?: string; until?: string; note?: string | null }[];
}

// -- queue and offers

export interface CustomerName {
  id: string;
  name: Words;
  customer_class?: string | null;
}

export interface QueueItem {
  conversation_id: string;
  handoff_id?: string;
  position?: number;
  reason_code: string;
  group?: string | null;
  language: Language;
  /** 0 is served first. */
  priority: number;
  effective_priority?: number;
  requested_at: string;
  waited_ms: number;
  eta_s?: [number, number] | null;
  summary: string | null;
  customer: CustomerName | null;
  customer_class?: string | null;
  product?: string | null;
  callback?: unknown;
  /** Whose screen it rings on now. */
  offered_to?: string | null;
  /** The customer has left the window and keeps the place. */
  kept?: boolean;
}

export interface QueueAnswer {
  waiting: QueueItem[];
  on_duty: number;
}

export interface Offer {
  offer_id: string;
  conversation_id: string;
  expires_at: string;
  offered_at?: string;
  window_s?: number;
  reason_code: string;
  group?: string | null;
  priority?: number;
  language: Language;
  waited_ms?: number;
  summary: string;
  customer?: CustomerName | null;
  last_agent?: boolean;
}

// -- lists

export interface Row {
  conversation_id: string;
  owner: Owner;
  agent_id: string | null;
  agent?: Words | null;
  language: Language;
  updated_at: string;
  last_message: Message | null;
  customer: CustomerName | null;
  group?: string | null;
  reason_code?: string | null;
  requested_at?: string | null;
  unanswered_since?: string | null;
  first_response_due_at?: string | null;
  unread?: number;
  participants?: Participant[];
  viewers?: Viewer[];
  rating?: Rating | null;
  hits?: { seq: number; text: string }[];
}

export interface RowsAnswer {
  conversations: Row[];
  next?: string | null;
  total?: number;
}

export interface ListQuery {
  scope: Scope;
  group?: string;
  agent?: string;
  language?: string;
  reason?: string;
  product?: string;
  q?: string;
  sort?: Sort;
  after?: string;
  limit?: number;
}

// -- one conversation

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
  customer_class?: string | null;
  vulnerable?: boolean;
}

export interface TicketRow {
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
  ticket_id?: string | null;
  address?: string;
  product?: string;
  technician?: { name?: Words } | null;
  version?: number;
}

export interface Note {
  id: string;
  author: Words | null;
  author_id?: string;
  text: string;
  at: string;
  mentions?: string[];
}

export interface Whisper {
  id: string;
  author: { user_id: string; name: Words | null };
  text: string;
  at: string;
}

export interface Disposition {
  solved: boolean;
  intent: string;
  reason: string;
  note?: string | null;
}

export interface Handoff {
  id?: string;
  status: string;
  reason_code?: string;
  requested_at?: string | null;
  accepted_at?: string | null;
  first_response_at?: string | null;
  first_response_due_at?: string | null;
  disposition: Disposition | null;
  agent_id?: string | null;
}

export interface PastChat {
  conversation_id: string;
  at: string;
  reason_code: string | null;
  summary: string | null;
  solved: boolean | null;
}

export interface Rating {
  score: number;
  solved: boolean;
  comment?: string | null;
  at?: string;
}

export interface ConversationView {
  conversation_id: string;
  language: Language;
  assurance_level: string;
  state: { owner: Owner; epoch: number; agent?: { name: string } };
  agent_id: string | null;
  agent: Words | null;
  group?: string | null;
  packet: Packet | null;
  packet_rating?: PacketRating | null;
  handoff: Handoff | null;
  handoffs?: Handoff[];
  messages: Message[];
  customer: Customer | null;
  tickets: TicketRow[];
  visits: Visit[];
  past?: PastChat[];
  notes: Note[];
  draft?: { text: string; kind: DraftKind } | null;
  read?: { customer_seq: number | null; agent_seq: number | null };
  participants?: Participant[];
  viewers?: Viewer[];
  rating: Rating | null;
  ratings?: { bot: Rating | null; agent: Rating | null };
  whispers?: Whisper[];
}

export interface PacketRating {
  useful: boolean;
  missing?: string | null;
}

// -- tools

export interface Article {
  id: string;
  title: string;
  text: string;
  source: string;
  review_date: string | null;
  owner?: string | null;
  score?: number;
}

export interface Macro {
  id: string;
  title: Words;
  text: Words;
  shortcut: string | null;
  visibility: "mine" | "group" | "all";
  group?: string | null;
  author?: string | null;
}

export type MacroBody = Omit<Macro, "id" | "author">;

export interface Suggestions {
  articles: Article[];
  macros: { id: string; title: Words; text: string }[];
}

export interface Mention {
  id: string;
  conversation_id: string;
  note_id: string;
  author: Words | null;
  text: string;
  at: string;
  read_at: string | null;
}

export interface Callback {
  id: string;
  conversation_id: string;
  customer: { id: string; name?: Words } | null;
  /** Masked until somebody has taken it. */
  phone: string;
  wanted_at: string | null;
  requested_at: string;
  group: string | null;
  state: "open" | "taken" | "done" | "missed";
  /** Who has taken it. */
  agent: string | null;
  tries: number;
  note: string | null;
}

export interface RatedChat {
  conversation_id: string;
  bot: Rating | null;
  agent: Rating | null;
  comment: string | null;
  at: string;
  agent_name: Words | string | null;
  reviewed_at: string | null;
}

// -- the supervisors' figures

export interface Figures {
  offers: { made: number; accepted: number; declined: number; no_answer: number; withdrawn: number; p50_ms: number | null; p95_ms: number | null };
  /** How far the promised waits were off. */
  eta: { error_p50_s: number | null; inside_share: number | null; samples: number };
  answered: { count: number; first_response_p50_s: number | null; p95_s: number | null; within_promise: number | null };
  asked: number;
  abandoned: number;
  called_back: number;
  tickets_left: number;
  ratings: Partial<Record<"bot" | "agent", { count: number; mean: number }>>;
}

/** The figures are today's; `week` has those of the last seven days. */
export interface Dashboard extends Figures {
  queue: { waiting: number; oldest_s: number; by_group: Group[] };
  agents: { by_status: Partial<Record<Colleague["status"], number>>; load: number };
  invariants: {
    ownerless: number;
    unanswered: number;
    last_check_at: string | null;
    acts: { at: string; what: string; conversation_id: string | null }[];
  };
  week: Figures;
}

// -- customer 360

export interface Bill {
  /** Such as 2026-10. */
  period: string;
  total_cents: number;
  currency: string;
  due_on: string;
  paid: boolean;
  items: { name: Words; amount_cents: number }[];
}

export interface UsageItem {
  name: Words;
  used: number;
  total: number | null;
  unit: string;
}

export interface CustomerFull {
  customer: Customer;
  lines: Line[] | null;
  bills: Bill[] | null;
  usage: UsageItem[] | null;
  balance: { amount_cents: number; currency: string; due_on: string | null } | null;
  tickets: TicketRow[] | null;
  visits: Visit[] | null;
  past: PastChat[] | null;
  ratings: Rating[] | null;
  unavailable?: string[];
}

// -- live

export type Frame =
  | { type: "queue" }
  | ({ type: "offer"; user_id?: string } & Offer)
  | { type: "offer_ended"; offer_id: string; user_id?: string; reason?: "accepted" | "declined" | "expired" | "withdrawn" }
  | { type: "presence"; user_id: string; status: Presence; reason?: PresenceReason }
  | { type: "conversation"; conversation_id: string }
  | { type: "message"; conversation_id: string; message: Message }
  | { type: "typing"; conversation_id: string; author: { kind: AuthorKind; name?: string; id?: string } }
  | { type: "read"; conversation_id: string; author?: { kind: AuthorKind }; user_id?: string; seq: number }
  | { type: "owner"; conversation_id: string; owner: Owner }
  | { type: "answered"; conversation_id: string; seq: number }
  | { type: "whisper"; conversation_id: string; whisper: Whisper }
  | { type: "mention"; mention?: Mention; conversation_id?: string }
  | { type: "viewers"; conversation_id: string; viewers: Viewer[] }
  | { type: "invited"; conversation_id: string; by: { user_id: string; name: Words }; note: string | null }
  | { type: "callback" }
  | { type: "alarm"; what: string; conversation_id: string; waited_s: number }
  | { type: "ticket"; ticket_id: string }
  | { type: "pong"; n: number }
  | { type: "error"; error: { code: string; message: string } };
