/** The desk as a whole: what happens on the live line reaches the list, the chats and the offers. */
import { watch } from "vue";
import { LiveSocket } from "../api/socket";
import type { Frame, Words } from "../api/types";
import { api, ifPresent } from "./api";
import { chats } from "./chats";
import { drafts } from "./drafts";
import { inbox } from "./inbox";
import { chime, notice } from "./notify";
import { offers } from "./offers";
import { people } from "./people";
import { keeper } from "./preferences";
import { go, route } from "./route";
import { session } from "./session";
import { tools } from "./tools";

const TICK_MS = 1_000;
const POLL_MS = 15_000;

class Desk {
  /** Set by the page: sentences in the chosen language. */
  words: (key: "offer" | "message" | "mention" | "alarm") => string = (key) => key;
  onInvited: (conversationId: string, by: Words) => void = () => undefined;
  onAlarm: (alarm: Extract<Frame, { type: "alarm" }>) => void = () => undefined;
  onTicket: (ticketId: string) => void = () => undefined;

  private readonly socket = new LiveSocket({
    frame: (frame) => this.hear(frame),
    up: () => this.up(),
    down: () => (session.state.connected = false),
  });
  private timers: ReturnType<typeof setInterval>[] = [];

  begin(): void {
    session.onEnter = (again) => this.enter(again);
    session.onLeave = () => this.leave();
    offers.onTaken = (id) => this.arrive(id);
    drafts.onTyping = (id) => this.socket.typing(id);
    drafts.onDrafting = (id, on) => this.socket.drafting(id, on);
    keeper.save = (settings) => {
      if (session.state.phase === "in") void ifPresent("settings", () => api.saveSettings(settings)).catch(() => undefined);
    };
    watch([inbox.mineIds, () => route.chat], () => this.socket.watchOnly(chats.streamed()));
    watch(inbox.mineIds, (ids) => {
      for (const id of ids) if (!chats.state.open[id]) void chats.load(id);
    });
    void session.begin();
  }

  async take(id: string): Promise<void> {
    try {
      await chats.take(id);
      await this.arrive(id);
    } finally {
      inbox.refreshSoon();
    }
  }

  private enter(again: boolean): void {
    this.socket.start();
    this.timers.forEach(clearInterval);
    this.timers = [setInterval(() => this.tick(), TICK_MS), setInterval(() => void this.poll(), POLL_MS)];
    document.addEventListener("visibilitychange", this.seen);
    void inbox.refresh().then(() => {
      if (!again && !route.chat && inbox.mineIds.value.length > 0) inbox.show("mine");
    });
    void this.poll();
    void people.refresh().catch(() => undefined);
    void tools.refresh().catch(() => undefined);
    if (session.leads.value) void Promise.all([ifPresent("dashboard", () => api.dashboard()), ifPresent("ratings", () => api.ratings(true, false))]).catch(() => undefined);
    if (again) drafts.saveAll();
    if (route.chat) void chats.open(route.chat);
  }

  private leave(): void {
    this.socket.stop();
    this.timers.forEach(clearInterval);
    document.removeEventListener("visibilitychange", this.seen);
    for (const store of [inbox, chats, offers, people, tools]) store.clear();
    drafts.clearAll();
    go(null);
  }

  private up(): void {
    session.state.connected = true;
    inbox.refreshSoon();
    void offers.refresh().catch(() => undefined);
    void session.refresh().catch(() => undefined);
    void tools.refresh().catch(() => undefined);
    drafts.saveAll();
    for (const id of chats.streamed()) void chats.load(id);
  }

  private tick(): void {
    session.tick();
    offers.tick();
  }

  private async poll(): Promise<void> {
    if (session.state.phase !== "in") return;
    await Promise.all([inbox.refresh(), offers.refresh().catch(() => undefined)]);
  }

  private async arrive(id: string): Promise<void> {
    inbox.show("mine");
    go(id);
    await inbox.refresh();
    await chats.load(id);
    chats.markRead(id);
  }

  private readonly seen = (): void => {
    if (route.chat) chats.markRead(route.chat);
  };

  private forMe(userId: string | undefined): boolean {
    return userId === undefined || userId === session.state.user?.id;
  }

  private hear(frame: Frame): void {
    switch (frame.type) {
      case "queue":
        inbox.queueMoved();
        break;
      case "offer":
        if (!this.forMe(frame.user_id) || !offers.hear(frame)) break;
        session.tick();
        chime();
        notice(this.words("offer"), frame.offer_id, () => undefined);
        break;
      case "offer_ended":
        if (this.forMe(frame.user_id)) offers.end(frame.offer_id, frame.reason);
        break;
      case "presence":
        if (this.forMe(frame.user_id)) {
          session.state.presence = frame.status;
          void session.refresh().catch(() => undefined);
        }
        people.refreshSoon();
        break;
      case "conversation":
        if (chats.state.open[frame.conversation_id]) chats.loadSoon(frame.conversation_id);
        break;
      case "owner":
        if (chats.state.open[frame.conversation_id]) chats.loadSoon(frame.conversation_id);
        inbox.refreshSoon();
        break;
      case "message":
        this.heardMessage(frame);
        break;
      case "typing":
        chats.typed(frame.conversation_id, frame.author);
        break;
      case "read":
        if (frame.user_id !== undefined) chats.iHaveRead(frame.conversation_id, frame.seq);
        else if (frame.author?.kind === "customer") chats.customerRead(frame.conversation_id, frame.seq);
        break;
      case "whisper":
        chats.whispered(frame.conversation_id, frame.whisper);
        break;
      case "viewers":
        chats.looking(frame.conversation_id, frame.viewers);
        break;
      case "mention":
        void tools.refreshMentions().catch(() => undefined);
        chime();
        notice(this.words("mention"), "mention", () => undefined);
        break;
      case "invited":
        chime();
        this.onInvited(frame.conversation_id, frame.by.name);
        inbox.refreshSoon();
        break;
      case "callback":
        void tools.refreshCallbacks().catch(() => undefined);
        break;
      case "alarm":
        if (!session.leads.value) break;
        chime();
        notice(this.words("alarm"), frame.conversation_id, () => go(frame.conversation_id));
        this.onAlarm(frame);
        break;
      case "ticket":
        this.onTicket(frame.ticket_id);
        break;
      default:
        break;
    }
  }

  private heardMessage(frame: Extract<Frame, { type: "message" }>): void {
    const { conversation_id: id, message } = frame;
    chats.heard(id, message);
    if (message.author.kind !== "customer" || !inbox.mineIds.value.includes(id)) return;
    if (document.visibilityState === "visible" && route.chat === id) return;
    chime();
    notice(this.words("message"), id, () => go(id));
  }
}

export const desk = new Desk();
