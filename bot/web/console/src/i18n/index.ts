import { createI18n } from "vue-i18n";
import type { Language } from "../api/types";
import { en } from "./en";
import type { Texts } from "./en";
import { zh } from "./zh";

/** Intents a chat may be closed with, as they stand in the list. */
export const INTENTS: Record<keyof Texts["intentGroup"], readonly (keyof Texts["intent"])[]> = {
  billing: ["check_balance", "check_bill", "dispute_charge", "check_usage", "top_up", "request_invoice"],
  plans: ["check_plan", "ask_plans", "change_plan", "buy_addon", "cancel_addon", "ask_roaming"],
  account: [
    "suspend_service", "resume_service", "replace_sim", "port_number", "close_account", "transfer_ownership", "verify_identity",
    "update_contact", "reset_password",
  ],
  broadband: ["order_broadband", "relocate_service"],
  faults: ["report_broadband_fault", "report_mobile_fault", "report_tv_fault", "report_landline_fault", "check_outage"],
  visits: ["check_ticket", "urge_ticket", "book_appointment", "change_appointment", "cancel_appointment", "check_appointment"],
  trust: ["file_complaint", "report_scam", "emergency"],
  other: ["find_store", "faq", "request_human", "chitchat", "out_of_scope"],
};

export const i18n = createI18n<[Texts], Language, false>({
  legacy: false,
  locale: "zh",
  fallbackLocale: "en",
  messages: { en, zh },
});
