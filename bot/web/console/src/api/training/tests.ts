/** Conversations as tests, and what to teach next; the contract is docs/training_api.md. */
import type { Http } from "../http";
import type { Language } from "../types";
import type { Cause, TestFailure } from "./jobs";

export interface TestLine {
  path: string;
  name: string;
  language: Language | null;
  turns: number;
  line: number | null;
  /** What the demo's customer who is signed in is good for. */
  customer?: string | null;
}

export interface TestRun {
  at: string;
  model: string;
  passed: number;
  failed: TestFailure[];
}

/** An answer of the bot: one of its responses in any wording, texts that it contains, or a pattern. */
export interface WantedReply {
  response?: string;
  contains?: string[];
  matches?: string;
}

export interface Turn {
  customer?: string;
  /** The button pressed, by its label or its place from 1. */
  press?: string | number;
  replies?: WantedReply[];
  not_contains?: string[];
  /** The slot that the bot must then ask for. */
  expects?: string | null;
  slots?: Record<string, unknown>;
  owner?: string;
  data?: unknown;
}

export interface TestBody {
  topic: string;
  name: string;
  language?: Language | null;
  /** Who is signed in, and whose facts stand in braces: what somebody of the demo is good for. */
  customer?: string | null;
  facts_of?: string | null;
  turns: Turn[];
}

export interface TestDraft extends TestBody {
  yaml: string;
  /** Turns, from 1, whose words hold asterisks: they need others. */
  masked: number[];
  /** Why it ends before the conversation does. */
  cut: string | null;
  cut_cause: Cause | null;
}

export interface TeachItem {
  intent: string;
  conversations: number;
  /** Of all in this list, 0 to 1. */
  share: number;
  examples: { conversation_id: string; seq: number; text: string }[];
  why: Cause[];
}

export interface NewTopic {
  name: string;
  size: number;
  languages: Partial<Record<Language, number>>;
  examples: string[];
  group_ids: (string | number)[];
}

export interface WeakArticle {
  id: string;
  title: string;
  shown: number;
  not_helped: number;
  handed_over: number;
}

export interface Week {
  week: { from: string; to: string };
  handed_over: TeachItem[];
  came_back: TeachItem[];
  new_topics: NewTopic[];
  articles: WeakArticle[];
}

export class TestsApi {
  constructor(private readonly http: Pick<Http, "get" | "send">) {}

  list(): Promise<{ tests: TestLine[]; last: TestRun | null }> {
    return this.http.get("/tests/conversations");
  }

  draft(conversationId: string, uptoSeq: number | null): Promise<TestDraft> {
    return this.http.send("POST", "/tests/conversations/draft", { conversation_id: conversationId, ...(uptoSeq && { upto_seq: uptoSeq }) });
  }

  save(test: TestBody): Promise<{ path: string; name: string; line: number }> {
    return this.http.send("POST", "/tests/conversations", test);
  }

  remove(path: string, name: string): Promise<unknown> {
    return this.http.send("DELETE", "/tests/conversations", { path, name });
  }

  /** What the last seven days would teach. */
  week(): Promise<Week> {
    return this.http.get<Week>("/teach");
  }
}
