/** One visitor's chat: opens and resumes the conversation, keeps thread, outbox and line together. No DOM. */
import { CallFailed } from "./api";
import type { Credentials, UploadHandle } from "./api";
import type { ChatPorts } from "./chat_ports";
import type { Author, ButtonOption, ChatState, Message, ServerFrame, Subject, WireError } from "./contracts";
import { backoffMs, Outbox } from "./outbox";
import type { OutboxEntry, Payload } from "./outbox";
import { loadRecord, recordExpiry, saveRecord } from "./record";
import type { ConversationRecord } from "./record";
import { Thread } from "./thread";
import { Transport } from "./transport";
import type { LineMode } from "./transport";

/** How long a socket may take before what waits is sent over HTTP. */
const SOCKET_PATIENCE_MS = 2_500;
const TYPING_SHOWN_MS = 7_000;
const TYPING_SENT_EVERY_MS = 3_000;
const DEFAULT_PAUSE_MS = 2_000;
/** A conversation refused this soon after it was opened is not opened again by itself. */
const FRESH_MS = 15_000;

export type Phase = "idle" | "opening" | "ready" | "failed";
export type Notice = "expired" | null;

export class Chat {
  phase: Phase = "idle";
  state: ChatState | null = null;
  typing: Author | null = null;
  notice: Notice = null;
  /** Whether the service answered when it was last asked. */
  reachable = true;
  thread = new Thread();
  readonly outbox: Outbox;
  private record: ConversationRecord | null = null;
  private readonly transport: Transport;
  private opening: Promise<void> | null = null;
  private openFailures = 0;
  private openedAtMs = 0;
  private connectingSinceMs = 0;
  private syncing = false;
  private syncAgain = false;
  private sendingOverHttp = false;
  private typingTimer: number | null = null;
  private pumpTimer: number | null = null;
  private reopenTimer: number | null = null;
  private typingSentMs = 0;
  private stopped = false;

  constructor(private readonly ports: ChatPorts) {
    this.outbox = new Outbox(ports.store, `${ports.prefix}out:`, ports.tab, () => ports.timers.random());
    this.transport = new Transport({
      timers: ports.timers,
      openSocket: () => ports.openSocket(),
      hello: () => ({ type: "hello", token: this.record?.token, after: this.thread.cursor, language: ports.language() }),
      onFrame: (frame) => this.onFrame(frame),
      onMode: (mode) => this.onMode(mode),
      sync: () => this.sync(),
      visible: () => ports.visible(),
    });
  }

  get credentials(): Credentials | null {
    return this.record;
  }

  get mode(): LineMode {
    return this.transport.mode;
  }

  get unread(): number {
    return this.record ? this.thread.unread(this.record.read_seq) : 0;
  }

  get rated(): boolean {
    return this.record?.rated ?? false;
  }

  get closed(): boolean {
    return this.state?.owner === "closed";
  }

  /** Take up a remembered conversation, if there is one. Opens none. */
  resume(): boolean {
    this.record = loadRecord(this.ports.store, this.ports.prefix, this.ports.timers.now());
    if (!this.record) return false;
    this.phase = "ready";
    this.connect();
    return true;
  }

  /** Make sure that there is a conversation. */
  ensure(): Promise<void> {
    if (this.record) return Promise.resolve();
    return (this.opening ??= this.open().finally(() => {
      this.opening = null;
    }));
  }

  sendText(text: string): void {
    this.enqueue({ text }, text);
  }

  press(button: ButtonOption): void {
    this.enqueue({ button_id: button.id }, button.label);
  }

  sendAttachment(attachment: NonNullable<OutboxEntry["attachment"]>, text: string): void {
    this.enqueue({ attachment_id: attachment.id, ...(text ? { text } : {}) }, text, attachment);
  }

  upload(file: File, onProgress: (share: number) => void): UploadHandle {
    let handle: UploadHandle | null = null;
    let cancelled = false;
    const done = this.ensure().then(() => {
      if (!this.record || cancelled) throw new CallFailed(0, { code: "cancelled" });
      handle = this.ports.api.upload(this.record, file, onProgress);
      return handle.done;
    });
    done.catch((error: unknown) => {
      if (error instanceof CallFailed && error.status === 401) this.expired();
    });
    return {
      done,
      cancel: () => {
        cancelled = true;
        handle?.cancel();
      },
    };
  }

