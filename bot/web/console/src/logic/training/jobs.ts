/** What a job is doing, and how long it takes. */
import type { Job, JobKind, JobStep } from "../../api/training/jobs";

const STEPS: Record<JobKind, readonly JobStep[]> = {
  train: ["copying", "training", "measuring"],
  evaluate: ["copying", "evaluating", "measuring"],
  conversations: ["conversations"],
  findings: ["comparing"],
  gate: ["measuring"],
};

export type StepState = "done" | "now" | "ahead";

const LINK = "job:";

/** What stands in the address of the page Train for a job. */
export function jobLink(id: string): string {
  return LINK + id;
}

/** The job that an address names; null when it names something else, such as a report. */
export function jobOf(item: string | null): string | null {
  return item?.startsWith(LINK) ? item.slice(LINK.length) : null;
}

export function isOpen(job: Job): boolean {
  return job.state === "queued" || job.state === "running";
}

/** The steps of a job in their order, each done, under way or ahead. A step that is not in the plan comes last. */
export function steps(job: Job): { step: JobStep; state: StepState }[] {
  const plan: JobStep[] = [...STEPS[job.kind], ...(job.about.promote ? (["promoting"] as const) : [])];
  if (job.step && job.step !== "waiting" && !plan.includes(job.step)) plan.push(job.step);
  const at = job.step ? plan.indexOf(job.step) : -1;
  return plan.map((step, i) => ({ step, state: job.state === "done" || i < at ? "done" : i === at ? "now" : "ahead" }));
}

/** Seconds from the start to the end, or to now; none before it has begun. */
export function tookS(job: Job, now: number): number | null {
  if (!job.started_at) return null;
  return Math.max(0, ((job.ended_at ? Date.parse(job.ended_at) : now) - Date.parse(job.started_at)) / 1000);
}

/** Seconds that are probably left, by what the last job of this kind took; null when nothing can be said. */
export function leftS(job: Job, before: readonly Job[], now: number): number | null {
  const last = before.find((one) => one.kind === job.kind && one.state === "done" && one.id !== job.id);
  const took = last ? tookS(last, now) : null;
  const sofar = tookS(job, now);
  return took === null || sofar === null || sofar > took ? null : took - sofar;
}

/** The tone of a finished job: refused by the gate or with failed tests is a warning, not a failure. */
export function toneOf(job: Job): "good" | "warn" | "bad" | "accent" | "" {
  if (job.state === "failed") return "bad";
  if (job.state === "cancelled" || job.state === "queued") return "";
  if (job.state === "running") return "accent";
  return job.result?.gate?.passed === false || job.result?.failed?.length ? "warn" : "good";
}
