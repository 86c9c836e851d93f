/** One bubble with what belongs to it. */
import type { Attachment, Message } from "../contracts";
import { clock, localWall } from "../format";
import type { OutboxEntry } from "../outbox";
import type { Placement } from "../thread";
import { attachmentView } from "./attachments";
import { cardFor } from "./cards";
import type { Ui } from "./context";
import { h, hidden, icon } from "./dom";
import { richText } from "./text";

export interface Item {
  key: string;
  kind: Message["author"]["kind"];
  name?: string | null;
  at_ms: number;
  text: string;
  attachments: Attachment[];
  data?: Message["data"];
  pending?: OutboxEntry;
  superseded: boolean;
  /** The person at the desk has read it. */
  read?: boolean;
}

export interface ItemActions {
  retry(id: string): void;
  discard(id: string): void;
}

export function itemOf(message: Message, superseded: ReadonlySet<number>, readSeq = 0): Item {
  const at = Date.parse(message.at);
  return {
    key: message.client_msg_id ?? `seq:${message.seq}`,
    kind: message.author.kind,
    name: message.author.name,
    at_ms: Number.isNaN(at) ? 0 : at,
    text: message.text,
    attachments: message.attachments,
    data: message.data,
    superseded: superseded.has(message.seq),
    read: message.author.kind === "customer" && message.seq <= readSeq,
  };
}

export function pendingItem(entry: OutboxEntry): Item {
  return {
    key: entry.client_msg_id,
    kind: "customer",
    at_ms: entry.created_ms,
    text: entry.shown,
    attachments: entry.attachment ? [{ ...entry.attachment, url: "" }] : [],
    pending: entry,
    superseded: false,
  };
}

/** What a node was built from; another value means that it must be built again. */
export function signature(item: Item): string {
  return [item.kind, item.text, item.attachments.map((a) => a.id).join(), item.data ? JSON.stringify(item.data) : ""].join("\u0000");
}

export function avatar(kind: Item["kind"], name?: string | null): HTMLElement {
  const initial = kind === "agent" ? Array.from(name ?? "")[0] : undefined;
  return h("span", { class: `avatar ${kind}`, "aria-hidden": "true" }, initial?.toUpperCase() ?? icon(kind === "agent" ? "person" : "bot"));
}

export class MessageRow {
  readonly el: HTMLElement;
  readonly signature: string;
  private readonly meta = h("div.meta", {});
  private metaShown = "";

  constructor(
    item: Item,
    private readonly ui: Ui,
    private readonly actions: ItemActions,
  ) {
    this.signature = signature(item);
    const { t } = ui;
    const name = item.kind === "customer" ? t.you : (item.name ?? (item.kind === "agent" ? t.agent : t.bot));
    if (item.kind === "system") {
      this.el = h("div.row.system", {}, h("div.note", {}, richText(item.text)));
      return;
    }
    const body = h("div.body", {});
    if (item.kind !== "customer") body.append(h("div.who", {}, name));
    if (item.text) {
      body.append(h("div.bubble", {}, item.kind === "customer" && hidden(`${name}: `), richText(item.text)));
    }
    for (const attachment of item.attachments) body.append(attachmentView(attachment, ui));
    const card = item.data && cardFor(item.data, ui);
    if (card) body.append(card);
    body.append(this.meta);
    this.el = h("div", { class: `row ${item.kind}` }, item.kind !== "customer" && avatar(item.kind, item.name), body);
  }

  update(item: Item, placement: Placement): void {
    const { classList } = this.el;
    classList.toggle("first", placement.first);
    classList.toggle("last", placement.last);
    classList.toggle("superseded", item.superseded);
    classList.toggle("pending", item.pending?.status === "waiting");
    classList.toggle("failed", item.pending !== undefined && item.pending.status !== "waiting");
    this.updateMeta(item, placement);
  }

  private updateMeta(item: Item, placement: Placement): void {
    const { t, language } = this.ui;
    const status = item.pending?.status;
    const shown = [status, item.pending?.reason, placement.last, item.superseded, item.read].join();
    if (shown === this.metaShown) return;
    this.metaShown = shown;
    if (item.pending && status !== "waiting") {
      const id = item.pending.client_msg_id;
      const closed = item.pending.reason === "closed";
      this.meta.replaceChildren(
        h("span.problem", {}, icon("alert"), t.notSent),
        ...(closed ? [] : [h("button.text-button", { onclick: () => this.actions.retry(id) }, t.sendAgain)]),
        h("button.text-button", { onclick: () => this.actions.discard(id) }, t.discard),
      );
    } else {
      const time = item.pending ? t.sending : clock(localWall(item.at_ms, item.at_ms).date, language);
      this.meta.replaceChildren(item.superseded ? `${t.updatedBelow} · ${time}` : item.read ? `${time} · ${t.read}` : time);
    }
  }
}