  retry(id: string): void {
    this.outbox.retry(id, this.ports.timers.now());
    this.pump();
    this.ports.onChange();
  }

  discard(id: string): void {
    this.outbox.settle(id);
    this.ports.onChange();
  }

  async askForPerson(): Promise<void> {
    await this.ensure();
    await this.act((who) => this.ports.api.askForPerson(who));
  }

  async leaveQueue(): Promise<void> {
    await this.act((who) => this.ports.api.leaveQueue(who));
  }

  async insteadOfWaiting(choice: string, body: object): Promise<void> {
    await this.act((who) => this.ports.api.insteadOfWaiting(who, choice, body));
  }

  /** Who is rated next; undefined leaves it to the service. */
  get rates(): Subject | undefined {
    return this.state?.rate?.[0];
  }

  /** The person first, then the bot, where both served. */
  async rate(rating: object): Promise<void> {
    const of = this.rates;
    await this.act(async (who) => {
      await this.ports.api.rate(who, { ...rating, of });
      return null;
    });
    this.state?.rate?.shift();
    this.keep({ rated: !this.rates });
    this.ports.onChange();
  }

  /** The customer is typing; tells the agent now and then. */
  typed(): void {
    const now = this.ports.timers.now();
    const someoneReads = this.state?.owner === "agent" || this.state?.owner === "queued";
    if (!someoneReads || now - this.typingSentMs < TYPING_SENT_EVERY_MS) return;
    this.typingSentMs = now;
    this.transport.send({ type: "typing" });
  }

  /** The widget's language was changed in the middle of a conversation. */
  languageChanged(): void {
    this.transport.send({ type: "language", language: this.ports.language() });
  }

  /** All that has arrived has been on a screen. */
  markRead(): void {
    if (!this.record || this.record.read_seq >= this.thread.last) return;
    this.keep({ read_seq: this.thread.last });
    this.tellRead();
    this.ports.onChange();
  }

  /** Leave this conversation behind and begin another. */
  async startNew(): Promise<void> {
    this.forget();
    for (const entry of this.outbox.all()) this.outbox.settle(entry.client_msg_id);
    await this.ensure();
  }

  wake(networkChanged: boolean): void {
    if (networkChanged) this.outbox.hurry(this.ports.timers.now());
    if (this.phase === "failed") void this.ensure();
    if (this.record) this.transport.wake(networkChanged);
    this.pump();
  }

  /** Another tab has changed what is stored. */
  storageChanged(key: string | null): void {
    const { store, prefix, timers } = this.ports;
    if (key !== null && !key.startsWith(prefix)) return;
    this.outbox.reload();
    const stored = loadRecord(store, prefix, timers.now());
    if (stored && stored.conversation_id !== this.record?.conversation_id) {
      this.forget(false);
      this.resume();
    } else if (stored && this.record) {
      this.record = stored;
    }
    this.pump();
    this.ports.onChange();
  }

  stop(): void {
    this.stopped = true;
    this.transport.stop();
    for (const timer of [this.typingTimer, this.pumpTimer, this.reopenTimer]) if (timer !== null) this.ports.timers.cancel(timer);
  }

  private async open(): Promise<void> {
    const { api, store, prefix, timers } = this.ports;
    if (this.resume()) return;
    this.phase = "opening";
    this.ports.onChange();
    let identity = this.ports.identityToken();
    for (;;) {
      try {
        const opened = await api.open(this.ports.language(), identity, this.ports.page());
        if (this.stopped) return;
        const now = timers.now();
        this.record = {
          conversation_id: opened.conversation_id,
          token: opened.token,
          expires_at_ms: recordExpiry(opened.token, now),
          read_seq: 0,
          rated: false,
        };
        saveRecord(store, prefix, this.record);
        this.phase = "ready";
        this.openFailures = 0;
        this.openedAtMs = now;
        this.connect();
        this.take(opened.messages);
        this.ports.onChange();
        return;
      } catch (error) {
        const status = error instanceof CallFailed ? error.status : 0;
        if (identity && (status === 401 || status === 403)) {
          // A site's expired token must not shut its customer out: go on as a visitor, and tell the site.
          identity = null;
          this.ports.onIdentityRejected();
          continue;
        }
        this.openFailed(error);
        return;
      }
    }
  }

