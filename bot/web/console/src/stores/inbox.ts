/** The list of chats: which view, which filters, and the rows that the service gave. */
import { computed, reactive } from "vue";
import type { ListQuery, Message, QueueItem, Row, Scope, Sort, Viewer } from "../api/types";
import { byWait, filtered, fromRow, queueRows } from "../logic/rows";
import type { Filters, ListRow } from "../logic/rows";
import { api } from "./api";
import { session } from "./session";

export const VIEWS = ["mine", "queue", "group", "open", "mentions", "watched", "closed", "low_ratings"] as const;
export type View = (typeof VIEWS)[number];

const SCOPES: Record<View, Scope> = {
  mine: "mine", queue: "queued", group: "group", open: "open", mentions: "mentions", watched: "watched", closed: "closed",
  low_ratings: "low_ratings",
};
const PAGE = 100;
const SOON_MS = 150;
const SPREAD_MS = 700;
const ASIDE_MS = 4_000;
const SEARCH_MS = 250;

class Inbox {
  readonly state = reactive({
    view: "queue" as View,
    filters: {} as Filters,
    sort: null as Sort | null,
    q: "",
    /** Whether the search looks beyond this view. */
    everywhere: false,
    /** Rows of the view, but for the queue, which has its own order. */
    rows: [] as Row[],
    next: null as string | null,
    total: null as number | null,
    mine: [] as Row[],
    queue: [] as QueueItem[],
    onDuty: 0,
    loaded: false,
    loadingMore: false,
    failed: false,
  });

  readonly mineIds = computed(() => this.state.mine.map((row) => row.conversation_id));
  readonly queueIds = computed(() => new Set(this.state.queue.map((item) => item.conversation_id)));
  readonly list = computed<ListRow[]>(() => {
    const { view, q, queue, rows, filters, sort } = this.state;
    if (view === "queue" && !q) return filtered(queueRows(queue, rows), filters);
    // my own are few and all here: whom I have left waiting stands on top, at once
    return view === "mine" && !q && !sort ? byWait(rows.map(fromRow)) : rows.map(fromRow);
  });
  readonly filterCount = computed(() => Object.values(this.state.filters).filter(Boolean).length);

  private soon: ReturnType<typeof setTimeout> | undefined;
  /** When the list is read again, Unix time in ms. */
  private due = Infinity;
  private typed: ReturnType<typeof setTimeout> | undefined;
  /** Raised when the question changes, so that a late answer to an older one is dropped. */
  private asked = 0;
  /** Rounds of asking, and the newest whose answer is shown: answers overtake each other. */
  private rounds = 0;
  private shown = 0;
  /** Newest messages by chat; an answer may have been made before they came. */
  private readonly heard = new Map<string, Message>();

  show(view: View): void {
    if (this.state.view === view) return;
    Object.assign(this.state, { view, q: "", everywhere: false, sort: null });
    this.changed();
  }

  filter(filters: Filters): void {
    this.state.filters = filters;
    this.changed();
  }

  order(sort: Sort | null): void {
    this.state.sort = sort;
    this.changed();
  }

  search(q: string): void {
    this.state.q = q;
    clearTimeout(this.typed);
    this.typed = setTimeout(() => this.changed(), SEARCH_MS);
  }

  /** Looks for the same words here, or in every chat there is. */
  widen(everywhere: boolean): void {
    this.state.everywhere = everywhere;
    this.changed();
  }

  /** Reads the list again within this time, in ms, however much is heard meanwhile. */
  refreshSoon(withinMs = SOON_MS): void {
    const due = Date.now() + withinMs;
    if (due >= this.due) return;
    clearTimeout(this.soon);
    this.due = due;
    this.soon = setTimeout(() => {
      this.due = Infinity;
      void this.refresh();
    }, withinMs);
  }

