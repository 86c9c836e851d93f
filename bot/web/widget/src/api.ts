/** The service's customer calls over HTTP. */
import { asBag, asText, parseError, parseMessage, parseMessages, parseState } from "./contracts";
import type { ChatState, Language, Message, WireError } from "./contracts";
import type { Payload } from "./outbox";

const CALL_TIMEOUT_MS = 20_000;

/** `status` is 0 when no answer came at all. */
export class CallFailed extends Error {
  constructor(
    readonly status: number,
    readonly error: WireError,
  ) {
    super(error.code);
  }
}

export interface Opened {
  conversation_id: string;
  token: string;
  messages: Message[];
}

export interface Credentials {
  conversation_id: string;
  token: string;
}

export interface UploadHandle {
  done: Promise<string>;
  cancel(): void;
}

function failure(status: number, body: unknown, retryAfter: string | null): CallFailed {
  const error = parseError(asBag(body)?.error, status);
  const seconds = Number(retryAfter);
  return new CallFailed(status, retryAfter && Number.isFinite(seconds) ? { ...error, retry_after_s: seconds } : error);
}

/** Browsers before 2022 have no such signal; there a call ends when the network says so. */
function timeoutSignal(): AbortSignal | undefined {
  return (AbortSignal as { timeout?: (ms: number) => AbortSignal }).timeout?.(CALL_TIMEOUT_MS);
}

export class Api {
  constructor(
    readonly server: string,
    private readonly fetcher: typeof fetch = (...args) => fetch(...args),
  ) {}

  async open(language: Language, identityToken: string | null, page: string): Promise<Opened> {
    const body = await this.call("POST", "", null, {
      language,
      ...(identityToken ? { identity_token: identityToken } : {}),
      metadata: { page, channel: "widget" },
    });
    const conversation_id = asText(body?.conversation_id);
    const token = asText(body?.token);
    if (!conversation_id || !token) throw new CallFailed(502, { code: "unknown" });
    return { conversation_id, token, messages: parseMessages(body?.messages) };
  }

  async send(who: Credentials, client_msg_id: string, payload: Payload): Promise<Message | null> {
    const body = await this.call("POST", `/${who.conversation_id}/messages`, who, { client_msg_id, ...payload });
    return parseMessage(body?.message);
  }

  async messages(who: Credentials, after: number): Promise<{ messages: Message[]; state: ChatState | null }> {
    const body = await this.call("GET", `/${who.conversation_id}/messages?after=${after}`, who);
    return { messages: parseMessages(body?.messages), state: parseState(body?.state) };
  }

  async askForPerson(who: Credentials): Promise<ChatState | null> {
    return parseState((await this.call("POST", `/${who.conversation_id}/handoff`, who, {}))?.state);
  }

  async leaveQueue(who: Credentials): Promise<ChatState | null> {
    return parseState((await this.call("DELETE", `/${who.conversation_id}/handoff`, who))?.state);
  }

  /** Instead of waiting: a call back or a ticket. */
  async insteadOfWaiting(who: Credentials, choice: string, body: object): Promise<ChatState | null> {
    return parseState((await this.call("POST", `/${who.conversation_id}/handoff/${choice}`, who, body))?.state);
  }

  async rate(who: Credentials, rating: object): Promise<void> {
    await this.call("POST", `/${who.conversation_id}/rating`, who, rating);
  }

  async transcript(who: Credentials, format: "txt" | "html"): Promise<Blob> {
    const response = await this.request(
      "GET",
      `${this.server}/api/v1/conversations/${who.conversation_id}/transcript?format=${format}`,
      who,
    );
    return response.blob();
  }

  /** The bytes of an attachment. The token goes to our own service only. */
  async attachment(who: Credentials, url: string): Promise<Blob> {
    const full = new URL(url, `${this.server}/`);
    if (full.origin !== new URL(this.server).origin) throw new CallFailed(0, { code: "foreign_attachment" });
    return (await this.request("GET", full.href, who)).blob();
  }

  /** Resolves to the attachment's id. `fetch` reports no progress of an upload, so this is XMLHttpRequest. */
  upload(who: Credentials, file: File, onProgress: (share: number) => void): UploadHandle {
    const request = new XMLHttpRequest();
    const done = new Promise<string>((resolve, reject) => {
      request.open("POST", `${this.server}/api/v1/conversations/${who.conversation_id}/attachments`);
      request.setRequestHeader("Authorization", `Bearer ${who.token}`);
      request.responseType = "json";
      request.upload.onprogress = (e) => {
        if (e.lengthComputable) onProgress(e.loaded / e.total);
      };
      request.onload = () => {
        const body: unknown = request.response;
        const id = asText(asBag(body)?.attachment_id);
        if (request.status < 300 && id) resolve(id);
        else reject(failure(request.status, body, request.getResponseHeader("Retry-After")));
      };
      request.onerror = request.onabort = () => reject(failure(0, null, null));
      const form = new FormData();
      form.append("file", file, file.name);
      request.send(form);
    });
    return { done, cancel: () => request.abort() };
  }

  private async call(method: string, path: string, who: Credentials | null, body?: object) {
    const response = await this.request(method, `${this.server}/api/v1/conversations${path}`, who, body);
    return asBag(await response.json().catch(() => null));
  }

  private async request(method: string, url: string, who: Credentials | null, body?: object): Promise<Response> {
    try {
      const response = await this.fetcher(url, {
        method,
        signal: timeoutSignal(),
        cache: "no-store",
        headers: {
          ...(who ? { Authorization: `Bearer ${who.token}` } : {}),
          ...(body ? { "Content-Type": "application/json" } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      if (!response.ok) {
        throw failure(response.status, await response.json().catch(() => null), response.headers.get("Retry-After"));
      }
      return response;
    } catch (error) {
      throw error instanceof CallFailed ? error : failure(0, null, null);
    }
  }
}
