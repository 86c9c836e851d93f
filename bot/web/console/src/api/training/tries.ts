/** Trying a model: one sentence, or a whole chat against it; the contract is docs/training_api.md. */
import type { Http } from "../http";
import type { Language, Message, Owner } from "../types";

export interface TriedEntity {
  entity: string;
  value: unknown;
  start: number;
  end: number;
}

export interface Ranked {
  intent: string;
  confidence: number;
}

export interface Tried extends Ranked {
  model: string;
  ranking: Ranked[];
  entities: TriedEntity[];
  /** What a customer wants who wants several things at once; else empty. */
  wishes: { text: string; intent: string; confidence: number }[];
  /** Too unsure to answer: the customer would be asked. `ranking` says what it was nearest to. */
  refused: boolean;
  nearest: { text: string; intent: string; likeness: number }[];
  /** The sentence's words and how much each spoke for the intent; below nothing it spoke against. */
  tokens: { text: string; weight: number }[];
  /** What the serving model makes of it; null when it is the model asked. */
  serving: { model: string; intent: string; confidence: number; refused: boolean } | null;
}

export interface Understood extends Ranked {
  entities: TriedEntity[];
}

/** What was said, what was answered, and what was understood where the bot listened. */
export interface Answered {
  messages: Message[];
  state: { owner: Owner };
  understood: Understood | null;
}

export interface TriedChat {
  id: string;
  model: string;
  state: "starting" | "ready" | "failed";
  error: string | null;
  messages?: Message[];
}

export class TriesApi {
  constructor(private readonly http: Pick<Http, "get" | "send">) {}

  sentence(text: string, model: string | null): Promise<Tried> {
    return this.http.send<Tried>("POST", "/try", { text, ...(model && { model }) });
  }

  open(language: Language, model: string | null, customer: string | null): Promise<TriedChat> {
    return this.http.send<TriedChat>("POST", "/try/conversations", { language, ...(model && { model }), ...(customer && { customer }) });
  }

  read(id: string): Promise<TriedChat> {
    return this.http.get<TriedChat>(at(id));
  }

  say(id: string, words: { text: string } | { payload: string }): Promise<Answered> {
    return this.http.send("POST", `${at(id)}/messages`, words);
  }

  end(id: string): Promise<unknown> {
    return this.http.send("DELETE", at(id));
  }
}

function at(id: string): string {
  return `/try/conversations/${encodeURIComponent(id)}`;
}
