/** What a chat needs of the page around it. */
import type { Api } from "./api";
import type { Language } from "./contracts";
import type { KeyValue } from "./storage";
import type { SocketLike, Timers } from "./transport";

export interface ChatPorts {
  api: Api;
  store: KeyValue;
  /** Storage prefix of this visitor. */
  prefix: string;
  /** Names this tab, the same after a reload. */
  tab: string;
  timers: Timers;
  openSocket(): SocketLike;
  newId(): string;
  language(): Language;
  identityToken(): string | null;
  page(): string;
  visible(): boolean;
  onChange(): void;
  onIdentityRejected(): void;
}
