/** The registry of models: what serves, what may, and what the canary says; the contract is docs/training_api.md. */
import type { Http } from "../http";
import type { Language } from "../types";
import type { GateVerdict, Job } from "./jobs";

export type ModelState = "serving" | "candidate" | "previous" | "retired";

export interface Tally {
  right: number;
  total: number;
}

export interface Scores extends Tally {
  accuracy: Partial<Record<Language, number>>;
  protected: Record<string, Tally>;
  conversations: { passed: number; total: number } | null;
}

export interface Model {
  file: string;
  trained_at: string;
  /** How long the training took, seconds. */
  seconds: number;
  commit: string | null;
  config: string | null;
  by: string | null;
  scores: Scores | null;
  size_bytes: number;
  /** Median time of one sentence, ms. */
  ms: number | null;
  state: ModelState;
  gate: GateVerdict | null;
  /** False: the file is cut short, changed or not signed. */
  trusted: boolean;
}

export interface Arm {
  conversations: number;
  refused: number;
  handed_over: number;
}

export interface Canary {
  file: string;
  /** Of new conversations, 0 to 1. */
  share: number;
  since: string;
  by: string;
  figures: { canary: Arm; serving: Arm };
  verdict: "watching" | "worse" | "no_worse";
  p_value: number | null;
  /** When it went back by itself. */
  returned_at: string | null;
}

export interface Registry {
  models: Model[];
  serving: string | null;
  canary: Canary | null;
}

export interface ComparedCase {
  text: string;
  language: Language;
  group: string;
  wanted: string;
  a: string;
  b: string;
}

export interface Comparison {
  a: string;
  b: string;
  mended: ComparedCase[];
  broken: ComparedCase[];
  same_wrong: number;
  accuracy: { a: number; b: number };
}

export interface Changed {
  serving: string;
  before: string | null;
}

export class ModelsApi {
  constructor(private readonly http: Pick<Http, "get" | "send">) {}

  list(): Promise<Registry> {
    return this.http.get<Registry>("/models");
  }

  gate(file: string): Promise<Job> {
    return this.http.send<Job>("POST", `${at(file)}/gate`);
  }

  promote(file: string): Promise<Changed> {
    return this.http.send<Changed>("POST", `${at(file)}/promote`);
  }

  rollBack(): Promise<Changed> {
    return this.http.send<Changed>("POST", "/models/rollback");
  }

  startCanary(file: string, share: number): Promise<Canary> {
    return this.http.send<Canary>("POST", `${at(file)}/canary`, { share });
  }

  endCanary(): Promise<unknown> {
    return this.http.send("DELETE", "/models/canary");
  }

  compare(a: string, b: string): Promise<Comparison> {
    return this.http.get<Comparison>("/models/compare", { a, b });
  }
}

function at(file: string): string {
  return `/models/${encodeURIComponent(file)}`;
}
