/** Everything on the agent's screen: who is logged in, the lists, the offers, the open chats. */
import { computed, reactive } from "vue";
import { ApiError, DeskApi } from "../api/client";
import type { Me } from "../api/client";
import { LiveSocket } from "../api/socket";
import type {
  ConversationView, Disposition, Frame, Message, Offer, Presence, QueueItem, Row, Scope, User,
} from "../api/types";
import { fromRow, queueRows } from "../logic/rows";
import type { ListRow } from "../logic/rows";
import { stillOpen, withOffer, withoutOffer } from "../logic/offers";
import { hasGap, mergeMessages, stillPending, unreadCount } from "../logic/thread";
import type { Pending } from "../logic/thread";
import { chime } from "./chime";
import { recall, remember } from "./preferences";
import { go, route } from "./route";

export type Tab = "queue" | "mine" | "all";
export type AllScope = Exclude<Scope, "mine" | "queued">;

export interface Chat {
  view: ConversationView | null;
  messages: readonly Message[];
  pending: Pending[];
  readSeq: number;
  /** ms since the epoch until which the customer counts as typing. */
  typingUntil: number;
  draft: string;
  missing: boolean;
}

const POLL_MS = 15_000;
const SOON_MS = 150;
const TYPING_SHOWN_MS = 4_000;
const TYPING_SENT_EVERY_MS = 2_500;
const DESK_ROLES = ["agent", "supervisor", "admin"];

export class Desk {
  readonly state = reactive({
    /** `unknown` until the first answer. */
    session: "unknown" as "unknown" | "out" | "in",
    user: null as User | null,
    presence: "offline" as Presence,
    /** The operator's, such as Asia/Shanghai: deadlines and visits are read in it wherever the agent sits. */
    timezone: undefined as string | undefined,
    connected: true,
    onDuty: 0,
    queue: [] as QueueItem[],
    rows: { mine: [], queued: [], all: [] } as Record<"mine" | "queued" | "all", Row[]>,
    loaded: { queue: false, mine: false, all: false },
    allScope: "open" as AllScope,
    tab: "queue" as Tab,
    offers: [] as Offer[],
    chats: {} as Record<string, Chat>,
    /** Message to scroll to; `n` makes the same one twice a change. */
    jump: { seq: 0, n: 0 },
    now: Date.now(),
  });

  readonly queueList = computed<ListRow[]>(() => queueRows(this.state.queue, this.state.rows.queued));
  readonly mineList = computed<ListRow[]>(() => this.state.rows.mine.map(fromRow));
  readonly allList = computed<ListRow[]>(() => this.state.rows.all.map(fromRow));
  readonly current = computed<Chat | null>(() => (route.chat ? (this.state.chats[route.chat] ?? null) : null));
  readonly mineIds = computed(() => this.state.rows.mine.map((row) => row.conversation_id));
  readonly unreadTotal = computed(() => this.mineIds.value.reduce((sum, id) => sum + this.unread(id), 0));
  readonly mayServe = computed(() => this.state.user?.roles.some((role) => DESK_ROLES.includes(role)) ?? false);

  /** Set by the view: how a sentence reaches the screen. */
  onMissedOffer: () => void = () => undefined;

  private readonly api = new DeskApi(() => this.loggedOut());
  private readonly socket = new LiveSocket({
    frame: (frame) => this.hear(frame),
    up: () => {
      this.state.connected = true;
      this.refreshSoon();
      for (const id of this.streamed()) void this.load(id);
    },
    down: () => (this.state.connected = false),
  });
  private timers: ReturnType<typeof setInterval>[] = [];
  private soon: ReturnType<typeof setTimeout> | undefined;
  private readonly reloads = new Map<string, ReturnType<typeof setTimeout>>();
  private typedAt = 0;

  // -- session

