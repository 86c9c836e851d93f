/** Jobs of the workbench, looked at while a page shows them: often while one runs, seldom while none does. */
import { computed, onBeforeUnmount, reactive } from "vue";
import type { Job, NewJob } from "../../api/training/jobs";
import { isOpen } from "../../logic/training/jobs";
import { training } from "./api";

const BUSY_MS = 1_500;
const IDLE_MS = 20_000;

class Jobs {
  readonly state = reactive({ jobs: null as Job[] | null, problem: null as unknown });
  /** The job that runs, or that will next. */
  readonly open = computed(() => this.state.jobs?.find((job) => job.state === "running") ?? [...(this.state.jobs ?? [])].reverse().find(isOpen) ?? null);
  /** All others, newest first; some may wait. */
  readonly past = computed(() => this.state.jobs?.filter((job) => job.id !== this.open.value?.id) ?? []);
  private readonly endings = new Set<(job: Job) => void>();
  private watchers = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  async start(job: NewJob): Promise<void> {
    await training.jobs.start(job);
    await this.look();
  }

  async cancel(id: string): Promise<void> {
    await training.jobs.cancel(id);
    await this.look();
  }

  /** Read the list, tell who waits for a job that has ended, and look again in time. */
  async look(): Promise<void> {
    clearTimeout(this.timer);
    try {
      const before = new Map(this.state.jobs?.map((job) => [job.id, job]));
      this.state.jobs = await training.jobs.list();
      this.state.problem = null;
      for (const job of this.state.jobs) {
        const old = before.get(job.id);
        if (old && isOpen(old) && !isOpen(job)) for (const run of this.endings) run(job);
      }
    } catch (error) {
      this.state.problem = error;
    }
    clearTimeout(this.timer);
    if (this.watchers > 0) this.timer = setTimeout(() => void this.look(), this.open.value ? BUSY_MS : IDLE_MS);
  }

  join(ended: (job: Job) => void): () => void {
    this.watchers += 1;
    this.endings.add(ended);
    void this.look();
    return () => {
      this.watchers -= 1;
      this.endings.delete(ended);
      if (this.watchers === 0) clearTimeout(this.timer);
    };
  }
}

export const jobs = new Jobs();

/** Keep the list fresh while this component is there; `ended` hears of every job that ends meanwhile. */
export function useJobs(ended: (job: Job) => void = () => undefined): Jobs {
  onBeforeUnmount(jobs.join(ended));
  return jobs;
}
