/** The conversation that this browser remembers, for one visitor of one site. */
import { asBag, asNumber, asText } from "./contracts";
import type { KeyValue } from "./storage";

export interface ConversationRecord {
  conversation_id: string;
  token: string;
  /** After this the record is forgotten; it moves on while the chat is used. */
  expires_at_ms: number;
  /** The last message that was on a screen, in any tab. */
  read_seq: number;
  rated: boolean;
}

/** A shared computer should not show yesterday's chat to the next person. */
export const RECORD_LIFE_MS = 24 * 60 * 60 * 1000;

/** 32-bit FNV-1a in base 36; names a storage key, protects nothing. */
export function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(36);
}

/** The claims of a JWT, unchecked: the service checks them, we only need to tell visitors apart. */
export function jwtClaims(token: string): Record<string, unknown> | null {
  try {
    const part = (token.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/");
    // Read as bytes, not as text: good enough to tell one `sub` from another.
    return asBag(JSON.parse(atob(part)));
  } catch {
    return null;
  }
}

/** The storage prefix of a visitor: the same for every token that names the same person. */
export function visitorPrefix(server: string, identityToken: string | null): string {
  const who = identityToken ? (asText(jwtClaims(identityToken)?.sub) ?? identityToken) : "";
  return `frontline:${shortHash(`${server}\n${who}`)}:`;
}

export function loadRecord(store: KeyValue, prefix: string, now: number): ConversationRecord | null {
  try {
    const raw = JSON.parse(store.get(`${prefix}chat`) ?? "null") as ConversationRecord | null;
    return raw?.conversation_id && raw.token && raw.expires_at_ms > now ? raw : null;
  } catch {
    return null;
  }
}

export function saveRecord(store: KeyValue, prefix: string, record: ConversationRecord): void {
  store.set(`${prefix}chat`, JSON.stringify(record));
}

/** The record lives for a day after its last use, but never longer than its token. */
export function recordExpiry(token: string, now: number): number {
  const exp = asNumber(jwtClaims(token)?.exp);
  return Math.min(now + RECORD_LIFE_MS, exp === undefined ? Infinity : exp * 1000);
}
