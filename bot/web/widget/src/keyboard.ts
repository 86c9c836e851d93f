/** Which keyboard fits the slot that the bot asks for. */

export interface FieldHints {
  inputMode: "text" | "tel" | "numeric" | "decimal";
  autocomplete: string;
  /** One line instead of a growing box. */
  single: boolean;
  /** The phone shows figures only, so there must be a way back to letters. */
  figures: boolean;
}

export const LONGEST_TEXT = 4000;

const PLAIN: FieldHints = {
  inputMode: "text",
  autocomplete: "off",
  single: false,
  figures: false,
};

const BY_SLOT: Record<string, Partial<FieldHints>> = {
  phone_number: { inputMode: "tel", autocomplete: "tel", single: true, figures: true },
  otp_code: { inputMode: "numeric", autocomplete: "one-time-code", single: true, figures: true },
  account_number: { inputMode: "numeric", single: true, figures: true },
  amount: { inputMode: "decimal", single: true, figures: true },
  person_name: { autocomplete: "name", single: true },
  address: { autocomplete: "street-address" },
};

export function fieldHints(slot: string | undefined): FieldHints {
  return { ...PLAIN, ...(slot ? BY_SLOT[slot] : undefined) };
}
