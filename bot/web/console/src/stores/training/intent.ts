/** The intent that is open: its examples in both languages, and every edit of them. */
import { reactive } from "vue";
import type { Example, Finding, IntentData, Mark } from "../../api/training/types";
import type { Language } from "../../api/types";
import { training } from "./api";
import { bench } from "./bench";
import { names } from "./names";

class OpenIntent {
  readonly state = reactive({
    data: null as IntentData | null,
    findings: [] as Finding[],
    /** What stands selected, as the files have it. */
    chosen: { zh: new Set<string>(), en: new Set<string>() },
    /** Examples that were taken out last, to be put back. */
    removed: null as { intent: string; language: Language; texts: string[] } | null,
  });

  async open(intent: string): Promise<void> {
    if (this.state.data?.intent !== intent) Object.assign(this.state, { data: null, findings: [] });
    this.clearChosen();
    this.state.data = await training.data.intent(intent);
    void this.lookForFindings(intent);
  }

  async add(language: Language, text: string, marks: readonly Mark[] = []): Promise<void> {
    const { intent } = this.here();
    await training.data.add(intent, language, text, marks);
    await this.edited(intent);
  }

  /** One after the other; which could not be added, and why. */
  async addMany(language: Language, texts: readonly string[], step: (done: number) => void): Promise<{ text: string; error: unknown }[]> {
    const { intent } = this.here();
    const failed: { text: string; error: unknown }[] = [];
    for (const [i, text] of texts.entries()) {
      try {
        await training.data.add(intent, language, text);
      } catch (error) {
        failed.push({ text, error });
      }
      step(i + 1);
    }
    await this.edited(intent);
    return failed;
  }

  async reword(language: Language, example: Example, text: string): Promise<void> {
    const { intent } = this.here();
    await training.data.change(intent, language, example.text, text);
    await this.edited(intent);
  }

  async remark(language: Language, example: Example, marks: readonly Mark[]): Promise<void> {
    const { intent } = this.here();
    await training.data.change(intent, language, example.text, example.plain, marks);
    await this.edited(intent);
  }

  async remove(language: Language, texts: readonly string[]): Promise<void> {
    const { intent } = this.here();
    for (const text of texts) await training.data.remove(intent, language, text);
    this.state.removed = { intent, language, texts: [...texts] };
    await this.edited(intent);
  }

  async putBack(): Promise<void> {
    const { removed } = this.state;
    if (!removed) return;
    this.state.removed = null;
    for (const text of removed.texts) await training.data.add(removed.intent, removed.language, text);
    await this.edited(removed.intent);
  }

  async move(language: Language, texts: readonly string[], to: string): Promise<void> {
    const { intent } = this.here();
    await training.data.move(intent, language, texts, to);
    names.forget(to);
    await this.edited(intent);
  }

  clearChosen(): void {
    this.state.chosen.zh.clear();
    this.state.chosen.en.clear();
  }

  private here(): IntentData {
    if (!this.state.data) throw new Error("no intent is open");
    return this.state.data;
  }

  private async edited(intent: string): Promise<void> {
    names.forget(intent);
    bench.edit();
    this.clearChosen();
    void names.load(true).catch(() => undefined);
    if (this.state.data?.intent !== intent) return;
    this.state.data = await training.data.intent(intent);
    void this.lookForFindings(intent);
  }

  /** Beside the examples; without them the editor works as well. */
  private async lookForFindings(intent: string): Promise<void> {
    try {
      const { findings } = await training.data.findings({ intent });
      if (this.state.data?.intent === intent) this.state.findings = findings;
    } catch {
      this.state.findings = [];
    }
  }
}

export const openIntent = new OpenIntent();
