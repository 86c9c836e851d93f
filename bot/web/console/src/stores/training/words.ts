/** The words of one trainers' page, and refusals in full. */
import type { TrainingPage } from "../route";
import { readable } from "../../logic/values";
import { useWords } from "../words";
import { names } from "./names";

/** Refusals name file, line and marks. */
const ITS_WORDS = [400, 403, 404, 409, 413, 422];

export function useTraining(page: TrainingPage | "frame" | "report") {
  const words = useWords(ITS_WORDS);
  const { t, te } = words;

  const say = (key: string, values: Record<string, unknown> = {}): string => t(`training.${page}.${key}`, values);

  /** With the plural that `n` takes. */
  const sayCount = (key: string, n: number, values: Record<string, unknown> = {}): string => t(`training.${page}.${key}`, { n, ...values }, n);

  /** An intent's name for people, in this language where somebody has named it; `faq/wifi_password` is an article's question. */
  const intentName = (intent: string | null | undefined): string => {
    const title = names.titleOf(intent ?? "");
    if (title) return title;
    const [first = "", question] = (intent ?? "").split("/");
    const name = ["training.names", "intent"].map((group) => `${group}.${first}`).find((key) => te(key));
    const words = name ? t(name) : first;
    return question ? `${words}: ${readable(question)}` : words;
  };

  return { ...words, why: words.sentence, say, sayCount, intentName };
}
