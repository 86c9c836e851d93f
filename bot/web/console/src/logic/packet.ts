/** Checks a hand-over packet against the transcript on the screen. */
import type { Message, Packet } from "../api/types";

export type Proof =
  /** Every message that the packet counted is here, unchanged. */
  | { state: "verified"; count: number; expected: number }
  /** Some are not here. */
  | { state: "incomplete"; count: number; expected: number }
  /** All are here, but the words differ. */
  | { state: "different"; count: number; expected: number }
  /** This browser cannot compute it (a page without TLS on another machine). */
  | { state: "unknown"; count: number; expected: number };

/** The messages that the packet speaks of, oldest first. */
export function covered(messages: readonly Message[], range: Packet["messages"]): Message[] {
  return messages
    .filter((message) => message.seq >= range.first_seq && message.seq <= range.last_seq)
    .sort((a, b) => a.seq - b.seq);
}

/** `seq TAB author.kind TAB text LF` for each message. */
export function transcriptLines(messages: readonly Message[]): string {
  return messages.map((message) => `${message.seq}\t${message.author.kind}\t${message.text}\n`).join("");
}

export async function sha256Hex(text: string, subtle: SubtleCrypto): Promise<string> {
  const digest = await subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function verifyTranscript(
  messages: readonly Message[],
  range: Packet["messages"],
  subtle: SubtleCrypto | undefined,
): Promise<Proof> {
  const found = covered(messages, range);
  const counts = { count: found.length, expected: range.count };
  if (found.length !== range.count) return { state: "incomplete", ...counts };
  if (!subtle) return { state: "unknown", ...counts };
  const same = (await sha256Hex(transcriptLines(found), subtle)) === range.sha256;
  return { state: same ? "verified" : "different", ...counts };
}