  async begin(): Promise<void> {
    try {
      this.entered(await this.api.me());
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) this.state.session = "out";
      else setTimeout(() => void this.begin(), 2_000);
    }
  }

  async logIn(username: string, password: string): Promise<void> {
    await this.api.logIn(username, password);
    this.entered(await this.api.me());
  }

  async logOut(): Promise<void> {
    await this.api.logOut();
    this.loggedOut();
  }

  async setPresence(status: Presence): Promise<void> {
    const before = this.state.presence;
    this.state.presence = status;
    try {
      await this.api.setPresence(status);
    } catch (error) {
      this.state.presence = before;
      throw error;
    }
    this.refreshSoon();
  }

  private entered({ user, presence, timezone }: Me): void {
    Object.assign(this.state, { user, presence, timezone });
    this.state.session = "in";
    if (!this.mayServe.value) return;
    this.socket.start();
    this.timers = [setInterval(() => this.tick(), 1_000), setInterval(() => void this.refresh(), POLL_MS)];
    document.addEventListener("visibilitychange", this.seen);
    void this.refresh().then(() => {
      if (!route.chat && this.mineIds.value.length > 0) this.state.tab = "mine";
    });
    if (route.chat) void this.open(route.chat);
  }

  private loggedOut(): void {
    this.socket.stop();
    this.timers.forEach(clearInterval);
    document.removeEventListener("visibilitychange", this.seen);
    Object.assign(this.state, {
      session: "out", user: null, presence: "offline", queue: [], offers: [], chats: {}, connected: true,
      rows: { mine: [], queued: [], all: [] }, loaded: { queue: false, mine: false, all: false },
    });
    go(null);
  }

  // -- lists

  async refresh(): Promise<void> {
    if (this.state.session !== "in") return;
    const all = this.state.tab === "all";
    try {
      const [queue, offers, mine, queued, rest] = await Promise.all([
        this.api.queue(),
        this.api.offers(),
        this.api.list("mine"),
        this.api.list("queued"),
        all ? this.api.list(this.state.allScope) : null,
      ]);
      this.state.queue = queue.waiting;
      this.state.onDuty = queue.on_duty;
      this.state.offers = offers.reduce<Offer[]>(withOffer, []);
      this.state.rows.mine = mine;
      this.state.rows.queued = queued;
      if (rest) this.state.rows.all = rest;
      Object.assign(this.state.loaded, { queue: true, mine: true, ...(all ? { all: true } : {}) });
      for (const id of this.mineIds.value) if (!this.state.chats[id]) void this.load(id);
      this.watch();
    } catch {
      // the next round tries again; the bar at the top says when the line is down
    }
  }

  async showTab(tab: Tab): Promise<void> {
    this.state.tab = tab;
    if (tab === "all") await this.refresh();
  }

  async showScope(scope: AllScope): Promise<void> {
    this.state.allScope = scope;
    this.state.loaded.all = false;
    await this.refresh();
  }

  private refreshSoon(): void {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => void this.refresh(), SOON_MS);
  }

  private tick(): void {
    this.state.now = this.api.now();
    const open = stillOpen(this.state.offers, this.state.now);
    if (open.length < this.state.offers.length) {
      this.state.offers = open;
      this.onMissedOffer();
    }
  }

  // -- offers

  async accept(offer: Offer): Promise<void> {
    this.state.offers = withoutOffer(this.state.offers, offer.offer_id);
    try {
      await this.arrive(await this.api.accept(offer.offer_id));
    } finally {
      this.refreshSoon();
    }
  }

  async decline(offer: Offer): Promise<void> {
    this.state.offers = withoutOffer(this.state.offers, offer.offer_id);
    await this.api.decline(offer.offer_id);
  }

  async take(id: string): Promise<void> {
    try {
      await this.api.take(id);
      await this.arrive(id);
    } finally {
      this.refreshSoon();
    }
  }

  private async arrive(id: string): Promise<void> {
    this.state.tab = "mine";
    go(id);
    await this.refresh();
    await this.open(id);
  }

  // -- one chat

  async open(id: string): Promise<void> {
    const chat = this.chat(id);
    this.watch();
    if (!chat.view || !this.mineIds.value.includes(id)) await this.load(id);
    this.markRead(id);
  }

  async load(id: string): Promise<void> {
    const chat = this.chat(id);
    try {
      const view = await this.api.show(id);
      chat.view = view;
      chat.missing = false;
      this.put(id, view.messages);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) chat.missing = true;
    }
  }

  unread(id: string): number {
    const chat = this.state.chats[id];
    return chat ? unreadCount(chat.messages, chat.readSeq) : 0;
  }

  isMine(id: string): boolean {
    const view = this.state.chats[id]?.view;
    return view?.state.owner === "agent" && view.agent_id === this.state.user?.id;
  }

  draft(id: string, text: string): void {
    this.chat(id).draft = text;
    remember(`draft:${id}`, text);
    const now = Date.now();
    if (text && now - this.typedAt > TYPING_SENT_EVERY_MS && this.isMine(id)) {
      this.typedAt = now;
      this.socket.typing(id);
    }
  }

  async send(id: string, text: string, again?: Pending): Promise<void> {
    const chat = this.chat(id);
    const item: Pending = again ?? { clientMsgId: newId(), text, at: this.api.now(), failed: false };
    chat.pending = [...chat.pending.filter((other) => other.clientMsgId !== item.clientMsgId), { ...item, failed: false }];
    if (!again) this.draft(id, "");
    this.typedAt = 0;
    try {
      this.put(id, [await this.api.say(id, item.clientMsgId, item.text)]);
      this.markRead(id);
    } catch (error) {
      chat.pending = chat.pending.map((other) => (other.clientMsgId === item.clientMsgId ? { ...other, failed: true } : other));
      throw error;
    }
  }

  discard(id: string, item: Pending): void {
    const chat = this.chat(id);
    chat.pending = chat.pending.filter((other) => other.clientMsgId !== item.clientMsgId);
  }

  async note(id: string, text: string): Promise<void> {
    await this.api.note(id, text);
    await this.load(id);
  }

  async transfer(id: string, note: string): Promise<void> {
    await this.api.transfer(id, note);
    await this.after(id);
  }

  async returnToBot(id: string, summary: string): Promise<void> {
    await this.api.returnToBot(id, summary);
    await this.after(id);
  }

  async close(id: string, disposition: Disposition): Promise<void> {
    await this.api.close(id, disposition);
    await this.after(id);
  }

  jumpTo(seq: number): void {
    this.state.jump = { seq, n: this.state.jump.n + 1 };
  }

  customerTypes(id: string): boolean {
    return (this.state.chats[id]?.typingUntil ?? 0) > Date.now() && this.state.now > 0;
  }

  markRead(id: string): void {
    const chat = this.state.chats[id];
    const last = chat?.messages.at(-1)?.seq ?? 0;
    if (!chat || last <= chat.readSeq || document.visibilityState !== "visible" || route.chat !== id) return;
    chat.readSeq = last;
    remember(`read:${id}`, String(last));
  }

  private async after(id: string): Promise<void> {
    remember(`draft:${id}`, null);
    await Promise.all([this.load(id), this.refresh()]);
  }

  private chat(id: string): Chat {
    return (this.state.chats[id] ??= {
      view: null, messages: [], pending: [], readSeq: Number(recall(`read:${id}`) ?? 0), typingUntil: 0,
      draft: recall(`draft:${id}`) ?? "", missing: false,
    });
  }

  private put(id: string, messages: readonly Message[]): void {
    const chat = this.chat(id);
    chat.messages = mergeMessages(chat.messages, messages);
    chat.pending = stillPending(chat.pending, chat.messages);
    const last = chat.messages.at(-1);
    for (const rows of [this.state.rows.mine, this.state.rows.queued, this.state.rows.all]) {
      const row = rows.find((other) => other.conversation_id === id);
      if (row && last && last.seq > (row.last_message?.seq ?? 0)) Object.assign(row, { last_message: last, updated_at: last.at });
    }
    if (route.chat === id) this.markRead(id);
  }

  // -- live

  private streamed(): string[] {
    return [...new Set([...this.mineIds.value, ...(route.chat ? [route.chat] : [])])];
  }

  private watch(): void {
    this.socket.watchOnly(this.streamed());
  }

  private readonly seen = (): void => {
    if (route.chat) this.markRead(route.chat);
  };

  private reloadSoon(id: string): void {
    clearTimeout(this.reloads.get(id));
    this.reloads.set(id, setTimeout(() => void this.load(id), SOON_MS));
  }

  private hear(frame: Frame): void {
    const mine = this.state.user?.id;
    switch (frame.type) {
      case "queue":
        this.refreshSoon();
        break;
      case "offer":
        if (frame.user_id !== mine || this.state.offers.some((offer) => offer.offer_id === frame.offer_id)) break;
        this.state.offers = withOffer(this.state.offers, frame);
        this.state.now = this.api.now();
        chime();
        break;
      case "offer_ended":
        if (frame.user_id === mine && this.state.offers.some((offer) => offer.offer_id === frame.offer_id)) {
          this.state.offers = withoutOffer(this.state.offers, frame.offer_id);
          this.onMissedOffer();
        }
        break;
      case "presence":
        if (frame.user_id === mine) this.state.presence = frame.status;
        this.refreshSoon();
        break;
      case "conversation":
        if (this.state.chats[frame.conversation_id]) this.reloadSoon(frame.conversation_id);
        break;
      case "owner":
        this.reloadSoon(frame.conversation_id);
        this.refreshSoon();
        break;
      case "message":
        this.heard(frame.conversation_id, frame.message);
        break;
      case "typing":
        if (frame.author.kind === "customer") this.chat(frame.conversation_id).typingUntil = Date.now() + TYPING_SHOWN_MS;
        break;
      case "answered":
      case "error":
        break;
    }
  }

  private heard(id: string, message: Message): void {
    this.put(id, [message]);
    const chat = this.chat(id);
    if (message.author.kind === "customer") {
      chat.typingUntil = 0;
      if (document.visibilityState !== "visible" || route.chat !== id) chime();
    }
    if (hasGap(chat.messages)) this.reloadSoon(id);
  }
}

/** Also on pages without TLS, where `crypto.randomUUID` is missing. */
function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const desk = new Desk();
