/** What crosses the wire between the widget and the service, and the narrow gate through which it comes in. */

export type AuthorKind = "customer" | "bot" | "agent" | "system";
export type Owner = "bot" | "queued" | "agent" | "closed";
export type Language = "zh" | "en";

export interface Author {
  kind: AuthorKind;
  name?: string;
}

export interface ButtonOption {
  id: string;
  label: string;
}

export interface Attachment {
  id: string;
  url: string;
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
  author: Author;
  text: string;
  buttons: ButtonOption[];
  expects?: { slot: string };
  attachments: Attachment[];
  data?: Record<string, unknown> & { type: string };
}

export interface ChatState {
  owner: Owner;
  epoch: number;
  /** `eta_s` is a range in seconds; absent while nothing honest can be said. */
  queue?: { position: number; eta_s?: [number, number] };
  agent?: { name: string };
  typing?: boolean;
}

export interface WireError {
  code: string;
  message: string;
  /** HTTP status, where known. */
  status?: number;
  retry_after_s?: number;
}

export type ServerFrame =
  | { type: "message"; message: Message }
  | { type: "ack"; client_msg_id: string; message: Message }
  | { type: "typing"; author: Author }
  | { type: "state"; state: ChatState }
  | { type: "ping" }
  | { type: "error"; error: WireError; client_msg_id?: string };

type Bag = Record<string, unknown>;

export function asBag(value: unknown): Bag | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Bag) : null;
}

export function asText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : typeof value === "number" ? String(value) : undefined;
}

/** Amounts may come as numbers or as decimal strings. */
export function asNumber(value: unknown): number | undefined {
  const n = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof n === "number" && Number.isFinite(n) ? n : undefined;
}

export function asList(value: unknown): Bag[] {
  return Array.isArray(value) ? value.map(asBag).filter((item): item is Bag => item !== null) : [];
}

const AUTHORS: readonly string[] = ["customer", "bot", "agent", "system"];
const OWNERS: readonly string[] = ["bot", "queued", "agent", "closed"];

/** Returns null for anything that is not a message; a broken one must not take the thread down. */
export function parseMessage(value: unknown): Message | null {
  const raw = asBag(value);
  const author = asBag(raw?.author);
  const seq = raw?.seq;
  if (!raw || !author || typeof seq !== "number" || !Number.isInteger(seq) || seq < 1) return null;
  if (!AUTHORS.includes(String(author.kind))) return null;
  const data = asBag(raw.data);
  const slot = asText(asBag(raw.expects)?.slot);
  return {
    seq,
    id: asText(raw.id) ?? String(seq),
    client_msg_id: asText(raw.client_msg_id),
    at: asText(raw.at) ?? "",
    author: { kind: author.kind as AuthorKind, name: asText(author.name) },
    text: asText(raw.text) ?? "",
    buttons: asList(raw.buttons).flatMap((b) => {
      const id = asText(b.id);
      const label = asText(b.label);
      return id && label ? [{ id, label }] : [];
    }),
    expects: slot ? { slot } : undefined,
    attachments: asList(raw.attachments).flatMap((a) => {
      const id = asText(a.id);
      const url = asText(a.url);
      return id && url
        ? [{ id, url, name: asText(a.name) ?? id, mime: asText(a.mime) ?? "", size: asNumber(a.size) ?? 0 }]
        : [];
    }),
    data: data && typeof data.type === "string" ? (data as Message["data"]) : undefined,
  };
}

export function parseMessages(value: unknown): Message[] {
  return Array.isArray(value) ? value.map(parseMessage).filter((m): m is Message => m !== null) : [];
}

export function parseState(value: unknown): ChatState | null {
  const raw = asBag(value);
  if (!raw || !OWNERS.includes(String(raw.owner))) return null;
  const queue = asBag(raw.queue);
  const position = asNumber(queue?.position);
  const eta = Array.isArray(queue?.eta_s) ? queue.eta_s.map(asNumber) : [];
  const name = asText(asBag(raw.agent)?.name);
  return {
    owner: raw.owner as Owner,
    epoch: asNumber(raw.epoch) ?? 0,
    queue:
      position === undefined
        ? undefined
        : { position, eta_s: eta[0] !== undefined && eta[1] !== undefined ? [eta[0], eta[1]] : undefined },
    agent: name ? { name } : undefined,
    typing: raw.typing === true,
  };
}

export function parseError(value: unknown, status?: number): WireError {
  const raw = asBag(value);
  return {
    code: asText(raw?.code) ?? "unknown",
    message: asText(raw?.message) ?? "",
    status: status ?? asNumber(raw?.status),
    retry_after_s: asNumber(raw?.retry_after_s) ?? asNumber(raw?.retry_after),
  };
}

export function parseFrame(text: string): ServerFrame | null {
  let raw: Bag | null = null;
  try {
    raw = asBag(JSON.parse(text));
  } catch {
    return null;
  }
  if (!raw) return null;
  const message = parseMessage(raw.message);
  const clientId = asText(raw.client_msg_id);
  switch (raw.type) {
    case "message":
      return message && { type: "message", message };
    case "ack": {
      const id = clientId ?? message?.client_msg_id;
      return message && id ? { type: "ack", client_msg_id: id, message } : null;
    }
    case "typing": {
      const kind = asText(asBag(raw.author)?.kind) ?? "bot";
      return { type: "typing", author: { kind: kind as AuthorKind, name: asText(asBag(raw.author)?.name) } };
    }
    case "state": {
      const state = parseState(raw.state);
      return state && { type: "state", state };
    }
    case "ping":
      return { type: "ping" };
    case "error":
      return { type: "error", error: parseError(raw.error), client_msg_id: clientId };
    default:
      return null;
  }
}
