/** Sentences that are worth a look, and deciding on them. */
import type { Http } from "../http";
import type { Cause } from "./jobs";
import type { Decide, Decided, Group, KeptDecision, OpenGroup } from "./types";

/** All of it optional, so that a filter can be spread. */
export type InboxQuery = Partial<Record<"reason" | "intent" | "language" | "status" | "after" | "limit", string>>;

export class InboxApi {
  constructor(private readonly http: Http) {}

  groups(query: InboxQuery): Promise<{ groups: Group[]; next: string | null; total: number }> {
    return this.http.get("/inbox", query);
  }

  group(id: string): Promise<OpenGroup> {
    return this.http.get(`/inbox/${encodeURIComponent(id)}`);
  }

  decide(id: string, body: Decide): Promise<Decided> {
    return this.http.send("POST", `/inbox/${encodeURIComponent(id)}/decide`, body);
  }

  undo(decisionId: string): Promise<{ undone: boolean; left: Cause[] }> {
    return this.http.send("POST", `/inbox/decisions/${encodeURIComponent(decisionId)}/undo`);
  }

  async decisions(): Promise<KeptDecision[]> {
    return (await this.http.get<{ decisions: KeptDecision[] }>("/inbox/decisions")).decisions;
  }
}
