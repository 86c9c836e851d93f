/** Lists of chats, and one chat. */
import type { CustomerWithLines, TicketRow, Visit } from "./customers";
import type { Message } from "./messages";
import type { Participant, Viewer } from "./people";
import type { CustomerName, Packet } from "./queue";
import type { DraftKind, Language, Owner, Scope, Sort, Words } from "./words";

export interface Row {
  conversation_id: string;
  owner: Owner;
  agent_id: string | null;
  agent: Words | null;
  language: Language;
  updated_at: string;
  last_message: Message | null;
  customer: CustomerName | null;
  group: string | null;
  product: string | null;
  reason_code: string | null;
  requested_at: string | null;
  unanswered_since: string | null;
  first_response_due_at: string | null;
  /** When something is first due on an open ticket of the chat or its customer; may have passed. */
  ticket_due_at: string | null;
  unread: number;
  participants: Participant[];
  viewers: Viewer[];
  rating: (Rating & { of: "bot" | "agent" }) | null;
  hits?: { seq: number; text: string }[];
}

export interface RowsAnswer {
  conversations: Row[];
  next: string | null;
  total: number;
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

export interface Note {
  id: string;
  author: Words | null;
  author_id: string;
  text: string;
  at: string;
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
  id: string;
  status: string;
  reason_code: string;
  group: string | null;
  agent_id: string | null;
  requested_at: string;
  accepted_at: string | null;
  ended_at: string | null;
  first_response_at: string | null;
  first_response_due_at: string | null;
  disposition: Disposition | null;
}

export interface PastChat {
  conversation_id: string;
  at: string;
  owner: Owner;
  reason_code: string | null;
  summary: string | null;
  solved: boolean | null;
}

export interface Rating {
  score: number;
  solved: boolean;
  comment: string | null;
  /** Who served. */
  agent_id: string | null;
  at: string;
  reviewed_at: string | null;
  review: string | null;
}

export interface ConversationView {
  conversation_id: string;
  language: Language;
  assurance_level: string;
  state: { owner: Owner; epoch: number; agent?: { name: string }; read_seq?: number; queue?: unknown; rate?: ("bot" | "agent")[] };
  agent_id: string | null;
  agent: Words | null;
  group: string | null;
  packet: Packet | null;
  packet_rating: PacketRating | null;
  handoff: Handoff | null;
  handoffs: Handoff[];
  messages: Message[];
  customer: CustomerWithLines | null;
  tickets: TicketRow[];
  visits: Visit[];
  past: PastChat[];
  notes: Note[];
  draft: { text: string; kind: DraftKind } | null;
  read: { customer_seq: number | null; agent_seq: number | null };
  participants: Participant[];
  viewers: Viewer[];
  rating: Rating | null;
  ratings: { bot: Rating | null; agent: Rating | null };
  whispers: Whisper[];
}

export interface PacketRating {
  useful: boolean;
  missing?: string | null;
  user_id?: string;
  at?: string;
}
