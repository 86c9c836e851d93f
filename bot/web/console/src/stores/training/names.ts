/** Names that the pages share: intents with their counts and topics, titles of articles, entities. */
import { computed, reactive } from "vue";
import { ApiError } from "../../api/http";
import type { EntityLine, Example, IntentData, IntentLine } from "../../api/training/types";
import type { Language } from "../../api/types";
import { preferences } from "../preferences";
import { training } from "./api";

const SHOWN_EXAMPLES = 6;

class Names {
  readonly state = reactive({
    intents: [] as IntentLine[],
    titles: {} as Record<string, Record<Language, string>>,
    entities: [] as string[],
    /** Entities of data that this service cannot list, as seen in marks. */
    seen: [] as string[],
  });
  readonly topics = computed(() => [...new Set(this.state.intents.map((line) => line.topic))].sort());
  private readonly examples = reactive(new Map<string, IntentData>());
  private asked: Promise<void> | null = null;

  /** Once; `again` after intents were made or emptied. */
  load(again = false): Promise<void> {
    if (again || !this.asked) {
      this.asked = this.read().catch((error: unknown) => {
        this.asked = null;
        throw error;
      });
    }
    return this.asked;
  }

  /** `faq/wifi_password` by the article's title; null for what has no title. */
  titleOf(intent: string): string | null {
    const title = intent.startsWith("faq/") ? this.state.titles[intent.slice(4)] : undefined;
    return title ? title[preferences.language] || title.zh : null;
  }

  /** A few examples of an intent; null until they are there. */
  examplesOf(intent: string): Record<Language, Example[]> | null {
    const found = this.examples.get(intent);
    return found ? { zh: found.examples.zh.slice(0, SHOWN_EXAMPLES), en: found.examples.en.slice(0, SHOWN_EXAMPLES) } : null;
  }

  async fetchExamples(intent: string): Promise<void> {
    if (!this.examples.has(intent)) this.examples.set(intent, await training.data.intent(intent));
  }

  /** Examples of an intent were edited. */
  forget(intent: string): void {
    this.examples.delete(intent);
  }

  entityNames(): string[] {
    return [...new Set([...this.state.entities, ...this.state.seen])].sort();
  }

  see(entity: string): void {
    if (!this.state.seen.includes(entity)) this.state.seen.push(entity);
  }

  private async read(): Promise<void> {
    const [intents, articles, entities] = await Promise.all([training.data.intents(), training.data.articles(), lacking(training.data.entities())]);
    this.state.intents = intents;
    this.state.titles = Object.fromEntries(articles.map((line) => [line.id, line.title]));
    this.state.entities = (entities ?? []).map((line) => line.entity);
  }
}

/** Null from a service that does not have this part yet. */
export async function lacking(asked: Promise<EntityLine[]>): Promise<EntityLine[] | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError && [404, 405].includes(error.status)) return null;
    throw error;
  }
}

export const names = new Names();