  private openFailed(error: unknown): void {
    if (this.stopped) return;
    this.phase = "failed";
    this.openFailures++;
    const wait = error instanceof CallFailed ? error.error.retry_after_s : undefined;
    const pause = wait !== undefined ? wait * 1000 : backoffMs(this.openFailures + 1, this.ports.timers.random());
    if (this.reopenTimer !== null) this.ports.timers.cancel(this.reopenTimer);
    this.reopenTimer = this.ports.timers.after(pause, () => {
      this.reopenTimer = null;
      if (!this.record && !this.stopped) void this.ensure();
    });
    this.ports.onChange();
  }

  private connect(): void {
    this.connectingSinceMs = this.ports.timers.now();
    this.transport.start();
    this.pump();
  }

  private forget(stored = true): void {
    this.transport.stop();
    this.record = null;
    this.thread = new Thread();
    this.state = null;
    this.typing = null;
    this.notice = null;
    this.phase = "idle";
    if (stored) this.ports.store.remove(`${this.ports.prefix}chat`);
  }

  /** The service no longer knows this token. What the customer has written goes into a new conversation. */
  private expired(): void {
    if (!this.record) return;
    const fresh = this.ports.timers.now() - this.openedAtMs < FRESH_MS;
    this.forget();
    this.notice = "expired";
    for (const entry of this.outbox.all()) {
      if ("text" in entry.payload && !("attachment_id" in entry.payload)) this.outbox.retry(entry.client_msg_id, this.ports.timers.now());
      else this.outbox.settle(entry.client_msg_id);
    }
    if (fresh) this.openFailed(null);
    else void this.ensure();
    this.ports.onChange();
  }

  private enqueue(payload: Payload, shown: string, attachment?: OutboxEntry["attachment"]): void {
    this.outbox.add({ client_msg_id: this.ports.newId(), payload, shown, attachment }, this.ports.timers.now());
    if (this.record) this.keep({ expires_at_ms: recordExpiry(this.record.token, this.ports.timers.now()) });
    void this.ensure().then(() => this.pump());
    this.ports.onChange();
  }

  /** Send what is due, over the socket or else over HTTP, and come back when the next is. */
  private pump(): void {
    const { timers } = this.ports;
    if (this.pumpTimer !== null) timers.cancel(this.pumpTimer);
    this.pumpTimer = null;
    if (!this.record || this.sendingOverHttp || this.stopped) return;
    const now = timers.now();
    const impatientIn = this.transport.mode === "connecting" ? this.connectingSinceMs + SOCKET_PATIENCE_MS - now : 0;
    const overHttp = !this.transport.live && impatientIn <= 0;
    const entry = this.transport.live || overHttp ? this.outbox.next(now) : null;
    if (entry && overHttp) {
      void this.sendOverHttp(entry, this.record);
      return;
    }
    if (entry) {
      this.outbox.sent(entry.client_msg_id, now);
      const { client_msg_id, payload } = entry;
      if (!this.transport.send({ type: "message", client_msg_id, ...payload })) this.outbox.missed(client_msg_id, now);
      if (entry.tries > 0) this.ports.onChange();
    }
    const wait = this.outbox.waitMs(now);
    if (wait !== null) this.pumpTimer = timers.after(Math.max(wait, this.transport.live ? 20 : impatientIn, 20), () => this.pump());
  }

  private async sendOverHttp(entry: OutboxEntry, record: ConversationRecord): Promise<void> {
    const id = entry.client_msg_id;
    this.sendingOverHttp = true;
    this.outbox.sent(id, this.ports.timers.now());
    try {
      const message = await this.ports.api.send(record, id, entry.payload);
      this.outbox.settle(id);
      if (message && this.record === record) this.take([message]);
      void this.sync();
    } catch (error) {
      this.onError(error instanceof CallFailed ? error.error : { code: "unknown", status: 0 }, id);
    } finally {
      this.sendingOverHttp = false;
      this.pump();
      this.ports.onChange();
    }
  }

  private onMode(mode: LineMode): void {
    if (mode === "connecting") this.connectingSinceMs = this.ports.timers.now();
    if (mode === "live") {
      this.reachable = true;
      this.outbox.hurry(this.ports.timers.now());
      this.tellRead();
    }
    this.pump();
    this.ports.onChange();
  }

  private tellRead(): void {
    if (this.record?.read_seq) this.transport.send({ type: "read", seq: this.record.read_seq });
  }

