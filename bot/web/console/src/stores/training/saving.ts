/** Saving what somebody wrote: one try at a time, and why it did not go well. */
import { ref } from "vue";
import type { Ref } from "vue";

interface Saving {
  busy: Ref<boolean>;
  problem: Ref<string>;
  run: (work: () => Promise<unknown>) => Promise<void>;
}

/** `why` puts an error into words. */
export function useSaving(why: (error: unknown) => string): Saving {
  const busy = ref(false);
  const problem = ref("");

  async function run(work: () => Promise<unknown>): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    problem.value = "";
    try {
      await work();
    } catch (error) {
      problem.value = why(error);
    } finally {
      busy.value = false;
    }
  }

  return { busy, problem, run };
}
