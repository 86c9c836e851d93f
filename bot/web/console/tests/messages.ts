import type { AuthorKind, Message } from "../src/api/types";

const START_MS = Date.parse("2026-03-02T01:00:00Z");

export function message(seq: number, kind: AuthorKind, text = `line ${seq}`, more: Partial<Message> = {}): Message {
  return { seq, id: `m${seq}`, at: new Date(START_MS + seq * 60_000).toISOString(), author: { kind }, text, ...more };
}
