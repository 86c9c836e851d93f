/**
 * What is written and not yet sent. The server keeps it, so that it survives this browser and this machine; until it has,
 * the browser does, so that it survives a reload, a dead line and an expired session.
 */
import { reactive } from "vue";
import type { DraftKind } from "../api/types";
import { api, has, ifPresent } from "./api";
import { recall, remember } from "./preferences";

export interface Draft {
  text: string;
  kind: DraftKind;
}

export type SavedState = "saved" | "unsaved" | "local";

const SAVE_MS = 700;
const TYPING_EVERY_MS = 2_500;
const NONE: Draft = { text: "", kind: "reply" };

class Drafts {
  readonly state = reactive({ drafts: {} as Record<string, Draft>, unsaved: {} as Record<string, boolean> });
  /** Set by the desk: tells the customer that somebody types, and colleagues that there is a draft. */
  onTyping: (id: string) => void = () => undefined;
  onDrafting: (id: string, on: boolean) => void = () => undefined;

  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly tabs = "BroadcastChannel" in window ? new BroadcastChannel("frontline-drafts") : null;
  private typedAt = 0;

  constructor() {
    // another window of the same person shows the same words
    this.tabs?.addEventListener("message", (event: MessageEvent<{ id: string; draft: Draft }>) => {
      const { id, draft } = event.data;
      clearTimeout(this.timers.get(id));
      this.state.drafts[id] = draft;
      this.state.unsaved[id] = false;
    });
  }

  of(id: string): Draft {
    return this.state.drafts[id] ?? NONE;
  }

  savedState(id: string): SavedState {
    if (!has("draft")) return "local";
    return this.state.unsaved[id] ? "unsaved" : "saved";
  }

  write(id: string, text: string, kind: DraftKind): void {
    const before = this.of(id);
    if (before.text === text && before.kind === kind) return;
    this.put(id, { text, kind });
    if (Boolean(before.text) !== Boolean(text)) this.onDrafting(id, text !== "");
    const now = Date.now();
    if (text && kind === "reply" && now - this.typedAt > TYPING_EVERY_MS) {
      this.typedAt = now;
      this.onTyping(id);
    }
    this.saveSoon(id);
  }

  clear(id: string): void {
    this.typedAt = 0;
    if (!this.of(id).text) return;
    this.put(id, { ...this.of(id), text: "" });
    this.onDrafting(id, false);
    this.saveSoon(id, 0);
  }

  /** What the server has; words that it has not seen yet stand above it. */
  found(id: string, draft: Draft | null): void {
    if (this.state.unsaved[id]) return;
    const kept = parsed(recall(`draft:${id}`));
    if (kept) {
      this.state.drafts[id] = kept;
      this.saveSoon(id);
    } else if (has("draft")) {
      this.state.drafts[id] = draft ?? { ...NONE, kind: this.of(id).kind };
    }
  }

  /** After the line came back or the session was renewed. */
  saveAll(): void {
    for (const id of Object.keys(this.state.unsaved)) if (this.state.unsaved[id]) this.saveSoon(id, 0);
  }

  clearAll(): void {
    this.timers.forEach(clearTimeout);
    Object.assign(this.state, { drafts: {}, unsaved: {} });
  }

  private put(id: string, draft: Draft): void {
    this.state.drafts[id] = draft;
    this.state.unsaved[id] = true;
    remember(`draft:${id}`, draft.text ? JSON.stringify(draft) : null);
    this.tabs?.postMessage({ id, draft: { ...draft } });
  }

  private saveSoon(id: string, afterMs = SAVE_MS): void {
    clearTimeout(this.timers.get(id));
    this.timers.set(id, setTimeout(() => void this.save(id), afterMs));
  }

  private async save(id: string): Promise<void> {
    const { text, kind } = this.of(id);
    try {
      if ((await ifPresent("draft", () => api.draft(id, text, kind))) === null) {
        this.state.unsaved[id] = false;
        return;
      }
    } catch {
      // kept in this browser; the next word or the next connection tries again
      return;
    }
    const now = this.of(id);
    if (now.text !== text || now.kind !== kind) return;
    this.state.unsaved[id] = false;
    remember(`draft:${id}`, null);
  }
}

function parsed(kept: string | null): Draft | null {
  if (!kept) return null;
  try {
    return JSON.parse(kept) as Draft;
  } catch {
    return null;
  }
}

export const drafts = new Drafts();
