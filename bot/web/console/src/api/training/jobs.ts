/** Jobs of the workbench and the reports they leave; the contract is docs/training_api.md. */
import type { Http } from "../http";
import type { Language } from "../types";

export type JobKind = "train" | "evaluate" | "conversations" | "findings" | "gate";
export type JobState = "queued" | "running" | "done" | "failed" | "cancelled";
export type JobStep = "waiting" | "copying" | "training" | "measuring" | "conversations" | "promoting" | "evaluating" | "comparing";

/** Why something is so, by name and with what it names; `training.causes` has the words. */
export interface Cause {
  case: string;
  values: Record<string, string | number>;
}

/** Why something may not serve, and what to do about it; in English too, for cases that have no words here. */
export interface Refusal extends Cause {
  rule: string;
  why: string;
  todo: string;
}

export interface GateVerdict {
  passed: boolean;
  refusals: Refusal[];
  at?: string | null;
}

/** A turn of a conversation test that did not go as written. */
export interface TestFailure {
  path: string;
  name: string;
  turn: number | null;
  said: string | null;
  wanted: string;
  got: string;
  /** The two by name, with what they name; runs of earlier versions have none. */
  case?: string;
  values?: Cause["values"];
}

/** What a finished job left; which fields there are depends on its kind. */
export interface JobResult {
  file?: string;
  gate?: GateVerdict | null;
  promoted?: boolean;
  report?: string;
  passed?: number;
  failed?: TestFailure[];
  total?: number;
}

export interface Job {
  id: string;
  kind: JobKind;
  state: JobState;
  step: JobStep | null;
  /** 0 to 1. */
  progress: number;
  asked_at: string;
  started_at: string | null;
  ended_at: string | null;
  by: string;
  about: { proposal: string | null; model: string | null; promote: boolean; commit: string | null };
  result: JobResult | null;
  /** A sentence: what went wrong; by name too. */
  error: string | null;
  cause: Cause | null;
}

export interface NewJob {
  kind: JobKind;
  proposal?: string;
  model?: string;
  promote?: boolean;
}

export interface ReportLine {
  id: string;
  at: string;
  by: string;
  commit: string | null;
  sentences: number;
  accuracy: Partial<Record<Language, number>>;
}

/** Shares are 0 to 1. */
export interface LanguageFigures {
  sentences: number;
  accuracy: number;
  answered: number;
  refused: number;
  outside_caught: number | null;
  calibration_error: number | null;
}

export interface IntentFigures {
  intent: string;
  language: Language;
  support: number;
  precision: number;
  recall: number;
  f1: number;
  confused_with: { intent: string; count: number }[];
}

export interface CalibrationBin {
  confidence: number;
  accuracy: number;
  count: number;
}

export interface ThresholdPoint {
  threshold: number;
  answered: number;
  wrong: number;
  outside_caught: number | null;
}

export interface FailingSentence {
  text: string;
  language: Language;
  intent: string;
  got: string;
  confidence: number;
  path: string | null;
  line: number | null;
}

export interface Confusion {
  intent: string;
  got: string;
  count: number;
}

/** A set of test sentences, and the share that the serving model understood. */
export interface FixedSet {
  set: string;
  language: Language;
  sentences: number;
  accuracy: number | null;
  refused: number | null;
}

export interface Report extends Omit<ReportLine, "accuracy"> {
  fixed?: { model: string; sets: FixedSet[] } | null;
  languages: Partial<Record<Language, LanguageFigures>>;
  intents: IntentFigures[];
  calibration: CalibrationBin[];
  thresholds: ThresholdPoint[];
  failing: FailingSentence[];
  confusions: Confusion[];
}

export class JobsApi {
  constructor(private readonly http: Pick<Http, "get" | "send">) {}

  start(job: NewJob): Promise<Job> {
    return this.http.send<Job>("POST", "/jobs", job);
  }

  async list(): Promise<Job[]> {
    return (await this.http.get<{ jobs: Job[] }>("/jobs")).jobs;
  }

  read(id: string): Promise<Job> {
    return this.http.get<Job>(`/jobs/${encodeURIComponent(id)}`);
  }

  log(id: string, from: number): Promise<{ lines: string[]; next: number }> {
    return this.http.get(`/jobs/${encodeURIComponent(id)}/log`, { from });
  }

  cancel(id: string): Promise<Job> {
    return this.http.send<Job>("POST", `/jobs/${encodeURIComponent(id)}/cancel`);
  }

  async reports(): Promise<ReportLine[]> {
    return (await this.http.get<{ reports: ReportLine[] }>("/reports")).reports;
  }

  report(id: string): Promise<Report> {
    return this.http.get<Report>(`/reports/${encodeURIComponent(id)}`);
  }
}
