/** One way to call the service. Every refusal becomes an `ApiError` that names what happened. */

export const BASE = "/api/v1/desk";
const TIMEOUT_MS = 15_000;
/** Clocks this close are the same; an answer that took longer tells nothing about them. */
const CLOCK_MS = 2_000;
const UPLOAD_TIMEOUT_MS = 120_000;

/** `code` is the contract's, or `offline` when nothing answered. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly requestId: string | null = null,
    /** Whatever else the refusal says, such as `refusals`. */
    readonly more: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

type Value = string | number | boolean | null | undefined;

/** `/path?a=b` without what is not given. */
export function address(path: string, query: Record<string, Value> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return given.length ? `${path}?${new URLSearchParams(given.map(([key, value]) => [key, String(value)]))}` : path;
}

export class Http {
  /** How far the server's clock is ahead of this one, ms; from the Date header of quick answers, so good to a second or two. */
  aheadMs = 0;

  constructor(
    private readonly onLoggedOut: () => void = () => undefined,
    private readonly base = BASE,
    private readonly session = { csrf: "" },
    private readonly timeoutMs = TIMEOUT_MS,
  ) {}

  set csrf(token: string) {
    this.session.csrf = token;
  }

  /** Another part of the service, with the same session. */
  at(base: string, timeoutMs = TIMEOUT_MS): Http {
    return new Http(this.onLoggedOut, base, this.session, timeoutMs);
  }

  now(): number {
    return Date.now() + this.aheadMs;
  }

  get<T>(path: string, query?: Record<string, Value>, timeoutMs = this.timeoutMs): Promise<T> {
    return this.call<T>("GET", address(path, query), timeoutMs);
  }

  send<T>(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body: unknown = {}, timeoutMs = this.timeoutMs): Promise<T> {
    return this.call<T>(method, path, timeoutMs, JSON.stringify(body), "application/json");
  }

  upload<T>(path: string, file: File): Promise<T> {
    const form = new FormData();
    form.append("file", file, file.name);
    return this.call<T>("POST", path, UPLOAD_TIMEOUT_MS, form);
  }

  private async call<T>(method: string, path: string, timeoutMs: number, body?: BodyInit, contentType?: string): Promise<T> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (contentType) headers["Content-Type"] = contentType;
    if (method !== "GET") headers["X-CSRF-Token"] = this.session.csrf;
    let response: Response;
    const sent = Date.now();
    try {
      response = await fetch(this.base + path, {
        method, headers, body: body ?? null, credentials: "same-origin",
        signal: AbortSignal.timeout(timeoutMs),
      });
    } catch {
      throw new ApiError(0, "offline", "");
    }
    const date = Date.parse(response.headers.get("Date") ?? "");
    const heard = Date.now();
    if (!Number.isNaN(date) && heard - sent < CLOCK_MS) this.aheadMs = Math.abs(date - heard) > CLOCK_MS ? date - heard : 0;
    const found: unknown = await response.json().catch(() => null);
    if (response.ok) return found as T;
    const error = (found as { error?: { code?: string; message?: string; request_id?: string } & Record<string, unknown> } | null)?.error;
    if (response.status === 401 && path !== "/login") this.onLoggedOut();
    throw new ApiError(response.status, error?.code ?? "unknown", error?.message ?? "", error?.request_id ?? null, error ?? {});
  }
}
