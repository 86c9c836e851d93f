/** What crosses the wire between the widget and the service, and the narrow gate through which it comes in. */

export type AuthorKind = "customer" | "bot" | "agent" | "system";
export type Owner = "bot" | "queued" | "agent" | "closed";
export type Language = "zh" | "en";
/** Who is rated. */
export type Subject = "agent" | "bot";

export interface Author {
  kind: AuthorKind;
  name?: string | null;
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
  client_msg_id?: string | null;
  /** ISO 8601 with an offset. */
  at: string;
  author: Author;
  text: string;
  buttons: ButtonOption[];
  expects?: { slot: string } | null;
  attachments: Attachment[];
  data?: Record<string, unknown> & { type: string };
}

export interface ChatState {
  owner: Owner;
  epoch: number;
  /** `eta_s` is a range in seconds; worth nothing while nobody is `on_duty`. */
  queue?: { position: number; eta_s?: [number, number] | null; on_duty?: boolean; opens_at?: string; choices?: string[] } | null;
  agent?: { name?: string | null } | null;
  /** How far the person who has the chat has read. */
  read_seq?: number;
  /** Who is still to be rated, once it is over. */
  rate?: Subject[];
}

export interface WireError {
  code: string;
  /** HTTP status, where known. */
  status?: number;
  retry_after_s?: number;
}

export type ServerFrame =
  | { type: "message"; message: Message }
  | { type: "ack"; client_msg_id?: string; message: Message }
  | { type: "typing"; author: Author }
  | { type: "state"; state: ChatState }
  | { type: "read"; seq: number }
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

/** Returns null for anything that is not a message; a broken one must not take the thread down. */
export function parseMessage(value: unknown): Message | null {
  const raw = asBag(value);
  const author = asBag(raw?.author);
  if (!raw || !author?.kind || !((asNumber(raw.seq) ?? 0) > 0)) return null;
  return {
    ...(raw as unknown as Message),
    text: asText(raw.text) ?? "",
    buttons: asList(raw.buttons) as unknown as ButtonOption[],
    attachments: asList(raw.attachments) as unknown as Attachment[],
    data: (asBag(raw.data) ?? undefined) as Message["data"],
  };
}

export function parseMessages(value: unknown): Message[] {
  return asList(value).flatMap((item) => parseMessage(item) ?? []);
}

export function parseState(value: unknown): ChatState | null {
  const raw = asBag(value);
  return raw?.owner ? ({ epoch: 0, ...raw } as unknown as ChatState) : null;
}

export function parseError(value: unknown, status?: number): WireError {
  const raw = asBag(value);
  return {
    code: asText(raw?.code) ?? "unknown",
    status: status ?? asNumber(raw?.status),
    retry_after_s: asNumber(raw?.retry_after_s),
  };
}

export function parseFrame(text: string): ServerFrame | null {
  try {
    const raw = asBag(JSON.parse(text));
    const message = parseMessage(raw?.message);
    const state = parseState(raw?.state);
    const { type, client_msg_id } = raw as { type: string; client_msg_id?: string };
    if (type === "message") return message && { type, message };
    if (type === "ack") return message && { type, client_msg_id: client_msg_id ?? message.client_msg_id ?? undefined, message };
    if (type === "state") return state && { type, state };
    if (type === "error") return { type, error: parseError(raw?.error), client_msg_id };
    if (type === "typing") return { type, author: { kind: "bot", ...asBag(raw?.author) } };
    if (type === "read") return { type, seq: asNumber(raw?.seq) ?? 0 };
    return type === "ping" ? { type } : null;
  } catch {
    return null;
  }
}
