/** The trainers' inbox: groups in order, the open one, decisions that can be taken back. */
import { computed, reactive } from "vue";
import type { InboxQuery } from "../../api/training/inbox";
import type { Cause } from "../../api/training/jobs";
import type { Decide, Decided, Group, KeptDecision, OpenGroup } from "../../api/training/types";
import { after, today } from "../../logic/training/inbox";
import type { Draft } from "../../logic/training/inbox";
import { training } from "./api";
import { bench } from "./bench";
import { names } from "./names";

const PAGE = "50";
/** Groups left below the chosen one when the next page is fetched. */
const SOON_OUT = 8;
const LATELY = 4;
const UNDO_MS = 12_000;

/** What the toast offers to take back. */
export interface Last {
  id: string;
  kind: Decide["decision"];
  intent: string | null;
  count: number;
  test: boolean;
}

class Inbox {
  readonly state = reactive({
    groups: null as Group[] | null,
    total: 0,
    next: null as string | null,
    filters: {} as InboxQuery,
    /** The group that is open, with its sentences. */
    open: null as OpenGroup | null,
    chosen: new Set<string>(),
    drafts: {} as Record<string, Draft>,
    asTest: false,
    /** A refusal of the last decision on the open group, in the service's words; what was left and why. */
    refusal: "",
    left: {} as Record<string, string>,
    last: null as Last | null,
    decisions: [] as KeptDecision[],
    lately: [] as string[],
  });
  readonly day = computed(() => today(this.state.decisions, new Date()));
  /** The decision that was sent last. */
  private writing: Promise<Decided> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** The group that was asked for last: an answer about another one comes too late. */
  private wanted: string | null = null;

  async read(): Promise<void> {
    const { filters } = this.state;
    const found = await training.inbox.groups({ ...filters, limit: PAGE });
    if (filters !== this.state.filters) return;
    Object.assign(this.state, { groups: found.groups, total: found.total, next: found.next });
    if (Object.keys(filters).length === 0) bench.state.waiting = found.total;
  }

  async more(): Promise<void> {
    const { next, filters } = this.state;
    if (!next) return;
    this.state.next = null;
    const found = await training.inbox.groups({ ...filters, limit: PAGE, after: next });
    if (filters !== this.state.filters) return;
    const known = new Set(this.state.groups?.map((group) => group.id));
    this.state.groups = [...(this.state.groups ?? []), ...found.groups.filter((group) => !known.has(group.id))];
    this.state.next = found.next;
  }

  filter(filters: InboxQuery): Promise<void> {
    this.state.filters = Object.fromEntries(Object.entries(filters).filter(([, value]) => value));
    this.state.groups = null;
    return this.read();
  }

  async readDecisions(): Promise<void> {
    this.state.decisions = await training.inbox.decisions();
  }

  async show(id: string | null): Promise<void> {
    this.wanted = id;
    if (this.state.open?.id === id) return;
    Object.assign(this.state, { open: null, refusal: "", left: {} });
    if (!id) return;
    const found = await training.inbox.group(id);
    if (this.wanted === id) this.settle(found);
  }

  /** The group beside the open one. */
  beside(by: 1 | -1): Group | undefined {
    const groups = this.state.groups ?? [];
    const at = groups.findIndex((group) => group.id === this.state.open?.id);
    if (groups.length - at < SOON_OUT) void this.more().catch(() => undefined);
    return at < 0 ? groups[0] : groups[Math.min(Math.max(at + by, 0), groups.length - 1)];
  }

  /** What will be open once the open group is gone. */
  following(): Group | undefined {
    const groups = this.state.groups ?? [];
    const at = groups.findIndex((group) => group.id === this.state.open?.id);
    return at < 0 ? groups[0] : after(groups, at);
  }

  /**
   * Decide on a group that has left the screen already; it comes back, with what was prepared, when the service refuses.
   *
   * Returns what the service did; null when there was nothing to decide on.
   */
  decide(group: OpenGroup, body: Decide): Promise<Decided> {
    const done = this.write(group, body);
    this.writing = done;
    return done;
  }

  private async write(group: OpenGroup, body: Decide): Promise<Decided> {
    const at = this.state.groups?.findIndex((item) => item.id === group.id) ?? -1;
    const all = body.sentences === undefined;
    if (all) this.take(group.id);
    try {
      const done = await training.inbox.decide(group.id, body);
      this.after(group, body, done);
      return done;
    } catch (error) {
      if (all) this.putBack(group, at);
      throw error;
    }
  }

  /**
   * Take the last decision back, or a given one; one that the service is writing is waited for.
   *
   * Returns what could not be taken out, and why; null when there is nothing to take back.
   */
  async undo(given?: string): Promise<Cause[] | null> {
    if (!given) await this.writing?.catch(() => undefined);
    const id = given ?? this.state.last?.id;
    if (!id) return null;
    this.forgetLast();
    const { left } = await training.inbox.undo(id);
    bench.edit();
    names.load(true).catch(() => undefined);
    await Promise.all([this.read(), this.readDecisions()]);
    return left;
  }

  forgetLast(): void {
    clearTimeout(this.timer);
    this.state.last = null;
  }

  private after(group: OpenGroup, body: Decide, done: Decided): void {
    const intent = body.intent ?? (body.decision === "accept" ? (group.suggested ?? group.intent) : null);
    if (intent && body.decision !== "accept") this.state.lately = [intent, ...this.state.lately.filter((item) => item !== intent)].slice(0, LATELY);
    this.state.last = { id: done.decision_id, kind: body.decision, intent, count: done.decided, test: body.keep_as_test === true };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.state.last = null), UNDO_MS);
    for (const edit of done.edits) names.forget(edit.intent);
    if (body.decision === "new_intent") void names.load(true).catch(() => undefined);
    bench.edit();
    void this.readDecisions().catch(() => undefined);
  }

  private take(id: string): void {
    const { groups } = this.state;
    if (!groups?.some((group) => group.id === id)) return;
    this.state.groups = groups.filter((group) => group.id !== id);
    this.state.total -= 1;
    if (bench.state.waiting) bench.state.waiting -= 1;
  }

  private putBack(group: Group, at: number): void {
    if (at < 0 || this.state.groups?.some((item) => item.id === group.id)) return;
    this.state.groups?.splice(at, 0, group);
    this.state.total += 1;
    if (bench.state.waiting !== null) bench.state.waiting += 1;
  }

  /** Open a group that was read; what was prepared for its sentences stays. */
  settle(group: OpenGroup): void {
    this.wanted = group.id;
    Object.assign(this.state, { open: group, chosen: new Set(group.sentences.map((one) => one.id)) });
    for (const { id } of group.sentences) this.state.drafts[id] ??= {};
  }
}

export const inbox = new Inbox();
