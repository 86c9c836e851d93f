/** Which of a packet's slots tell a person something, most telling first. */
import type { PacketSlot } from "../api/types";

/** What a customer gives. Everything else is how the assistant got there. */
const TELLING = [
  "waiting_wishes", "person_name", "phone_number", "account_number", "address", "area",
  "complaint_words", "complaint_category", "complaint_demand", "complaint_regulator",
  "fault_words", "symptom", "device_light", "test_result", "fault_line", "outage_id",
  "charge_item", "amount", "payment_time", "invoice_period", "payment_ticket", "invoice_ticket",
  "account_act", "account_detail", "suspend_reason", "plan_wanted", "addon_wanted", "addon_drop", "plan", "addon",
  "roaming_country", "country", "scam_kind", "scam_details",
  "install_plan", "install_product", "move_line", "move_product", "coverage",
  "ticket_id", "appointment_id", "time", "visit_reason",
  "product", "fault_product", "plan_product", "offer_product", "offer_plan", "plan_line", "line_id",
];
/** A line names its product too. */
const LINES = ["fault_line", "move_line", "plan_line", "line_id"];
const RANK = new Map(TELLING.map((name, i) => [name, i]));

function simple(value: unknown): boolean {
  return typeof value === "string" ? value.trim() !== "" : typeof value === "number" || value === true;
}

function timeRange(value: unknown): boolean {
  return typeof value === "object" && value !== null && "start" in value;
}

export interface Facts {
  telling: PacketSlot[];
  /** How the dialogue stood; for whoever wants to look closer. */
  rest: PacketSlot[];
}

/** The same value is shown once, under its most telling name; lists and objects never are, but for times. */
export function factsOf(slots: readonly PacketSlot[]): Facts {
  const plain = slots.filter((slot) => simple(slot.value) || (slot.name === "time" && timeRange(slot.value)));
  const rank = (slot: PacketSlot): number => RANK.get(slot.name) ?? TELLING.length;
  const seen = new Set<unknown>();
  const telling: PacketSlot[] = [];
  const lineKnown = plain.some((slot) => LINES.includes(slot.name));
  const wanted = plain.filter((slot) => RANK.has(slot.name) && !(lineKnown && slot.name.endsWith("product")));
  for (const slot of wanted.sort((a, b) => rank(a) - rank(b))) {
    const value = typeof slot.value === "string" ? slot.value.trim() : slot.value;
    if (typeof value === "string" && seen.has(value)) continue;
    seen.add(value);
    telling.push(slot);
  }
  const rest = plain.filter((slot) => !RANK.has(slot.name) && !seen.has(slot.value));
  return { telling, rest };
}
