/** What is said in a chat. */
import type { AuthorKind } from "./words";

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
