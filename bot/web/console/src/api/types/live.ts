/** Frames of the live line. */
import type { Whisper } from "./chats";
import type { Message } from "./messages";
import type { Viewer } from "./people";
import type { Offer } from "./queue";
import type { Mention } from "./tools";
import type { AuthorKind, Owner, Presence, PresenceReason, Words } from "./words";

export type Frame =
  | { type: "queue" }
  | ({ type: "offer"; user_id?: string } & Offer)
  | { type: "offer_ended"; offer_id: string; conversation_id?: string; user_id?: string; reason?: "accepted" | "declined" | "expired" | "withdrawn" }
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
  | { type: "alarm"; what: "unanswered" | "waiting"; conversation_id: string; waited_s: number; count?: number }
  | { type: "ticket"; ticket_id: string }
  | { type: "pong"; n: number }
  | { type: "error"; error: { code: string; message: string; request_id?: string; status?: number; retry_after_s?: number } };
