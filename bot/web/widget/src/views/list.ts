/** The conversation: rows in order, the typing dots, the quick replies, and where the customer has scrolled to. */
import type { Author, ButtonOption } from "../contracts";
import { dayKey, localWall, nearDay } from "../format";
import { place } from "../thread";
import type { Ui } from "./context";
import { h, hidden, icon } from "./dom";
import { avatar, MessageRow, signature } from "./message";
import type { Item, ItemActions } from "./message";

const NEAR_END_PX = 48;
const LONG_LABEL = 14;

export interface ListState {
  items: Item[];
  typing: Author | null;
  buttons: ButtonOption[];
  note: string | null;
}

export class MessageList {
  readonly el: HTMLElement;
  private readonly scroller: HTMLElement;
  private readonly log = h("div.log", { role: "log", "aria-live": "off" });
  private readonly typing = h("div.row.bot.first.last.typing", { hidden: true });
  private readonly replies = h("div.replies", { role: "group" });
  private readonly jump: HTMLButtonElement;
  private readonly jumpWord = h("span");
  private rows = new Map<string, MessageRow>();
  private days = new Map<string, HTMLElement>();
  private typingShown = "";
  private repliesShown = "";
  private stuck = true;
  private language = "";

  constructor(
    private readonly ui: Ui,
    private readonly actions: ItemActions & { press(button: ButtonOption): void },
  ) {
    this.jump = h("button.jump", { hidden: true, onclick: () => this.toEnd(true) }, icon("down"), this.jumpWord);
    this.scroller = h("div.scroller", { tabindex: 0, role: "group" }, this.log, this.typing, this.replies);
    this.el = h("div.list", {}, this.scroller, this.jump);
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    const observer = new ResizeObserver(() => this.stuck && this.toEnd(false));
    for (const el of [this.scroller, this.log, this.replies, this.typing]) observer.observe(el);
  }

  update(state: ListState): void {
    const { t, language } = this.ui;
    if (language !== this.language) this.restart(language);
    this.scroller.setAttribute("aria-label", t.log);
    this.log.setAttribute("aria-label", t.log);
    const grown = this.updateRows(state);
    this.updateTyping(state.typing);
    this.updateReplies(state.buttons);
    if (grown || this.stuck) this.toEnd(false);
    this.updateJump();
  }

  /** The panel has been opened: sizes exist only now. */
  shown(): void {
    if (this.stuck) this.toEnd(false);
  }

  private restart(language: string): void {
    this.language = language;
    this.rows.clear();
    this.days.clear();
    this.typingShown = this.repliesShown = "";
    this.log.setAttribute("aria-live", "off");
    this.log.replaceChildren();
    setTimeout(() => this.log.setAttribute("aria-live", "polite"), 600);
  }

  /** Says whether the customer has added one. */
  private updateRows({ items, note }: ListState): boolean {
    const { t, language } = this.ui;
    const placements = place(items, dayKey);
    const wanted: HTMLElement[] = [];
    const rows = new Map<string, MessageRow>();
    const days = new Map<string, HTMLElement>();
    const had = this.rows.size;
    let grown = false;
    if (note) {
      const el = this.days.get("note") ?? h("div.row.system", {}, h("div.note", {}, note));
      days.set("note", el);
      wanted.push(el);
    }
    items.forEach((item, i) => {
      const placement = placements[i];
      if (!placement) return;
      if (placement.newDay) {
        const label = nearDay(localWall(item.at_ms, this.ui.now()), language, t);
        const key = `${dayKey(item.at_ms)} ${label}`;
        const el = this.days.get(key) ?? h("div.day", {}, label);
        days.set(key, el);
        wanted.push(el);
      }
      let row = this.rows.get(item.key);
      if (!row || row.signature !== signature(item)) {
        if (!row && item.kind === "customer") grown = true;
        row = new MessageRow(item, this.ui, this.actions);
        if (had > 0) row.el.classList.add("enter");
      }
      row.update(item, placement);
      rows.set(item.key, row);
      wanted.push(row.el);
    });
    this.rows = rows;
    this.days = days;
    const keep = new Set<Node>(wanted);
    for (const child of [...this.log.childNodes]) if (!keep.has(child)) child.remove();
    wanted.forEach((el, i) => {
      if (this.log.childNodes[i] !== el) this.log.insertBefore(el, this.log.childNodes[i] ?? null);
    });
    return grown;
  }

  private updateTyping(author: Author | null): void {
    const shown = author ? `${author.kind}:${author.name ?? ""}` : "";
    if (shown === this.typingShown) return;
    this.typingShown = shown;
    this.typing.hidden = !author;
    if (!author) return;
    const { t } = this.ui;
    const name = author.name ?? (author.kind === "agent" ? t.agent : t.bot);
    const dots = h("span.dots", { "aria-hidden": "true" }, h("i"), h("i"), h("i"));
    this.typing.replaceChildren(
      avatar(author.kind, author.name),
      h("div.body", {}, h("div.bubble", {}, hidden(t.typing(name)), dots)),
    );
  }

  private updateReplies(buttons: ButtonOption[]): void {
    const shown = buttons.map((b) => `${b.id}\u0000${b.label}`).join("\u0001");
    if (shown === this.repliesShown) return;
    this.repliesShown = shown;
    this.replies.setAttribute("aria-label", this.ui.t.quickReplies);
    this.replies.hidden = !buttons.length;
    this.replies.classList.toggle("stacked", buttons.some((b) => width(b.label) > LONG_LABEL * 2));
    this.replies.replaceChildren(
      ...buttons.map((button) =>
        h("button.reply", { onclick: () => this.actions.press(button) }, button.label),
      ),
    );
  }

  private scrolled(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    this.stuck = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    this.updateJump();
  }

  private toEnd(smooth: boolean): void {
    this.stuck = true;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: smooth && !calm ? "smooth" : "auto" });
    this.updateJump();
  }

  private updateJump(): void {
    this.jump.hidden = this.stuck;
    this.jumpWord.textContent = this.ui.t.latest;
  }
}

/** Chinese characters are twice as wide as Latin letters. */
function width(label: string): number {
  return Array.from(label).reduce((sum, c) => sum + (c > "\u2e7f" ? 2 : 1), 0);
}
