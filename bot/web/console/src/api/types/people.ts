/** Who is at the desk. */
import type { Language, Presence, PresenceReason, Words } from "./words";

export interface User {
  id: string;
  username: string;
  name: Words;
  roles: string[];
  languages: Language[];
  capacity: number;
  groups: string[];
  products: string[];
  classes: string[];
}

export interface Settings {
  sound?: boolean;
  notifications?: boolean;
  theme?: "system" | "light" | "dark";
  language?: Language;
  density?: "comfortable" | "compact";
}

export interface Me {
  user: User;
  csrf_token: string;
  presence: Presence;
  presence_reason: PresenceReason;
  timezone: string;
  groups: string[];
  /** The language is null until somebody has chosen one. */
  settings: Omit<Settings, "language"> & { language?: Language | null };
  /** How many consoles of this person are open. */
  sessions: number;
}

export interface Group {
  id: string;
  name: Words;
  open: boolean;
  opens_at: string | null;
  closes_at: string | null;
  waiting: number;
  on_duty: number;
  free_capacity: number;
  oldest_wait_s: number | null;
  eta_s: [number, number] | null;
  full: boolean;
}

export interface Colleague {
  id: string;
  name: Words;
  username: string;
  roles: string[];
  groups: string[];
  languages: Language[];
  products: string[];
  classes: string[];
  wish: Presence;
  alive: boolean;
  status: Presence | "not_responding";
  reason: PresenceReason;
  status_since: string | null;
  load: number;
  capacity: number;
}

export interface Viewer {
  user_id: string;
  name: Words;
  drafting: boolean;
}

export interface Participant {
  user_id: string;
  name: Words;
  mode: "invited" | "watching" | "joined";
}