  /** The queue has moved. Everybody hears that at once: they read it one after the other, soon who looks at it. */
  queueMoved(): void {
    this.refreshSoon(SOON_MS + Math.random() * (this.state.view === "queue" ? SPREAD_MS : ASIDE_MS));
  }

  async refresh(): Promise<void> {
    const asked = this.asked;
    const round = ++this.rounds;
    try {
      const own = this.state.view === "mine" && !this.state.q && this.filterCount.value === 0 && !this.state.sort;
      const [queue, mine, found] = await Promise.all([
        api.queue(), api.list({ scope: "mine" }), own ? null : api.list(this.question()),
      ]);
      if (asked !== this.asked || round < this.shown) return;
      this.shown = round;
      const answer = found ?? mine;
      this.state.queue = queue.waiting;
      this.state.onDuty = queue.on_duty;
      this.state.mine = mine.conversations;
      this.put(answer.conversations, answer.next ?? null);
      for (const [id, message] of this.heard) this.newest(id, message);
      Object.assign(this.state, { total: answer.total ?? null, loaded: true, failed: false });
    } catch {
      // the next round tries again
      if (asked === this.asked) this.state.failed = true;
    }
  }

  /** The next page, when there is one. */
  async more(): Promise<void> {
    const { next, loadingMore } = this.state;
    if (!next || loadingMore) return;
    const asked = this.asked;
    this.state.loadingMore = true;
    try {
      const answer = await api.list({ ...this.question(), after: next });
      if (asked !== this.asked) return;
      const known = new Set(this.state.rows.map((row) => row.conversation_id));
      this.state.rows.push(...answer.conversations.filter((row) => !known.has(row.conversation_id)));
      this.state.next = answer.next ?? null;
    } catch {
      // scrolling again asks again
    } finally {
      this.state.loadingMore = false;
    }
  }

  /** A message that was heard moves no row, but the row shows it at once. */
  newest(id: string, message: Message): void {
    this.heard.set(id, message);
    for (const row of [...this.state.mine, ...this.state.rows]) {
      if (row.conversation_id !== id || message.seq <= (row.last_message?.seq ?? 0)) continue;
      row.last_message = message;
      row.updated_at = message.at;
      if (message.author.kind === "agent") row.unanswered_since = null;
      else if (message.author.kind === "customer") {
        row.unanswered_since ??= message.at;
        if (row.unread !== undefined) row.unread += 1;
      }
    }
  }

  read(id: string): void {
    for (const row of [...this.state.mine, ...this.state.rows]) if (row.conversation_id === id && row.unread) row.unread = 0;
  }

  viewers(id: string, viewers: Viewer[]): void {
    for (const row of [...this.state.mine, ...this.state.rows]) if (row.conversation_id === id) row.viewers = viewers;
  }

  clear(): void {
    this.asked += 1;
    this.heard.clear();
    Object.assign(this.state, {
      rows: [], next: null, total: null, mine: [], queue: [], loaded: false, failed: false, q: "", everywhere: false, filters: {}, view: "queue", sort: null,
    });
  }

  /** Rows of the first page are new; what was loaded below them stays until it is asked for again. */
  private put(first: Row[], next: string | null): void {
    if (this.state.rows.length <= first.length || !next) {
      this.state.rows = first;
      this.state.next = next;
      return;
    }
    const news = new Set(first.map((row) => row.conversation_id));
    this.state.rows = [...first, ...this.state.rows.slice(first.length).filter((row) => !news.has(row.conversation_id))];
  }

  private changed(): void {
    this.asked += 1;
    Object.assign(this.state, { rows: [], next: null, total: null, loaded: false, failed: false });
    if (session.state.phase === "in") void this.refresh();
  }

  private question(): ListQuery {
    const { view, filters, q, everywhere, sort } = this.state;
    return { scope: q.trim() && everywhere ? "all" : SCOPES[view], ...filters, limit: PAGE, ...(q.trim() && { q: q.trim() }), ...(sort && { sort }) };
  }
}

export const inbox = new Inbox();
