/** The desk's calls, one method each. */
import { BASE } from "./http";
import type { Http } from "./http";
import type {
  Callback, Colleague, ConversationView, CustomerFull, Dashboard, Disposition, DraftKind, Group, ListQuery, Macro, MacroBody, Me, Mention,
  Message, Offer, PacketRating, Participant, Presence, QueueAnswer, RatedChat, RowsAnswer, Settings, Suggestions, Article, User,
  Language,
} from "./types";

export type TransferTarget = { agent_id: string } | { group: string } | null;

export class DeskApi {
  constructor(private readonly http: Http) {}

  // -- session

  async logIn(username: string, password: string): Promise<User> {
    const answer = await this.http.send<{ user: User; csrf_token: string }>("POST", "/login", { username, password });
    this.http.csrf = answer.csrf_token;
    return answer.user;
  }

  async me(): Promise<Me> {
    const answer = await this.http.get<Me>("/me");
    this.http.csrf = answer.csrf_token;
    return answer;
  }

  logOut(): Promise<unknown> {
    return this.http.send("POST", "/logout");
  }

  setPresence(status: Presence): Promise<unknown> {
    return this.http.send("PUT", "/presence", { status });
  }

  saveSettings(settings: Settings): Promise<unknown> {
    return this.http.send("PUT", "/me/settings", settings);
  }

  // -- queue, offers, people

  queue(): Promise<QueueAnswer> {
    return this.http.get("/queue");
  }

  offers(): Promise<Offer[]> {
    return this.http.get("/offers");
  }

  async accept(offerId: string): Promise<string> {
    return (await this.http.send<{ conversation_id: string }>("POST", `/offers/${part(offerId)}/accept`)).conversation_id;
  }

  decline(offerId: string): Promise<unknown> {
    return this.http.send("POST", `/offers/${part(offerId)}/decline`);
  }

  async groups(): Promise<Group[]> {
    return (await this.http.get<{ groups: Group[] }>("/groups")).groups;
  }

  async colleagues(): Promise<Colleague[]> {
    return (await this.http.get<{ colleagues: Colleague[] }>("/colleagues")).colleagues;
  }

  // -- lists

  list(query: ListQuery): Promise<RowsAnswer> {
    return this.http.get("/conversations", { ...query });
  }

  // -- one conversation

  show(id: string, language: Language): Promise<ConversationView> {
    return this.http.get(chat(id), { language });
  }

  take(id: string): Promise<unknown> {
    return this.http.send("POST", chat(id, "take"));
  }

  async say(id: string, clientMsgId: string, said: { text?: string; attachment_id?: string }): Promise<Message> {
    return (await this.http.send<{ message: Message }>("POST", chat(id, "messages"), { client_msg_id: clientMsgId, ...said })).message;
  }

  async attach(id: string, file: File): Promise<string> {
    return (await this.http.upload<{ attachment_id: string }>(chat(id, "attachments"), file)).attachment_id;
  }

  read(id: string, seq: number): Promise<unknown> {
    return this.http.send("POST", chat(id, "read"), { seq });
  }

  draft(id: string, text: string, kind: DraftKind): Promise<unknown> {
    return this.http.send("PUT", chat(id, "draft"), { text, kind });
  }

  note(id: string, text: string): Promise<unknown> {
    return this.http.send("POST", chat(id, "notes"), { text });
  }

  whisper(id: string, text: string): Promise<unknown> {
    return this.http.send("POST", chat(id, "whisper"), { text });
  }

  transfer(id: string, to: TransferTarget, note: string): Promise<unknown> {
    return this.http.send("POST", chat(id, "transfer"), { to, ...(note && { note }) });
  }

  invite(id: string, agentId: string, note: string): Promise<unknown> {
    return this.http.send("POST", chat(id, "invite"), { agent_id: agentId, ...(note && { note }) });
  }

  attend(id: string, act: "monitor" | "join" | "leave" | "takeover"): Promise<{ participants?: Participant[] }> {
    return this.http.send("POST", chat(id, act));
  }

  returnToBot(id: string, summary: string): Promise<unknown> {
    return this.http.send("POST", chat(id, "return"), summary ? { summary } : {});
  }

  close(id: string, disposition: Disposition): Promise<unknown> {
    return this.http.send("POST", chat(id, "close"), disposition);
  }

  checkIdentity(id: string): Promise<{ sent: boolean; to: string; expires_at: string }> {
    return this.http.send("POST", chat(id, "identity_check"));
  }

  ratePacket(id: string, rating: PacketRating): Promise<unknown> {
    return this.http.send("POST", chat(id, "packet_rating"), rating);
  }

  suggestions(id: string): Promise<Suggestions> {
    return this.http.get(chat(id, "suggestions"));
  }

  // -- tools

  async macros(): Promise<Macro[]> {
    return (await this.http.get<{ macros: Macro[] }>("/macros")).macros;
  }

  saveMacro(id: string | null, body: MacroBody): Promise<unknown> {
    return id ? this.http.send("PUT", `/macros/${part(id)}`, body) : this.http.send("POST", "/macros", body);
  }

  removeMacro(id: string): Promise<unknown> {
    return this.http.send("DELETE", `/macros/${part(id)}`);
  }

  renderMacro(id: string, conversationId: string): Promise<{ text: string; missing: string[] }> {
    return this.http.send("POST", `/macros/${part(id)}/render`, { conversation_id: conversationId });
  }

  async knowledge(q: string, language: Language): Promise<Article[]> {
    return (await this.http.get<{ articles: Article[] }>("/knowledge", { q, language })).articles;
  }

  customer(id: string): Promise<CustomerFull> {
    return this.http.get(`/customers/${part(id)}`);
  }

  async mentions(): Promise<Mention[]> {
    return (await this.http.get<{ mentions: Mention[] }>("/mentions")).mentions;
  }

  readMention(id: string): Promise<unknown> {
    return this.http.send("POST", `/mentions/${part(id)}/read`);
  }

  async callbacks(state: "open" | "done"): Promise<Callback[]> {
    return (await this.http.get<{ callbacks: Callback[] }>("/callbacks", { state })).callbacks;
  }

  takeCallback(id: string): Promise<unknown> {
    return this.http.send("POST", `/callbacks/${part(id)}/take`);
  }

  endCallback(id: string, reached: boolean, note: string): Promise<unknown> {
    return this.http.send("POST", `/callbacks/${part(id)}/done`, { reached, ...(note && { note }) });
  }

  // -- supervisors

  async ratings(low: boolean, reviewed: boolean): Promise<RatedChat[]> {
    return (await this.http.get<{ ratings: RatedChat[] }>("/ratings", { low: low ? 1 : 0, reviewed: reviewed ? 1 : 0 })).ratings;
  }

  review(conversationId: string, note: string): Promise<unknown> {
    return this.http.send("POST", `/ratings/${part(conversationId)}/review`, { note });
  }

  dashboard(): Promise<Dashboard> {
    return this.http.get("/dashboard");
  }
}

function part(id: string): string {
  return encodeURIComponent(id);
}

function chat(id: string, act?: string): string {
  return `/conversations/${part(id)}${act ? `/${act}` : ""}`;
}

export function attachmentUrl(conversationId: string, attachmentId: string): string {
  return `${BASE}${chat(conversationId)}/attachments/${part(attachmentId)}`;
}
