/** Something a page reads: the last answer stays on the screen while a new one is on its way. */
import { ref, shallowRef } from "vue";

export function useReading<T>(run: () => Promise<T>) {
  const value = shallowRef<T | null>(null);
  const problem = shallowRef<unknown>(null);
  const busy = ref(false);
  let asked = 0;

  /** Read again; the answer of an older question is dropped. */
  async function read(): Promise<void> {
    const mine = ++asked;
    busy.value = true;
    try {
      const found = await run();
      if (mine !== asked) return;
      value.value = found;
      problem.value = null;
    } catch (error) {
      if (mine === asked) problem.value = error;
    } finally {
      if (mine === asked) busy.value = false;
    }
  }

  return { value, problem, busy, read };
}
