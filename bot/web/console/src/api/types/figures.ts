/** The supervisors' figures. */
import type { Colleague, Group } from "./people";

export interface Took {
  count: number;
  mean_s: number | null;
  p50_s: number | null;
  p95_s: number | null;
}

/** Of chats that ended seven to fourteen days ago: `alone` is without a hand-over, lasting is without coming back in seven days. */
export interface Lasting {
  chats: number;
  alone: number;
  alone_share: number | null;
  alone_known: number;
  alone_lasting: number | null;
  closed_known: number;
  first_contact: number | null;
}

export interface Figures {
  offers: { made: number; accepted: number; declined: number; no_answer: number; withdrawn: number; p50_ms: number | null; p95_ms: number | null };
  /** How far the promised waits were off. */
  eta: { error_p50_s: number | null; inside_share: number | null; samples: number };
  answered: { count: number; first_response_p50_s: number | null; p95_s: number | null; within_promise: number | null };
  asked: number;
  abandoned: number;
  called_back: number;
  tickets_left: number;
  /** From asking for a person to the first who took the chat; from there to the end. */
  wait: Took;
  handling: Took;
  /** Hand-overs by why a person was wanted, most first. */
  by_reason: Record<string, number>;
  ratings: Partial<Record<"bot" | "agent", { count: number; mean: number; content: number }>>;
}

/** The figures are today's; `week` has those of the last seven days. */
export interface Dashboard extends Figures {
  queue: { waiting: number; oldest_s: number; by_group: Group[] };
  agents: { by_status: Partial<Record<Colleague["status"], number>>; load: number };
  invariants: {
    ownerless: number;
    unanswered: number;
    last_check_at: string | null;
    acts: { at: string; what: string; conversation_id: string | null }[];
  };
  week: Figures;
  lasting: Lasting;
}
