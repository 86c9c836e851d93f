/** Calls of the desk's tickets. Every change answers with the whole case. */
import type { Http } from "./http";
import type { NewTicket, TicketCase, TicketSummary, TicketTables, VisitSlot } from "./ticket_types";

const OF_COMPLAINTS = ["acknowledge", "findings", "callbacks"];

export interface TicketQuery {
  view: string;
  sort?: string;
  q?: string;
  offset?: number;
  limit?: number;
  customer_id?: string;
}

export class TicketApi {
  constructor(private readonly http: Http) {}

  tables(): Promise<TicketTables> {
    return this.http.get("/tickets/tables");
  }

  async counts(): Promise<Record<string, number>> {
    return (await this.http.get<{ counts: Record<string, number> }>("/tickets/counts")).counts;
  }

  list(query: TicketQuery): Promise<{ tickets: TicketSummary[]; total: number }> {
    return this.http.get("/tickets", { ...query });
  }

  show(id: string): Promise<TicketCase> {
    return this.http.get(`/tickets/${encodeURIComponent(id)}`);
  }

  open(ticket: NewTicket): Promise<TicketCase> {
    return this.http.send("POST", "/tickets", ticket);
  }

  /** One of the acts that the case names, such as `resolve`; those of complaints stand at an address of their own. */
  act(id: string, act: string, body: Record<string, unknown>): Promise<TicketCase> {
    const at = OF_COMPLAINTS.includes(act) ? "complaints" : "tickets";
    return this.http.send("POST", `/${at}/${encodeURIComponent(id)}/${act}`, body);
  }

  async slots(id: string, query: { limit?: number; from?: string } = {}): Promise<VisitSlot[]> {
    return (await this.http.get<{ slots: VisitSlot[] }>(`/tickets/${encodeURIComponent(id)}/slots`, query)).slots;
  }

  moveVisit(id: string, visitId: string, windowId: string, version?: number): Promise<TicketCase> {
    return this.act(id, `visits/${encodeURIComponent(visitId)}/move`, { window_id: windowId, ...(version && { visit_version: version }) });
  }

  cancelVisit(id: string, visitId: string, version?: number): Promise<TicketCase> {
    return this.act(id, `visits/${encodeURIComponent(visitId)}/cancel`, version ? { visit_version: version } : {});
  }
}
