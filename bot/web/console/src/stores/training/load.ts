/** Reading what a page shows: loading, failed and not served are states of the page, not boxes that go away. */
import { reactive } from "vue";
import { ApiError } from "../../api/http";
import { useTraining } from "./words";

export interface Load {
  phase: "reading" | "here" | "failed" | "lacking";
  /** Why it failed, in a sentence. */
  problem: string;
  again: () => Promise<void>;
}

/** Run at once; `again` runs it once more and keeps what is shown until the answer is there. */
export function useLoad(run: () => Promise<unknown>): Load {
  const { why } = useTraining("frame");
  const load = reactive<Load>({ phase: "reading", problem: "", again });

  async function again(): Promise<void> {
    try {
      await run();
      Object.assign(load, { phase: "here", problem: "" });
    } catch (error) {
      // a path that the service does not know; what is not there has a code of its own
      const lacking = error instanceof ApiError && (error.status === 405 || (error.status === 404 && ["not_found", "unknown"].includes(error.code)));
      Object.assign(load, { phase: lacking ? "lacking" : "failed", problem: why(error) });
    }
  }

  void again();
  return load;
}
