/** What the trainers' calls answer (docs/training_api.md). */
import type { Language } from "../types";
import type { Cause, GateVerdict, Job } from "./jobs";

export type Reason = "other_intent" | "corrected" | "handed_over" | "thumbs_down" | "refused" | "near_tie" | "low_confidence";
export type DecisionKind = "accept" | "other_intent" | "new_intent" | "out_of_scope" | "delete";
export type Counts = Partial<Record<Language, number>>;

export interface Mark {
  entity: string;
  start: number;
  end: number;
  value?: string;
  role?: string;
}

export interface Edit {
  path: string;
  line: number;
  intent: string;
  text: string;
}

export interface Group {
  id: string;
  status: "open" | "decided";
  size: number;
  /** What a decision on it would teach; bigger teaches more. */
  weight: number;
  text: string;
  languages: Counts;
  reasons: Partial<Record<Reason, number>>;
  intent: string | null;
  confidence: number;
  suggested: string | null;
  first_at: string;
  last_at: string;
}

export interface Sentence {
  id: string;
  text: string;
  language: Language;
  reasons: Reason[];
  intent: string | null;
  confidence: number;
  second: string | null;
  suggested: string | null;
  at: string;
  conversation_id: string;
  seq: number;
  model: string;
}

export interface OpenGroup extends Group {
  sentences: Sentence[];
}

export interface Decide {
  decision: DecisionKind;
  intent?: string;
  topic?: string;
  sentences?: string[];
  marks?: Record<string, Mark[]>;
  texts?: Record<string, string>;
  keep_as_test?: boolean;
}

export interface Decided {
  decision_id: string;
  decided: number;
  edits: Edit[];
  skipped: { id: string; why: Cause }[];
}

export interface KeptDecision {
  decision_id: string;
  at: string;
  decision: DecisionKind;
  group: string;
  decided: number;
  edits: Edit[];
  undone: boolean;
}

export interface IntentLine {
  intent: string;
  topic: string;
  examples: Record<Language, number>;
  findings?: number;
  waiting?: number;
}

export interface Example {
  line: number;
  /** As the file has it, marks in brackets. */
  text: string;
  plain: string;
  entities: Mark[];
}

export interface IntentData {
  intent: string;
  topic: string;
  examples: Record<Language, Example[]>;
  files: Partial<Record<Language, string | null>>;
}

export interface ResponseLine {
  name: string;
  topic: string;
  variables: string[];
  variations: Record<Language, number>;
}

export interface Variation {
  id: string;
  language: Language;
  text: string;
  buttons: { title: string; payload?: string }[];
}

export interface ResponseData {
  name: string;
  path: string;
  variations: Variation[];
}

export interface ArticleLine {
  id: string;
  title: { zh: string; en: string };
  owner: string;
  review_date: string;
  due: boolean;
}

export interface ArticleData extends ArticleLine {
  answer: { zh: string; en: string };
  path: string;
}

/** An article that there was not, with the questions that ask for it and the topic whose files they go to. */
export interface NewArticle {
  id: string;
  title: Record<Language, string>;
  answer: Record<Language, string>;
  owner: string;
  source: string;
  review_date: string;
  topic: string;
  questions: Record<Language, string[]>;
}

export const UNITS = [
  "second", "minute", "hour", "day", "working_day", "service_day", "week", "month", "year", "hour_of_day", "percent", "percent_per_day", "cny", "cny_per_day",
  "gbp", "gbp_per_day", "digit", "attempt", "document", "step", "window", "condition",
] as const;
export type PolicyUnit = (typeof UNITS)[number];
export const SOURCE_KINDS = ["official", "secondary", "operator", "memory"] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** What binds the operator; `text` has {number} where its value is said. */
export interface Policy {
  id: string;
  region: "CN" | "GB" | "US" | "AU" | "operator";
  topic: string;
  number: number;
  /** `condition` is a rule without a number. */
  unit: PolicyUnit;
  text: { zh: string; en: string };
  source: string;
  source_kind: SourceKind;
  effective_date: string | null;
  /** Whether customers may be told. */
  enabled: boolean;
  path: string;
}

export interface EntityLine {
  entity: string;
  /** Where its patterns are; null where nothing is found by patterns. */
  path: string | null;
  /** As `data/entities/*.jsonl` has them; a pattern is words, or one condition for each token. */
  patterns: { pattern: string | Record<string, unknown>[]; id?: string | null }[];
  /** Value → words that stand for it. */
  synonyms: Record<string, string[]>;
}

export type FindingKind = "contradiction" | "near_duplicate" | "duplicate" | "too_few" | "unbalanced" | "odd" | "misspelt";

export interface Finding {
  kind: FindingKind;
  intent: string;
  other_intent: string | null;
  language: Language | null;
  path: string | null;
  line: number | null;
  text: string | null;
  other: { path: string; line: number; text: string } | null;
  likeness: number | null;
  /** Of a misspelt one: what stands there, in small letters, and what is usual. */
  word: string | null;
  right: string | null;
  advice: string;
}

export interface Findings {
  /** At most as many of each kind as were asked for. */
  findings: Finding[];
  /** How many of each kind there are. */
  counts: Partial<Record<FindingKind, number>>;
  total: number;
  /** When a job last looked for what does not show at once. */
  as_of: string | null;
}

export interface DiffLine {
  kind: "same" | "added" | "removed";
  old: number | null;
  new: number | null;
  text: string;
}

export interface DiffFile {
  path: string;
  added: number;
  removed: number;
  hunks: { header: string; lines: DiffLine[] }[];
}

export interface Proposal {
  id: string;
  branch: string;
  title: string;
  author: string;
  at: string;
  commit: string;
  /** Taken back: what it proposes is edited again in its author's copy. */
  state: "open" | "published" | "taken_back";
  /** User names of those who have read it as it is now. */
  approved_by: string[];
  /** Ids of open proposals that it builds on; they are published with it. */
  holds: string[];
}

export interface ChangedFile {
  path: string;
  status: "modified" | "added" | "deleted";
  added: number;
  removed: number;
}

export interface Copy {
  available: boolean;
  missing: string | null;
  cause: Cause | null;
  branch: string | null;
  base: string | null;
  behind: number;
  changed: ChangedFile[];
  proposals: Proposal[];
}

export interface Conflict {
  path: string;
  line: number;
  intent: string | null;
  mine: string[];
  theirs: string[];
  message: string;
}

/** Which side of a conflict stays. */
export interface Settled {
  path: string;
  mine: string[];
  theirs: string[];
  keep: "mine" | "theirs";
}

export interface Published {
  published: string | null;
  conflicts: Conflict[];
  gate: GateVerdict;
  /** Trains what is published now, and lets it serve when it passes. */
  job: Job | null;
}
