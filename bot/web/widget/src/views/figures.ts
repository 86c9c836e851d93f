/** Cards that show figures: bill and usage. */
import { asList, asNumber, asText } from "../contracts";
import { amount, billPeriod, money } from "../format";
import type { Ui } from "./context";
import { h, icon } from "./dom";

type Data = Record<string, unknown>;

export function billCard(data: Data, ui: Ui): HTMLElement {
  const { t, language } = ui;
  const currency = asText(data.currency);
  const total = asNumber(data.total) ?? 0;
  const before = asNumber(data.previous_total);
  const cents = before === undefined ? undefined : Math.round((total - before) * 100);
  const rows = asList(data.items).map((item) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, asText(item.name) ?? ""),
      h("td", {}, money(asNumber(item.amount) ?? 0, currency, language)),
    ),
  );
  const change =
    cents === undefined
      ? null
      : cents === 0
        ? h("p.change", {}, t.billSame)
        : h(
            "p",
            { class: cents > 0 ? "change up" : "change down" },
            h("span.arrow", { "aria-hidden": "true" }, cents > 0 ? "↑ " : "↓ "),
            (cents > 0 ? t.billUp : t.billDown)(money(Math.abs(cents) / 100, currency, language)),
          );
  return h(
    "div.card.bill",
    { role: "group", "aria-label": t.bill },
    h("div.card-head", {}, icon("bill"), h("span", {}, t.bill), h("span.aside", {}, billPeriod(asText(data.period) ?? "", language))),
    h("p.big", {}, money(total, currency, language)),
    change,
    rows.length > 0 &&
      h(
        "table",
        {},
          h("tbody", {}, ...rows),
        h("tfoot", {}, h("tr", {}, h("th", { scope: "row" }, t.billTotal), h("td", {}, money(total, currency, language)))),
      ),
  );
}

const NEARLY = 0.85;

function usageRow(item: Data, ui: Ui): HTMLElement {
  const { t, language } = ui;
  const name = asText(item.name) ?? "";
  const used = asNumber(item.used) ?? 0;
  const total = asNumber(item.total);
  const rawUnit = asText(item.unit) ?? "";
  const unit = t.units[rawUnit.toLowerCase()] ?? rawUnit;
  const say = (n: number): string => amount(n, language);
  if (total === undefined || total <= 0) {
    return h("li", {}, h("div.line", {}, h("b", {}, name), h("span", {}, t.usageUnlimited(say(used), unit))));
  }
  const share = used / total;
  const label = t.usageOf(say(used), say(total), unit);
  const bar = h("span.fill", {});
  bar.style.width = `${Math.max(2, Math.min(100, share * 100))}%`;
  return h(
    "li",
    { class: share >= 1 ? "over" : share >= NEARLY ? "near" : "" },
    h("div.line", {},
      h("b", {}, name),
      h("span.left", {}, used > total ? t.usageOver(say(used - total), unit) : t.usageLeft(say(total - used), unit)),
    ),
    h("div.bar", { role: "meter",
        "aria-label": name,
        "aria-valuemin": 0,
        "aria-valuemax": total,
        "aria-valuenow": Math.min(used, total),
        "aria-valuetext": label,
      },
      bar,
    ),
    h("div.small", {}, label),
  );
}

export function usageCard(data: Data, ui: Ui): HTMLElement {
  return h(
    "div.card.usage",
    { role: "group", "aria-label": ui.t.usage },
    h("div.card-head", {}, icon("bill"), h("span", {}, ui.t.usage)),
    h("ul", {}, ...asList(data.items).map((item) => usageRow(item, ui))),
  );
}
