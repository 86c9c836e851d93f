/** The browser's side of the ports: clock, ids, storage, sockets. */
import { BrowserStore } from "./storage";
import type { KeyValue } from "./storage";
import type { SocketLike, Timers } from "./transport";

export const timers: Timers = {
  now: () => Date.now(),
  after: (ms, run) => window.setTimeout(run, ms),
  cancel: (id) => window.clearTimeout(id),
  random: () => Math.random(),
};

/** `crypto.randomUUID` is missing on pages without TLS. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
}

export function localStore(): KeyValue {
  return new BrowserStore(() => window.localStorage);
}

export function tabStore(): KeyValue {
  return new BrowserStore(() => window.sessionStorage);
}

/** Names this tab; a reload keeps the name. */
export function tabId(store: KeyValue): string {
  const kept = store.get("frontline:tab");
  if (kept) return kept;
  const fresh = newId();
  store.set("frontline:tab", fresh);
  return fresh;
}

export function openSocket(server: string): SocketLike {
  return new WebSocket(`${server.replace(/^http/, "ws")}/api/v1/ws`) as unknown as SocketLike;
}

export const PHONE = "(max-width: 479.98px), (max-height: 479.98px)";

/**
 * Keep a full-screen sheet inside what is really visible: on phones the keyboard covers the lower part of the page
 * without making it smaller. Returns what undoes it.
 */
export function followViewport(sheet: HTMLElement, onResize: () => void): () => void {
  const viewport = window.visualViewport;
  if (!viewport) return () => undefined;
  const follow = (): void => {
    sheet.style.setProperty("--view-height", `${viewport.height}px`);
    sheet.style.setProperty("--view-top", `${viewport.offsetTop}px`);
    onResize();
  };
  follow();
  viewport.addEventListener("resize", follow);
  viewport.addEventListener("scroll", follow);
  return () => {
    viewport.removeEventListener("resize", follow);
    viewport.removeEventListener("scroll", follow);
  };
}
