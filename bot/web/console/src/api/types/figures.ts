/** The supervisors' figures. */
import type { Colleague, Group } from "./people";

export interface Figures {
  offers: { made: number; accepted: number; declined: number; no_answer: number; withdrawn: number; p50_ms: number | null; p95_ms: number | null };
  /** How far the promised waits were off. */
  eta: { error_p50_s: number | null; inside_share: number | null; samples: number };
  answered: { count: number; first_response_p50_s: number | null; p95_s: number | null; within_promise: number | null };
  asked: number;
  abandoned: number;
  called_back: number;
  tickets_left: number;
  ratings: Partial<Record<"bot" | "agent", { count: number; mean: number }>>;
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
}
