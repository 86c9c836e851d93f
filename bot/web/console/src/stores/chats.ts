/** The chats that are open at this desk: messages, what is on its way, who types, who looks. */
import { computed, reactive } from "vue";
import { ApiError } from "../api/http";
import type { TransferTarget } from "../api/desk";
import type { ConversationView, Disposition, Message, PacketRating, Viewer, Whisper } from "../api/types";
import { standing } from "../logic/standing";
import type { Standing } from "../logic/standing";
import { hasGap, mergeMessages, stillPending, unreadCount } from "../logic/thread";
import type { Pending } from "../logic/thread";
import { api, has, ifPresent, serverNow } from "./api";
import { drafts } from "./drafts";
import { inbox } from "./inbox";
import { preferences, recall, remember } from "./preferences";
import { route } from "./route";
import { session } from "./session";

export interface Chat {
  view: ConversationView | null;
  messages: readonly Message[];
  pending: Pending[];
  /** Up to where I have read. */
  readSeq: number;
  /** Up to where the customer has read. */
  customerSeq: number;
  /** ms since the epoch until which the customer counts as typing. */
  typingUntil: number;
  /** A colleague who types beside me, and until when. */
  colleague: { name: string; until: number };
  viewers: Viewer[];
  whispers: Whisper[];
  missing: boolean;
  failed: boolean;
}

const SOON_MS = 150;
const TYPING_SHOWN_MS = 4_000;

class Chats {
  readonly state = reactive({
    open: {} as Record<string, Chat>,
    /** Message to scroll to; `n` makes the same one twice a change. */
    jump: { seq: 0, n: 0 },
  });

  readonly current = computed<Chat | null>(() => (route.chat ? (this.state.open[route.chat] ?? null) : null));
  readonly unreadTotal = computed(() => inbox.mineIds.value.reduce((sum, id) => sum + this.unread(id), 0));
  private readonly asked = new Map<string, number>();
  private readonly reloads = new Map<string, ReturnType<typeof setTimeout>>();

  chat(id: string): Chat {
    // what was just put in is read back: only then are its changes seen
    this.state.open[id] ??= {
      view: null, messages: [], pending: [], readSeq: Number(recall(`read:${id}`) ?? 0), customerSeq: 0, typingUntil: 0,
      colleague: { name: "", until: 0 }, viewers: [], whispers: [], missing: false, failed: false,
    };
    return this.state.open[id];
  }

  standing(id: string): Standing | null {
    const view = this.state.open[id]?.view;
    return view ? standing(view, session.state.user?.id) : null;
  }

  unread(id: string): number {
    const chat = this.state.open[id];
    return chat?.view ? unreadCount(chat.messages, chat.readSeq) : 0;
  }

  /** Chats whose every message is wanted as it comes. */
  streamed(): string[] {
    return [...new Set([...inbox.mineIds.value, ...(route.chat ? [route.chat] : [])])];
  }

  async open(id: string): Promise<void> {
    if (!this.chat(id).view || this.standing(id) !== "owner") await this.load(id);
    this.markRead(id);
  }

