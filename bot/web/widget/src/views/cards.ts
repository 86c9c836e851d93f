/** Cards for structured results: visit, ticket, outage, article; figures are in `figures.ts`. */
import { asText } from "../contracts";
import type { Message } from "../contracts";
import { calendarFile, clock, daysAhead, dayAndTime, longDay, nearDay, tile, wallTime } from "../format";
import type { Ui } from "./context";
import { h, icon, saveFile } from "./dom";
import type { Child } from "./dom";
import { billCard, usageCard } from "./figures";

type Data = Record<string, unknown>;

function snake(text: string): string {
  return text.replace(/([a-z])([A-Z])/g, "$1_$2").replace(/[\s-]+/g, "_").toLowerCase();
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
    "section",
    { class: `card visit ${snake(status)}`, "aria-label": t.visit },
    h("header", {}, icon("calendar"), h("span", {}, t.visit), status && badge(status, t.visitStatus)),
    h("div.when", {},
      h("div.tile", { "aria-hidden": "true" }, h("span", {}, month), h("b", {}, day)),
      h(
        "div",
        {},
        h("p.day-name", {}, near + longDay(from, language)),
        h("p.window", {}, clock(from.date, language) + (to ? `–${clock(to.date, language)}` : "")),
      ),
    ),
    status === "confirmed" &&
      to !== null &&
      h("button.card-action", { onclick: () => {
            const file = calendarFile(asText(data.id) ?? start, start, end, t.visit, ui.now());
            saveFile(new Blob([file], { type: "text/calendar" }), `${asText(data.id) ?? "visit"}.ics`);
          },
        },
        icon("calendar"),
        t.addToCalendar,
      ),
  );
}

const DONE = /resolved|closed|cancel|reject/;

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function copyButton(id: string, ui: Ui): HTMLElement {
  const { t } = ui;
  const word = h("span", {}, t.copy);
  const button = h("button.copy", { "aria-label": t.copyNumber(id) }, icon("copy"), word);
  button.addEventListener("click", () => {
    void copyText(id).then((ok) => {
      if (!ok) {
        // No clipboard on this page: leave the number selected, so that the customer can copy it.
        const number = button.parentElement?.firstElementChild;
        if (number) getSelection()?.selectAllChildren(number);
        return;
      }
      button.replaceChildren(icon("check"), h("span", {}, t.copied));
      ui.announce(t.copied);
      setTimeout(() => button.replaceChildren(icon("copy"), word), 2_000);
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
  return h("section.card.ticket", { "aria-label": title },
    h("header", {}, icon("ticket"), h("span", {}, title), status && badge(status, t.ticketStatus)),
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
  return h("section.card.outage", { "aria-label": t.outage },
    h("header", {}, icon("alert"), h("span", {}, t.outage)),
    h(
      "dl",
      {},
      fact(t.outageArea, asText(data.area) ?? ""),
      fact(t.outageRestore, h("b", {}, restore ? dayAndTime(restore, ui.now(), language, t) : t.outageUnknown)),
    ),
  );
}

function articleCard(data: Data, ui: Ui): HTMLElement {
  return h("section.card.article", { "aria-label": ui.t.article },
    icon("book"),
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
