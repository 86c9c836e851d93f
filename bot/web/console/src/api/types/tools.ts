/** Articles, macros, suggestions, mentions, call-backs, ratings. */
import type { Rating } from "./chats";
import type { CustomerName } from "./queue";
import type { Language, Words } from "./words";

export interface Article {
  id: string;
  title: string;
  text: string;
  source: string;
  review_date: string | null;
  owner: string | null;
  score: number;
}

export interface Macro {
  id: string;
  title: Words;
  text: Words;
  shortcut: string | null;
  visibility: "mine" | "group" | "all";
  group?: string | null;
  author: string | null;
}

export type MacroBody = Omit<Macro, "id" | "author">;

export interface Suggestions {
  /** The message that they answer. */
  seq: number | null;
  articles: Article[];
  macros: { id: string; title: Words; text: string }[];
}

export interface Mention {
  id: string;
  conversation_id: string;
  note_id: string;
  author_id: string;
  author: Words | null;
  text: string;
  at: string;
  read_at: string | null;
}

export interface Callback {
  id: string;
  conversation_id: string;
  customer: CustomerName | null;
  /** Masked until somebody has taken it. */
  phone: string;
  wanted_at: string | null;
  requested_at: string;
  group: string | null;
  language: Language;
  state: "open" | "taken" | "done" | "missed";
  /** Who has taken it. */
  agent: string | null;
  tries: number;
  note: string | null;
  ended_at: string | null;
}

export interface RatedChat {
  conversation_id: string;
  bot: Rating | null;
  agent: Rating | null;
  comment: string | null;
  at: string;
  agent_name: Words | null;
  reviewed_at: string | null;
}
