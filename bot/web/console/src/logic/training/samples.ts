/** What stands for variables in previews: the kind of value customers see, not anybody's. */
import type { Language } from "../../api/types";

type Pair = Record<Language, string>;

const MONEY: Pair = { zh: "86.50元", en: "¥86.50" };
const DAY: Pair = { zh: "3月12日（周四）", en: "Thursday 12 March" };
const WINDOW: Pair = { zh: "3月12日（周四）9:00–11:00", en: "Thursday 12 March, 9:00–11:00" };
const CLOCK: Pair = { zh: "3月12日18:00", en: "12 March at 18:00" };
const same = (text: string): Pair => ({ zh: text, en: text });

const SAMPLES: Readonly<Record<string, Pair>> = {
  ticket: same("T20260312001"), ticket_id: same("T20260312001"), appointment_id: same("V20260312001"), outage_id: same("O20260312001"),
  product: { zh: "宽带", en: "broadband" }, plan: { zh: "畅享59", en: "Easy 59" }, addon: { zh: "10GB流量包", en: "10 GB data pack" }, addons: { zh: "10GB流量包", en: "10 GB data pack" },
  amount: MONEY, price: MONEY, total: MONEY, old: MONEY, new: MONEY, difference: { zh: "20.00元", en: "¥20.00" }, charge: MONEY,
  due: CLOCK, due_at: CLOCK, legal_due_at: CLOCK, legal_due: CLOCK, respond_by: CLOCK, restore: CLOCK, day: DAY, month: { zh: "3月", en: "March" }, window: WINDOW, visit: WINDOW,
  start: same("9:00"), end: same("11:00"), time: same("9:00"), when: DAY, hours: same("9:00–20:00"), renews: DAY, first: DAY, last: DAY,
  number: same("138****8000"), phone: same("138****8000"), customer: { zh: "李女士", en: "Ms Li" }, agent: { zh: "周婷", en: "Ting Zhou" }, colleague: { zh: "周婷", en: "Ting Zhou" }, technician: { zh: "吴师傅", en: "Lei Wu" },
  address: { zh: "望江区枫林路8号", en: "8 Fenglin Road, Wangjiang" }, area: { zh: "望江区", en: "Wangjiang" }, place: { zh: "望江区", en: "Wangjiang" },
  hotline: same("10000"), minutes: same("5"), count: same("3"), position: same("2"), months: same("12"), tries_left: same("2"), eta_low: same("3"), eta_high: same("6"), percent: same("80"),
  used: same("6.4"), left: same("3.6"), unit: same("GB"), status: { zh: "处理中", en: "in progress" }, item: { zh: "国际漫游费", en: "roaming charge" },
};

/** A value for a variable; its own name where none is known. */
export function sample(name: string, language: Language): string {
  return SAMPLES[name]?.[language] ?? `‹${name}›`;
}

/** A response as a customer would read it. */
export function filled(text: string, language: Language): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => sample(name, language));
}

/** Names in braces, each once. */
export function variables(text: string): string[] {
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? ""))];
}
