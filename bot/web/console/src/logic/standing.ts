/** Where I stand towards a chat; what I may do in it follows from that. */
import type { Owner, Participant } from "../api/types";

export type Standing =
  /** I own it. */
  | "owner"
  /** I speak beside the owner. */
  | "guest"
  /** The owner wants me in. */
  | "invited"
  /** I look on unseen. */
  | "watcher"
  /** Nobody owns it; who writes takes it. */
  | "free"
  /** A colleague owns it. */
  | "outside"
  | "closed";

interface Chat {
  state: { owner: Owner };
  agent_id: string | null;
  participants?: Participant[];
}

const MODES: Record<Participant["mode"], Standing> = { invited: "invited", joined: "guest", watching: "watcher" };

export function standing(chat: Chat, me: string | undefined): Standing {
  if (chat.state.owner === "closed") return "closed";
  if (chat.state.owner === "agent" && chat.agent_id === me) return "owner";
  const part = chat.participants?.find((other) => other.user_id === me);
  if (part) return MODES[part.mode];
  return chat.state.owner === "agent" ? "outside" : "free";
}

/** Whether what I write reaches the customer. */
export function speaks(where: Standing): boolean {
  return where === "owner" || where === "guest" || where === "free";
}
