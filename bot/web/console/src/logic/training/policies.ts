/** Rules of the operator: what of one was changed, and how customers are told. */
import type { PolicyDraft } from "../../api/training/data";
import type { Policy } from "../../api/training/types";

export const NUMBER = "{number}";

/** How a rule is called in addresses. */
export function placeOf({ region, id }: Policy): string {
  return `${region}.${id}`;
}

/** A rule's sentence with its value. */
export function told(text: string, number: number): string {
  return text.replaceAll(NUMBER, String(number));
}

/** What keeps a draft from being a rule, or null. */
export function wrong(draft: PolicyDraft, unit: Policy["unit"]): "number" | "noNumber" | "missing" | "memory" | null {
  const named = [draft.text.zh, draft.text.en].map((text) => text.includes(NUMBER));
  if (!(draft.number > 0)) return "number";
  if (unit === "condition" && named.includes(true)) return "noNumber";
  if (unit !== "condition" && named.includes(false)) return "missing";
  return draft.enabled && draft.source_kind === "memory" ? "memory" : null;
}

/** What to send: only what is other than before. */
export function changed(before: Policy, draft: PolicyDraft): Partial<PolicyDraft> {
  const body: Partial<PolicyDraft> = {};
  if (draft.number !== before.number) body.number = draft.number;
  if (draft.text.zh.trim() !== before.text.zh || draft.text.en.trim() !== before.text.en) body.text = { zh: draft.text.zh.trim(), en: draft.text.en.trim() };
  if (draft.source.trim() !== before.source) body.source = draft.source.trim();
  if (draft.source_kind !== before.source_kind) body.source_kind = draft.source_kind;
  if ((draft.effective_date || null) !== before.effective_date) body.effective_date = draft.effective_date || null;
  if (draft.enabled !== before.enabled) body.enabled = draft.enabled;
  return body;
}
