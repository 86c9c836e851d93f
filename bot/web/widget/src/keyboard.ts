/** Which keyboard fits the slot that the bot asks for. */

export interface FieldHints {
  type: "text" | "tel" | "email";
  inputMode: "text" | "tel" | "numeric" | "decimal" | "email";
  autocomplete: string;
  /** One line instead of a growing box. */
  single: boolean;
  /** The phone shows figures only, so there must be a way back to letters. */
  figures: boolean;
  maxLength: number;
}

export const LONGEST_TEXT = 4000;

const PLAIN: FieldHints = {
  type: "text",
  inputMode: "text",
  autocomplete: "off",
  single: false,
  figures: false,
  maxLength: LONGEST_TEXT,
};

const BY_SLOT: Record<string, Partial<FieldHints>> = {
  phone_number: { type: "tel", inputMode: "tel", autocomplete: "tel", single: true, figures: true },
  otp_code: { inputMode: "numeric", autocomplete: "one-time-code", single: true, figures: true },
  account_number: { inputMode: "numeric", single: true, figures: true },
  amount: { inputMode: "decimal", single: true, figures: true },
  email: { type: "email", inputMode: "email", autocomplete: "email", single: true },
  person_name: { autocomplete: "name", single: true },
  address: { autocomplete: "street-address" },
};

export function fieldHints(slot: string | undefined): FieldHints {
  return { ...PLAIN, ...(slot ? BY_SLOT[slot] : undefined) };
}
