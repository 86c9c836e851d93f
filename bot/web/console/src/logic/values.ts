/** Slot values and check results as plain words. */
import type { Language } from "../api/types";

/** `line_test` → `line test`; anything that is not a plain value is written as JSON. */
export function plain(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return value.map(plain).filter(Boolean).join(", ");
  const range = value as { start?: unknown; end?: unknown };
  if ("start" in range || "end" in range) return [range.start, range.end].map(plain).join(" – ");
  return JSON.stringify(value);
}

/** An identifier nobody has named in the texts, made readable. */
export function readable(id: string): string {
  const words = id.replace(/[_/]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Only ids are looked up: a customer's own words stay as they are. */
export function isId(value: string): boolean {
  return /^[a-z][a-z0-9_]*$/.test(value);
}

/** An address number such as +8613812345678 in readable groups. */
export function phone(number: string): string {
  const local = number.replace(/^\+86/, "");
  return /^\d{11}$/.test(local) ? `${local.slice(0, 3)} ${local.slice(3, 7)} ${local.slice(7)}` : local;
}

/** An amount with its currency's sign; CNY where the service names none. */
export function money(value: unknown, currency: unknown, language: Language): string {
  const code = typeof currency === "string" && /^[A-Z]{3}$/.test(currency) ? currency : "CNY";
  const locale = language === "zh" ? "zh-CN" : "en-GB";
  return new Intl.NumberFormat(locale, { style: "currency", currency: code, currencyDisplay: "narrowSymbol" }).format(Number(value));
}
