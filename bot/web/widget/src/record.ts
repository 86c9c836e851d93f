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

/** 53-bit string hash (cyrb53); names a storage key, protects nothing. */
export function shortHash(text: string): string {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 2654435761);
    b = Math.imul(b ^ c, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
}

/** The claims of a JWT, unchecked: the service checks them, we only need to tell visitors apart. */
export function jwtClaims(token: string): Record<string, unknown> | null {
  try {
    const part = (token.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/");
    const bytes = Uint8Array.from(atob(part), (c) => c.charCodeAt(0));
    return asBag(JSON.parse(new TextDecoder().decode(bytes)));
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
    const raw = asBag(JSON.parse(store.get(`${prefix}chat`) ?? "null"));
    const conversation_id = asText(raw?.conversation_id);
    const token = asText(raw?.token);
    const expires_at_ms = asNumber(raw?.expires_at_ms) ?? 0;
    if (!raw || !conversation_id || !token || expires_at_ms <= now) return null;
    return { conversation_id, token, expires_at_ms, read_seq: asNumber(raw.read_seq) ?? 0, rated: raw.rated === true };
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
