/** What every part speaks of. */

export type Language = "zh" | "en";
export type AuthorKind = "customer" | "bot" | "agent" | "system";
export type Owner = "bot" | "queued" | "agent" | "closed";
export type Presence = "available" | "away" | "offline";
export type PresenceReason = "no_answer" | "connection_lost" | null;
export type Scope = "mine" | "queued" | "group" | "open" | "closed" | "all" | "mentions" | "low_ratings" | "watched";
export type Sort = "waiting" | "newest" | "oldest";
export type DraftKind = "reply" | "note";

/** The same words in both languages. */
export interface Words {
  zh: string;
  en: string;
}
