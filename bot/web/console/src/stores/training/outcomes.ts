/** What came of a job, and what it is about, in a few words. */
import type { Job } from "../../api/training/jobs";
import { shortName } from "../../logic/training/models";
import { useTraining } from "./words";

export function useOutcomes() {
  const { say, sayCount, jobError } = useTraining("train");

  const outcome = (job: Job): string => {
    if (job.state === "failed") return jobError(job);
    if (job.state === "cancelled" || !job.result) return "";
    const { gate, promoted, passed, failed, total } = job.result;
    if (gate) return gate.passed ? (promoted ? say("outcome.serves") : say("outcome.passed")) : sayCount("outcome.refused", gate.refusals.length);
    if (failed) return failed.length ? say("outcome.failed", { n: failed.length, of: failed.length + (passed ?? 0) }) : say("outcome.all", { n: passed ?? 0 });
    return total === undefined ? "" : say("outcome.found", { n: total });
  };

  /** The model, the proposal or the published data that it works on. */
  const subject = ({ about, kind, result }: Job): string => {
    if (about.model) return shortName(about.model);
    if (about.proposal) return say("subject.proposal", { id: about.proposal });
    if (kind === "train" && result?.file) return shortName(result.file);
    return about.commit && (kind === "train" || kind === "evaluate") ? say("subject.published", { commit: about.commit.slice(0, 8) }) : "";
  };

  return { outcome, subject };
}
