/** What helps at every chat: macros, mentions of me, calls that customers have asked for. */
import { computed, reactive } from "vue";
import type { Callback, Macro, Mention } from "../api/types";
import { api, ifPresent, tickets } from "./api";

class Tools {
  readonly state = reactive({ macros: [] as Macro[], mentions: [] as Mention[], callbacks: [] as Callback[], callbacksLoaded: false });
  readonly unreadMentions = computed(() => this.state.mentions.filter((mention) => mention.read_at === null).length);

  async refresh(): Promise<void> {
    await Promise.all([this.refreshMacros(), this.refreshMentions(), this.refreshCallbacks(), ifPresent("tickets", () => tickets.counts())]);
  }

  async refreshMacros(): Promise<void> {
    this.state.macros = (await ifPresent("macros", () => api.macros())) ?? [];
  }

  async refreshMentions(): Promise<void> {
    this.state.mentions = (await ifPresent("mentions", () => api.mentions())) ?? [];
  }

  async refreshCallbacks(): Promise<void> {
    this.state.callbacks = (await ifPresent("callbacks", () => api.callbacks("open"))) ?? [];
    this.state.callbacksLoaded = true;
  }

  async seen(mention: Mention): Promise<void> {
    if (mention.read_at !== null) return;
    mention.read_at = new Date().toISOString();
    await api.readMention(mention.id);
  }

  clear(): void {
    Object.assign(this.state, { macros: [], mentions: [], callbacks: [], callbacksLoaded: false });
  }
}

export const tools = new Tools();
