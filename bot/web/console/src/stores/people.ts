/** Colleagues and groups: who is there, how much they have, how long people wait. */
import { computed, reactive } from "vue";
import type { Colleague, Group } from "../api/types";
import { api, ifPresent } from "./api";
import { preferences } from "./preferences";

const SOON_MS = 400;

class People {
  readonly state = reactive({ colleagues: [] as Colleague[], groups: [] as Group[] });
  readonly groupById = computed(() => new Map(this.state.groups.map((group) => [group.id, group])));
  private soon: ReturnType<typeof setTimeout> | undefined;

  async refresh(): Promise<void> {
    const [colleagues, groups] = await Promise.all([
      ifPresent("colleagues", () => api.colleagues()),
      ifPresent("groups", () => api.groups()),
    ]);
    if (colleagues) this.state.colleagues = colleagues;
    if (groups) this.state.groups = groups;
  }

  /** Of a colleague, in the chosen language; empty when nobody has this id. */
  nameOf(id: string | null | undefined): string {
    const name = this.state.colleagues.find((person) => person.id === id)?.name;
    return name ? name[preferences.language] || name.zh : "";
  }

  refreshSoon(): void {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => void this.refresh().catch(() => undefined), SOON_MS);
  }

  clear(): void {
    Object.assign(this.state, { colleagues: [], groups: [] });
  }
}

export const people = new People();
