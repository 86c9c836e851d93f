/** Language data on the trainer's own copy: reading, editing, proposing, publishing. */
import type { Http } from "../http";
import type { Language } from "../types";
import type {
  ArticleData, ArticleLine, Copy, DiffFile, Edit, EntityLine, Conflict, Findings, IntentData, IntentLine, Mark, NewArticle, Policy, Proposal, Published, ResponseData,
  ResponseLine, Settled,
} from "./types";

export type PolicyDraft = Pick<Policy, "number" | "text" | "source" | "source_kind" | "effective_date" | "enabled">;

/** git works over whole files, and the gate reads all of them. */
const GIT_MS = 120_000;

export class DataApi {
  constructor(private readonly http: Http) {}

  // -- my copy

  copy(): Promise<Copy> {
    return this.http.get("/copy", {}, GIT_MS);
  }

  refresh(settled: readonly Settled[] = []): Promise<{ base: string; merged: boolean; conflicts: Conflict[] }> {
    return this.http.send("POST", "/copy/refresh", { settled }, GIT_MS);
  }

  async discard(path?: string): Promise<string[]> {
    return (await this.http.send<{ discarded: string[] }>("POST", "/copy/discard", path ? { path } : {}, GIT_MS)).discarded;
  }

  async diff(path?: string): Promise<DiffFile[]> {
    return (await this.http.get<{ files: DiffFile[] }>("/diff", { path }, GIT_MS)).files;
  }

  // -- proposals

  async proposals(): Promise<Proposal[]> {
    return (await this.http.get<{ proposals: Proposal[] }>("/proposals")).proposals;
  }

  propose(title: string, note: string): Promise<Proposal & { files: DiffFile[] }> {
    return this.http.send("POST", "/proposals", note ? { title, note } : { title }, GIT_MS);
  }

  async proposalDiff(id: string): Promise<DiffFile[]> {
    return (await this.http.get<{ files: DiffFile[] }>(`/proposals/${encodeURIComponent(id)}/diff`)).files;
  }

  approve(id: string): Promise<Proposal> {
    return this.http.send("POST", `/proposals/${encodeURIComponent(id)}/approve`);
  }

  takeBack(id: string): Promise<Proposal> {
    return this.http.send("POST", `/proposals/${encodeURIComponent(id)}/take-back`, {}, GIT_MS);
  }

  publish(id: string): Promise<Published> {
    return this.http.send("POST", `/proposals/${encodeURIComponent(id)}/publish`, {}, GIT_MS);
  }

  // -- intents

  async intents(q?: string, topic?: string): Promise<IntentLine[]> {
    return (await this.http.get<{ intents: IntentLine[] }>("/intents", { q, topic })).intents;
  }

  intent(name: string): Promise<IntentData> {
    return this.http.get(place(name));
  }

  async create(intent: string, topic: string, examples: Record<Language, string[]>): Promise<Edit[]> {
    return (await this.http.send<{ edits: Edit[] }>("POST", "/intents", { intent, topic, examples })).edits;
  }

  add(intent: string, language: Language, text: string, entities?: readonly Mark[]): Promise<Edit> {
    return this.http.send("POST", `${place(intent)}/examples`, { language, text, ...(entities?.length && { entities }) });
  }

  change(intent: string, language: Language, text: string, newText: string, entities?: readonly Mark[]): Promise<Edit> {
    return this.http.send("PUT", `${place(intent)}/examples`, { language, text, new_text: newText, ...(entities && { entities }) });
  }

  remove(intent: string, language: Language, text: string): Promise<{ path: string }> {
    return this.http.send("DELETE", `${place(intent)}/examples`, { language, text });
  }

  async move(intent: string, language: Language, texts: readonly string[], to: string): Promise<Edit[]> {
    return (await this.http.send<{ edits: Edit[] }>("POST", `${place(intent)}/move`, { language, texts, to })).edits;
  }

  findings(query: { intent?: string; limit?: number }): Promise<Findings> {
    return this.http.get("/findings", query, GIT_MS);
  }

  // -- responses, articles, entities

  async responses(): Promise<ResponseLine[]> {
    return (await this.http.get<{ responses: ResponseLine[] }>("/responses")).responses;
  }

  response(name: string): Promise<ResponseData> {
    return this.http.get(`/responses/${encodeURIComponent(name)}`);
  }

  changeResponse(name: string, id: string, text: string): Promise<ResponseData> {
    return this.http.send("PUT", `/responses/${encodeURIComponent(name)}`, { id, text });
  }

  async articles(): Promise<ArticleLine[]> {
    return (await this.http.get<{ articles: ArticleLine[] }>("/articles")).articles;
  }

  article(id: string): Promise<ArticleData> {
    return this.http.get(`/articles/${encodeURIComponent(id)}`);
  }

  addArticle(body: NewArticle): Promise<ArticleData> {
    return this.http.send("POST", "/articles", body);
  }

  changeArticle(id: string, body: Partial<Pick<ArticleData, "title" | "answer" | "review_date" | "owner">>): Promise<ArticleData> {
    return this.http.send("PUT", `/articles/${encodeURIComponent(id)}`, body);
  }

  async policies(): Promise<Policy[]> {
    return (await this.http.get<{ policies: Policy[] }>("/policies")).policies;
  }

  changePolicy({ region, id }: Policy, body: Partial<PolicyDraft>): Promise<Policy> {
    return this.http.send("PUT", `/policies/${encodeURIComponent(region)}/${encodeURIComponent(id)}`, body);
  }

  async entities(): Promise<EntityLine[]> {
    return (await this.http.get<{ entities: EntityLine[] }>("/entities")).entities;
  }

  /** Words by which a value is found. */
  addPattern(entity: string, pattern: string, id: string): Promise<unknown> {
    return this.http.send("POST", `/entities/${encodeURIComponent(entity)}/patterns`, { pattern, id });
  }

  removePattern(entity: string, pattern: string, id: string): Promise<unknown> {
    return this.http.send("DELETE", `/entities/${encodeURIComponent(entity)}/patterns`, { pattern, id });
  }
}

function place(intent: string): string {
  return `/intents/${encodeURIComponent(intent)}`;
}
