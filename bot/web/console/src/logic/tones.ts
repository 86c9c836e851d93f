/** Colours of states, the same wherever a state is shown. */

export type Tone = "good" | "warn" | "bad" | "accent" | "";

/** Of a ticket, a visit or a line. */
export function statusTone(status: string): Tone {
  if (/resolved|closed|confirmed|completed|active/.test(status)) return "good";
  if (/cancel|reject|barred/.test(status)) return "bad";
  return /held|pending|suspended/.test(status) ? "warn" : "accent";
}

/** Of a ticket's clock: red past its time, amber near it. */
export function clockTone(state: string, usedPercent: number): Tone {
  if (state === "broken" || state === "late") return "bad";
  if (state === "met") return "good";
  if (state === "over" || state === "standing") return "";
  const NEARLY_PERCENT = 75;
  return usedPercent >= NEARLY_PERCENT ? "warn" : "accent";
}
