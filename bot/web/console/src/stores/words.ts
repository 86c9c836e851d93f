/** Turns names, errors and outcomes into the words of the chosen language. */
import { ElMessage } from "element-plus";
import { useI18n } from "vue-i18n";
import { ApiError } from "../api/http";
import type { Words } from "../api/types";
import { isId, plain, readable } from "../logic/values";
import { preferences } from "./preferences";

const LEAST_MS = 6_000;
const MS_A_LETTER = 60;

/**
 * @param itsWords statuses whose sentence from the service is shown instead of ours: it names what we cannot know, such as file and line.
 * @param group texts by an error's code that come before both.
 * @param ofCause what the cause that a refusal names is in words; empty where it has none.
 */
export function useWords(itsWords: readonly number[] = [], group = "", ofCause: (error: ApiError) => string = () => "") {
  const { t, te, tm } = useI18n({ useScope: "global" });

  /** The text of an id in a group such as `slot`; one nobody has named is made readable. */
  const named = (group: string, id: string): string => (te(`${group}.${id}`) ? t(`${group}.${id}`) : readable(id));

  const inLanguage = (words: Words | null | undefined): string =>
    words ? words[preferences.language] || words.zh || words.en : "";

  /** A canonical value in words; what a customer typed stays as typed. */
  const shown = (value: unknown): string => {
    if (Array.isArray(value)) return value.map(shown).filter(Boolean).join(", ");
    const text = plain(value);
    return isId(text) && te(`value.${text}`) ? t(`value.${text}`) : text;
  };

  const sentence = (error: unknown): string => {
    if (!(error instanceof ApiError)) return t("error.unknown");
    const caused = ofCause(error);
    if (caused) return caused;
    if (group && te(`${group}.${error.code}`)) return t(`${group}.${error.code}`);
    if (itsWords.includes(error.status) && error.message) return error.message;
    const words = te(`error.${error.code}`) ? t(`error.${error.code}`) : error.message || t("error.unknown");
    return error.code === "internal_error" && error.requestId ? t("error.withId", { words, id: error.requestId }) : words;
  };

  const complain = (error: unknown): void => {
    const message = sentence(error);
    ElMessage({ type: "error", message, grouping: true, duration: Math.max(LEAST_MS, message.length * MS_A_LETTER), showClose: true });
  };

  const warn = (words: string): void => {
    ElMessage({ type: "warning", message: words, grouping: true, duration: LEAST_MS, showClose: true });
  };

  const confirm = (words: string): void => {
    ElMessage({ type: "success", message: words, grouping: true, duration: 2_500 });
  };

  /** Run; a failure becomes a sentence on the screen. True when it went well. */
  const attempt = async (run: () => Promise<unknown>, done?: string): Promise<boolean> => {
    try {
      await run();
    } catch (error) {
      complain(error);
      return false;
    }
    if (done) confirm(done);
    return true;
  };

  return { t, te, tm, named, inLanguage, shown, sentence, complain, warn, confirm, attempt };
}
