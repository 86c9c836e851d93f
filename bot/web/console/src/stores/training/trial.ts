/** What is being tried; it stays while another page is looked at. */
import { reactive } from "vue";
import type { TriedChat, Understood } from "../../api/training/tries";
import type { Language, Message, Owner } from "../../api/types";
import { training } from "./api";

const LOOK_MS = 1_000;

/** One thing said in the chat, with what was understood where a customer wrote. */
export interface ChatLine {
  message: Message;
  understood: Understood | null;
  /** A button was pressed: there was nothing to understand. */
  pressed: boolean;
}

class Trial {
  readonly state = reactive({
    mode: "sentence" as "sentence" | "chat",
    text: "",
    /** A model's file; empty for the one that serves. */
    model: "",
    chat: null as TriedChat | null,
    lines: [] as ChatLine[],
    /** What was said last and is not answered yet. */
    waiting: "",
    owner: "bot" as Owner,
  });
  private timer: ReturnType<typeof setTimeout> | undefined;
  private made = 0;

  async open(language: Language, customer: string): Promise<void> {
    await this.end();
    this.state.chat = await training.tries.open(language, this.state.model || null, customer || null);
    await this.look();
  }

  /** Ask until the chat is ready or has failed. */
  async look(): Promise<void> {
    clearTimeout(this.timer);
    const chat = this.state.chat;
    if (!chat) return;
    const found = await training.tries.read(chat.id);
    if (this.state.chat?.id !== chat.id) return;
    this.state.chat = found;
    if (found.state === "starting") this.timer = setTimeout(() => void this.look().catch(() => this.lose()), LOOK_MS);
    else if (this.state.lines.length === 0) this.state.lines = (found.messages ?? []).map((message) => ({ message, understood: null, pressed: false }));
  }

  async say(words: { text: string } | { payload: string }, shown: string): Promise<void> {
    const chat = this.state.chat;
    if (!chat || this.state.waiting) return;
    this.state.waiting = shown;
    try {
      const answer = await training.tries.say(chat.id, words);
      if (this.state.chat?.id !== chat.id) return;
      this.state.owner = answer.state.owner;
      const replies = answer.messages.filter((message) => message.author.kind !== "customer");
      const own = answer.messages.find((message) => message.author.kind === "customer") ?? this.own(shown);
      this.state.lines.push({ message: own, understood: answer.understood, pressed: "payload" in words });
      this.state.lines.push(...replies.map((message) => ({ message, understood: null, pressed: false })));
    } finally {
      this.state.waiting = "";
    }
  }

  async end(): Promise<void> {
    clearTimeout(this.timer);
    const { chat } = this.state;
    Object.assign(this.state, { chat: null, lines: [], waiting: "", owner: "bot" });
    if (chat) await training.tries.end(chat.id).catch(() => undefined);
  }

  private own(text: string): Message {
    this.made += 1;
    return { seq: -this.made, id: `own-${this.made}`, at: new Date().toISOString(), author: { kind: "customer" }, text };
  }

  /** The chat is not there any more: it ended by itself, or the service was started again. */
  private lose(): void {
    if (this.state.chat) this.state.chat = { ...this.state.chat, state: "failed", error: null };
  }
}

export const trial = new Trial();