  async load(id: string): Promise<void> {
    const chat = this.chat(id);
    const asked = (this.asked.get(id) ?? 0) + 1;
    this.asked.set(id, asked);
    try {
      const view = await api.show(id, preferences.language);
      // a later question brings a newer answer
      if (asked !== this.asked.get(id)) return;
      Object.assign(chat, { view, missing: false, failed: false });
      chat.viewers = view.viewers ?? chat.viewers;
      const told = new Set(view.whispers?.map((whisper) => whisper.id));
      // one that was heard while the answer was on its way is not in it
      chat.whispers = [...(view.whispers ?? []), ...chat.whispers.filter((whisper) => !told.has(whisper.id))];
      chat.customerSeq = Math.max(chat.customerSeq, view.read?.customer_seq ?? 0);
      chat.readSeq = Math.max(chat.readSeq, this.standing(id) === "owner" ? (view.read?.agent_seq ?? 0) : 0);
      drafts.found(id, view.draft ?? null);
      this.put(id, view.messages);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) chat.missing = true;
      else chat.failed = true;
    }
  }

  loadSoon(id: string): void {
    clearTimeout(this.reloads.get(id));
    this.reloads.set(id, setTimeout(() => void this.load(id), SOON_MS));
  }

  // -- what people say

  async send(id: string, text: string, again?: Pending): Promise<void> {
    const item: Pending = again ?? { clientMsgId: newId(), text, at: serverNow(), failed: false };
    if (!again) drafts.clear(id);
    await this.deliver(id, item, () => api.say(id, item.clientMsgId, { text: item.text }));
  }

  async sendFile(id: string, file: File, again?: Pending): Promise<void> {
    const preview = again?.preview ?? (file.type.startsWith("image/") ? URL.createObjectURL(file) : undefined);
    const item: Pending = again ?? { clientMsgId: newId(), text: "", at: serverNow(), failed: false, file, ...(preview && { preview }) };
    await this.deliver(id, item, async () => {
      item.attachmentId ??= await api.attach(id, file);
      return api.say(id, item.clientMsgId, { attachment_id: item.attachmentId });
    });
  }

  retry(id: string, item: Pending): Promise<void> {
    return item.file ? this.sendFile(id, item.file, item) : this.send(id, item.text, item);
  }

  discard(id: string, item: Pending): void {
    const chat = this.chat(id);
    chat.pending = chat.pending.filter((other) => other.clientMsgId !== item.clientMsgId);
    if (item.preview) URL.revokeObjectURL(item.preview);
  }

  async note(id: string, text: string): Promise<void> {
    await api.note(id, text);
    drafts.clear(id);
    await this.load(id);
  }

  async whisper(id: string, text: string): Promise<void> {
    await api.whisper(id, text);
    await this.load(id);
  }

  // -- where the chat goes

  async take(id: string): Promise<void> {
    await api.take(id);
  }

  async transfer(id: string, to: TransferTarget, note: string): Promise<void> {
    await api.transfer(id, to, note);
    await this.after(id);
  }

  async invite(id: string, agentId: string, note: string): Promise<void> {
    await api.invite(id, agentId, note);
    await this.load(id);
  }

  async attend(id: string, act: "monitor" | "join" | "leave" | "takeover"): Promise<void> {
    await api.attend(id, act);
    await Promise.all([this.load(id), inbox.refresh()]);
  }

  async returnToBot(id: string, summary: string): Promise<void> {
    await api.returnToBot(id, summary);
    await this.after(id);
  }

  async close(id: string, disposition: Disposition): Promise<void> {
    await api.close(id, disposition);
    await this.after(id);
  }

  async ratePacket(id: string, rating: PacketRating): Promise<void> {
    await api.ratePacket(id, rating);
    await this.load(id);
  }

  jumpTo(seq: number): void {
    this.state.jump = { seq, n: this.state.jump.n + 1 };
  }

  // -- what is heard

  heard(id: string, message: Message): void {
    this.put(id, [message]);
    const chat = this.chat(id);
    if (message.author.kind === "customer") chat.typingUntil = 0;
    if (message.author.kind === "agent") chat.colleague.until = 0;
    if (chat.view && hasGap(chat.messages)) this.loadSoon(id);
  }

  typed(id: string, author: { kind: string; name?: string; id?: string }): void {
    const chat = this.chat(id);
    if (author.kind === "customer") chat.typingUntil = Date.now() + TYPING_SHOWN_MS;
    else if (author.kind === "agent" && author.id !== session.state.user?.id && this.standing(id) !== "owner") {
      chat.colleague = { name: author.name ?? "", until: Date.now() + TYPING_SHOWN_MS };
    }
  }

  /** Whether somebody's typing is still to be shown; the clock's tick makes it end. */
  typesNow(until: number): boolean {
    return until > Date.now() && session.state.now > 0;
  }

  customerRead(id: string, seq: number): void {
    const chat = this.chat(id);
    chat.customerSeq = Math.max(chat.customerSeq, seq);
  }

  /** I have read it in another window. */
  iHaveRead(id: string, seq: number): void {
    const chat = this.state.open[id];
    if (chat) chat.readSeq = Math.max(chat.readSeq, seq);
    inbox.read(id);
  }

  looking(id: string, viewers: Viewer[]): void {
    const chat = this.state.open[id];
    if (chat) chat.viewers = viewers;
    inbox.viewers(id, viewers);
  }

  whispered(id: string, whisper: Whisper): void {
    const chat = this.chat(id);
    if (!chat.whispers.some((other) => other.id === whisper.id)) chat.whispers = [...chat.whispers, whisper];
  }

  markRead(id: string): void {
    const chat = this.state.open[id];
    const last = chat?.messages.at(-1)?.seq ?? 0;
    if (!chat || last <= chat.readSeq || document.visibilityState !== "visible" || route.chat !== id) return;
    chat.readSeq = last;
    inbox.read(id);
    if (!has("read")) remember(`read:${id}`, String(last));
    else if (this.standing(id) === "owner") void ifPresent("read", () => api.read(id, last)).catch(() => undefined);
  }

  clear(): void {
    this.state.open = {};
  }

  private async deliver(id: string, item: Pending, say: () => Promise<Message>): Promise<void> {
    const chat = this.chat(id);
    const took = this.standing(id) === "free";
    chat.pending = [...chat.pending.filter((other) => other.clientMsgId !== item.clientMsgId), { ...item, failed: false }];
    try {
      this.put(id, [await say()]);
      this.markRead(id);
    } catch (error) {
      chat.pending = chat.pending.map((other) => (other.clientMsgId === item.clientMsgId ? { ...item, failed: true } : other));
      throw error;
    }
    // whoever writes in a chat that nobody owns has taken it
    if (took) await Promise.all([this.load(id), inbox.refresh()]);
  }

  private async after(id: string): Promise<void> {
    drafts.clear(id);
    await Promise.all([this.load(id), inbox.refresh()]);
  }

  private put(id: string, messages: readonly Message[]): void {
    const chat = this.chat(id);
    chat.messages = mergeMessages(chat.messages, messages);
    const left = stillPending(chat.pending, chat.messages);
    for (const gone of chat.pending.filter((item) => !left.includes(item))) if (gone.preview) URL.revokeObjectURL(gone.preview);
    chat.pending = left;
    const last = chat.messages.at(-1);
    if (last) inbox.newest(id, last);
    if (route.chat === id) this.markRead(id);
  }
}

/** Also on pages without TLS, where `crypto.randomUUID` is missing. */
export function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const chats = new Chats();
