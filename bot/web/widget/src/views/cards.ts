/** Cards for structured results: visit, ticket, outage, article; figures are in `figures.ts`. */
import { asText } from "../contracts";
import type { Message } from "../contracts";
import { clock, daysAhead, dayAndTime, longDay, nearDay, tile, wallTime } from "../format";
import type { Ui } from "./context";
import { h, hidden, icon } from "./dom";
import type { Child } from "./dom";
import { billCard, usageCard } from "./figures";

type Data = Record<string, unknown>;

/** TM Forum writes "inProgress", we "in_progress". */
function snake(text: string): string {
  return text.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
}

function badge(status: string, words: Record<string, string>): HTMLElement {
  const key = snake(status);
  const tone = /resolved|closed|confirmed/.test(key) ? "good" : /cancel|reject/.test(key) ? "off" : /held|pending/.test(key) ? "warn" : "busy";
  return h("span", { class: `badge ${tone}` }, words[key] ?? status.replace(/_/g, " "));
}

function fact(name: string, ...value: Child[]): HTMLElement {
  return h("div", {}, h("dt", {}, name), h("dd", {}, ...value));
}

function appointmentCard(data: Data, ui: Ui): HTMLElement | null {
  const { t, language } = ui;
  const start = asText(data.start) ?? "";
  const end = asText(data.end) ?? "";
  const from = wallTime(start, ui.now());
  if (!from) return null;
  const to = wallTime(end, ui.now());
  const status = asText(data.status) ?? "";
  const { month, day } = tile(from, language);
  const near = Math.abs(daysAhead(from)) <= 1 ? `${nearDay(from, language, t)} · ` : "";
  return h(
    "div",
    { role: "group", class: `card visit ${snake(status)}`, "aria-label": t.visit },
    h("div.card-head", {}, icon("calendar"), h("span", {}, t.visit), status && badge(status, t.visitStatus)),
    h("div.when", {},
      h("div.tile", { "aria-hidden": "true" }, h("span", {}, month), h("b", {}, day)),
      h(
        "div",
        {},
        h("p.day-name", {}, near + longDay(from, language)),
        h("p.window", {}, clock(from.date, language) + (to ? `–${clock(to.date, language)}` : "")),
      ),
    ),
  );
}

const DONE = /resolved|closed|cancel|reject/;

function copyButton(id: string, ui: Ui): HTMLElement {
  const { t } = ui;
  const button = h("button.copy", {}, t.copy, hidden(` ${id}`));
  button.addEventListener("click", () => {
    // Pages without TLS have no clipboard; the number stays selectable.
    void (navigator.clipboard as Clipboard | undefined)?.writeText(id).then(() => {
      button.textContent = t.copied;
      ui.announce(t.copied);
    });
  });
  return button;
}

function ticketCard(data: Data, ui: Ui): HTMLElement {
  const { t, language } = ui;
  const id = asText(data.id) ?? "";
  const status = asText(data.status) ?? "";
  const due = asText(data.due_at);
  const late = due !== undefined && !DONE.test(status) && Date.parse(due) < ui.now();
  const title = t.ticket[asText(data.ticket_type) ?? ""] ?? t.ticketAny;
  return h(
    "div.card.ticket",
    { role: "group", "aria-label": title },
    h("div.card-head", {}, icon("ticket"), h("span", {}, title), status && badge(status, t.ticketStatus)),
    h(
      "dl",
      {},
      fact(t.ticketNumber, h("span.number", {}, id), copyButton(id, ui)),
      due !== undefined && !DONE.test(status) && fact(late ? t.overdue : t.dueAt, h("span", { class: late ? "late" : "" }, dayAndTime(due, ui.now(), language, t))),
    ),
  );
}

function outageCard(data: Data, ui: Ui): HTMLElement {
  const { t, language } = ui;
  const restore = asText(data.restore_at);
  return h(
    "div.card.outage",
    { role: "group", "aria-label": t.outage },
    h("div.card-head", {}, icon("alert"), h("span", {}, t.outage)),
    h(
      "dl",
      {},
      fact(t.outageArea, asText(data.area) ?? ""),
      fact(t.outageRestore, h("b", {}, restore ? dayAndTime(restore, ui.now(), language, t) : t.outageUnknown)),
    ),
  );
}

function articleCard(data: Data, ui: Ui): HTMLElement {
  return h(
    "div.card.article",
    { role: "group", "aria-label": ui.t.article },
    icon("file"),
    h("div", {}, h("p.small", {}, ui.t.article), h("p", {}, asText(data.title) ?? "")),
  );
}

/** Null for data that this version has no card for: the text says the same. */
export function cardFor(data: NonNullable<Message["data"]>, ui: Ui): HTMLElement | null {
  switch (data.type) {
    case "bill":
      return billCard(data, ui);
    case "usage":
      return usageCard(data, ui);
    case "appointment":
      return appointmentCard(data, ui);
    case "ticket":
      return ticketCard(data, ui);
    case "outage":
      return outageCard(data, ui);
    case "article":
      return articleCard(data, ui);
    default:
      return null;
  }
}
