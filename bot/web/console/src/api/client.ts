/** Calls to `/api/v1/desk`. Every refusal becomes an `ApiError` that names what happened. */
import type {
  ConversationView, Disposition, Message, Offer, Presence, QueueAnswer, Row, Scope, User,
} from "./types";

const BASE = "/api/v1/desk";
const TIMEOUT_MS = 15_000;

/** `code` is the contract's, or `offline` when nothing answered. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly requestId: string | null = null,
  ) {
    super(message);
  }
}

export interface LogIn {
  user: User;
  csrf_token: string;
}

export interface Me extends LogIn {
  presence: Presence;
  timezone: string;
}

export class DeskApi {
  private csrf = "";
  /** How far the server's clock is ahead of this one, ms; from the Date header, so good to a second. */
  aheadMs = 0;

  constructor(private readonly onLoggedOut: () => void = () => undefined) {}

  now(): number {
    return Date.now() + this.aheadMs;
  }

  async logIn(username: string, password: string): Promise<User> {
    const answer = await this.call<LogIn>("POST", "/login", { username, password });
    this.csrf = answer.csrf_token;
    return answer.user;
  }

  async me(): Promise<Me> {
    const answer = await this.call<Me>("GET", "/me");
    this.csrf = answer.csrf_token;
    return answer;
  }

  async logOut(): Promise<void> {
    await this.call("POST", "/logout", {});
  }

  async setPresence(status: Presence): Promise<void> {
    await this.call("PUT", "/presence", { status });
  }

  queue(): Promise<QueueAnswer> {
    return this.call("GET", "/queue");
  }

  offers(): Promise<Offer[]> {
    return this.call("GET", "/offers");
  }

  async accept(offerId: string): Promise<string> {
    return (await this.call<{ conversation_id: string }>("POST", `/offers/${encodeURIComponent(offerId)}/accept`, {})).conversation_id;
  }

  async decline(offerId: string): Promise<void> {
    await this.call("POST", `/offers/${encodeURIComponent(offerId)}/decline`, {});
  }

  async list(scope: Scope): Promise<Row[]> {
    return (await this.call<{ conversations: Row[] }>("GET", `/conversations?scope=${scope}`)).conversations;
  }

  show(id: string): Promise<ConversationView> {
    return this.call("GET", path(id));
  }

  async take(id: string): Promise<void> {
    await this.call("POST", path(id, "take"), {});
  }

  async say(id: string, clientMsgId: string, text: string): Promise<Message> {
    return (await this.call<{ message: Message }>("POST", path(id, "messages"), { client_msg_id: clientMsgId, text })).message;
  }

  async note(id: string, text: string): Promise<void> {
    await this.call("POST", path(id, "notes"), { text });
  }

  async transfer(id: string, note: string): Promise<void> {
    await this.call("POST", path(id, "transfer"), note ? { note } : {});
  }

  async returnToBot(id: string, summary: string): Promise<void> {
    await this.call("POST", path(id, "return"), summary ? { summary } : {});
  }

  async close(id: string, disposition: Disposition): Promise<void> {
    await this.call("POST", path(id, "close"), { disposition });
  }

  private async call<T>(method: string, address: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (method !== "GET") headers["X-CSRF-Token"] = this.csrf;
    let response: Response;
    try {
      response = await fetch(BASE + address, {
        method,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
        credentials: "same-origin",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch {
      throw new ApiError(0, "offline", "");
    }
    const date = Date.parse(response.headers.get("Date") ?? "");
    if (!Number.isNaN(date) && Math.abs(date - Date.now()) > 2_000) this.aheadMs = date - Date.now();
    const found: unknown = await response.json().catch(() => null);
    if (response.ok) return found as T;
    const error = (found as { error?: { code?: string; message?: string; request_id?: string } } | null)?.error;
    if (response.status === 401 && address !== "/login") this.onLoggedOut();
    throw new ApiError(response.status, error?.code ?? "unknown", error?.message ?? "", error?.request_id ?? null);
  }
}

function path(id: string, act?: string): string {
  return `/conversations/${encodeURIComponent(id)}${act ? `/${act}` : ""}`;
}

export function attachmentUrl(conversationId: string, attachmentId: string): string {
  return `${BASE}${path(conversationId)}/attachments/${encodeURIComponent(attachmentId)}`;
}