  private onFrame(frame: ServerFrame): void {
    switch (frame.type) {
      case "ack":
        if (frame.client_msg_id) this.outbox.settle(frame.client_msg_id);
        this.take([frame.message]);
        this.pump();
        break;
      case "message":
        this.take([frame.message]);
        break;
      case "typing":
        this.showTyping(frame.author);
        break;
      case "state":
        this.setState(frame.state);
        break;
      case "read":
        if (this.state) this.state.read_seq = frame.seq;
        break;
      case "error":
        this.onError(frame.error, frame.client_msg_id);
        this.pump();
        break;
      case "ping":
        break;
    }
    this.ports.onChange();
  }

  private onError(error: WireError, id?: string): void {
    const now = this.ports.timers.now();
    const status = error.status ?? 400;
    // A 404 about a message may be its button or file; only one about the conversation ends it.
    if (status === 401 || (status === 404 && (!id || error.code.includes("conversation")))) {
      this.expired();
    } else if (/closed/.test(error.code)) {
      this.state = { owner: "closed", epoch: this.state?.epoch ?? 0 };
      if (id) this.outbox.refused(id, "closed");
    } else if (!id) {
      return;
    } else if (status === 429) {
      this.outbox.deferred(id, now, error.retry_after_s !== undefined ? error.retry_after_s * 1000 : DEFAULT_PAUSE_MS);
    } else if (status === 0 || status === 408 || status >= 500) {
      this.outbox.missed(id, now);
    } else {
      this.outbox.refused(id, error.code);
    }
  }

  private take(messages: readonly Message[], catchUpAfter?: number): void {
    const { added, gap } = this.thread.merge(messages, catchUpAfter);
    for (const message of added) {
      if (message.client_msg_id) this.outbox.settle(message.client_msg_id);
    }
    if (gap) void this.sync();
    const last = added[added.length - 1];
    if (!last) return;
    if (last.author.kind !== "customer") this.hideTyping();
  }

  private setState(state: ChatState): void {
    if (this.state && state.epoch < this.state.epoch) return;
    if (state.owner !== this.state?.owner) this.hideTyping();
    this.state = state;
  }

  private async sync(): Promise<void> {
    const record = this.record;
    if (!record) return;
    if (this.syncing) {
      this.syncAgain = true;
      return;
    }
    this.syncing = true;
    try {
      const after = this.thread.cursor;
      const { messages, state } = await this.ports.api.messages(record, after);
      if (this.record === record || this.record?.conversation_id === record.conversation_id) {
        this.take(messages, after);
        if (state) this.setState(state);
      }
      this.reachable = true;
    } catch (error) {
      this.reachable = error instanceof CallFailed && error.status !== 0 && error.status < 500;
      if (error instanceof CallFailed && this.record?.token === record.token) this.onError(error.error);
    } finally {
      this.syncing = false;
      this.ports.onChange();
      if (this.syncAgain) {
        this.syncAgain = false;
        void this.sync();
      }
    }
  }

  private async act(call: (who: Credentials) => Promise<ChatState | null>): Promise<void> {
    if (!this.record) throw new CallFailed(0, { code: "not_open" });
    try {
      const state = await call(this.record);
      if (state) this.setState(state);
    } catch (error) {
      if (error instanceof CallFailed && error.status === 401) this.expired();
      throw error;
    }
    if (!this.transport.live) void this.sync();
    this.ports.onChange();
  }

  private keep(change: Partial<ConversationRecord>): void {
    if (!this.record) return;
    const { store, prefix, timers } = this.ports;
    const stored = loadRecord(store, prefix, timers.now());
    const same = stored?.conversation_id === this.record.conversation_id ? stored : null;
    const next = { ...this.record, ...change };
    next.read_seq = Math.max(next.read_seq, same?.read_seq ?? 0);
    next.rated = next.rated || (same?.rated ?? false);
    Object.assign(this.record, next);
    if (same || !stored) saveRecord(store, prefix, this.record);
  }

  private showTyping(author: Author): void {
    this.hideTyping();
    this.typing = author;
    this.typingTimer = this.ports.timers.after(TYPING_SHOWN_MS, () => {
      this.typing = null;
      this.ports.onChange();
    });
  }

  private hideTyping(): void {
    if (this.typingTimer !== null) this.ports.timers.cancel(this.typingTimer);
    this.typingTimer = null;
    this.typing = null;
  }
}
