/** What every trainers' page needs to know: my copy, how much waits. */
import { computed, reactive } from "vue";
import type { Copy } from "../../api/training/types";
import { training } from "./api";

const SOON_MS = 300;

class Bench {
  readonly state = reactive({
    copy: null as Copy | null,
    /** Groups that wait in the inbox; null until they were asked for. */
    waiting: null as number | null,
    /** Nothing answers at the other end. */
    offline: false,
  });
  readonly edited = computed(() => this.state.copy?.changed.length ?? 0);
  private soon: ReturnType<typeof setTimeout> | undefined;

  async refresh(): Promise<void> {
    const [copy, groups] = await Promise.all([training.data.copy(), training.inbox.groups({ limit: "1" })]);
    this.state.copy = copy;
    this.state.waiting = groups.total;
  }

  /** After an edit. */
  edit(): void {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => void training.data.copy().then((copy) => (this.state.copy = copy), () => undefined), SOON_MS);
  }
}

export const bench = new Bench();
