/** The words of one trainers' page, and refusals in full. */
import { ElMessage } from "element-plus";
import { ApiError } from "../../api/http";
import type { TrainingPage } from "../route";
import { readable } from "../../logic/values";
import { useWords } from "../words";
import { names } from "./names";

const OWN_WORDS = [400, 403, 404, 409, 413, 422];

export function useTraining(page: TrainingPage | "frame" | "report") {
  const words = useWords();
  const { t, te } = words;

  const say = (key: string, values: Record<string, unknown> = {}): string => t(`training.${page}.${key}`, values);

  /** With the plural that `n` takes. */
  const sayCount = (key: string, n: number, values: Record<string, unknown> = {}): string => t(`training.${page}.${key}`, { n, ...values }, n);

  /** The service's own words for a refusal: they name file, line and marks. Everything else in ours. */
  const why = (error: unknown): string => {
    if (error instanceof ApiError && OWN_WORDS.includes(error.status) && error.message) return error.message;
    return words.sentence(error);
  };

  const complain = (error: unknown): void => {
    ElMessage({ type: "error", message: why(error), grouping: true, duration: 9_000, showClose: true });
  };

  /** Run; a refusal is shown in the service's words. True when it went well. */
  const attempt = async (run: () => Promise<unknown>, done?: string): Promise<boolean> => {
    try {
      await run();
    } catch (error) {
      complain(error);
      return false;
    }
    if (done) words.confirm(done);
    return true;
  };

  /** An intent's name for people, in this language where somebody has named it; `faq/wifi_password` is an article's question. */
  const intentName = (intent: string | null | undefined): string => {
    const title = names.titleOf(intent ?? "");
    if (title) return title;
    const [first = "", question] = (intent ?? "").split("/");
    const name = ["training.names", "intent"].map((group) => `${group}.${first}`).find((key) => te(key));
    const words = name ? t(name) : first;
    return question ? `${words}: ${readable(question)}` : words;
  };

  return { ...words, say, sayCount, why, complain, attempt, intentName };
}
