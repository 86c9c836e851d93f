/** The words of one trainers' page, and refusals in full. */
import type { Cause, Job, Refusal, TestFailure } from "../../api/training/jobs";
import type { Finding } from "../../api/training/types";
import { share } from "../../logic/figures";
import { readable } from "../../logic/values";
import { preferences } from "../preferences";
import type { TrainingPage } from "../route";
import { useWords } from "../words";
import { names } from "./names";

/** What has no words in `training.causes.error` names file and line. */
const ITS_WORDS = [400, 403, 404, 409, 413, 422];

export function useTraining(page: TrainingPage | "frame" | "report") {
  const words = useWords(ITS_WORDS, "training.causes.error", ({ more }) => (more.cause ? ofCause("why", more.cause as Cause) : ""));
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

  /** The file and line, or the turn, that a cause is about. */
  const placeOf = ({ path, line, turn }: Cause["values"]): string => {
    if (turn !== undefined) return t("training.causes.place.turn", { turn });
    return line === undefined ? String(path ?? "") : t("training.causes.place.line", { path, line });
  };

  /** What a cause names, as people call it. */
  const values = ({ values: given }: Cause): Record<string, string | number> => ({
    place: placeOf(given),
    ...Object.fromEntries(
      Object.entries(given).map(([name, value]) => {
        if (name === "intent" || name === "other") return [name, intentName(String(value))];
        if (name === "language") return [name, t(`language.${value}`)];
        if (given.difference && (name === "wanted" || name === "got")) return [name, differs(name, given.difference, given, String(value))];
        return [name, name === "floor" ? share(Number(value), preferences.language) : value];
      }),
    ),
  });

  const ofCause = (part: "why" | "todo", cause: Cause, otherwise = ""): string => {
    const key = `training.causes.${part}.${cause.case}`;
    return cause.case && te(key) ? t(key, values(cause), Number(cause.values.n ?? 1)) : otherwise;
  };

  /** What a conversation test wanted, or what came. */
  const differs = (part: "wanted" | "got", name: unknown, given: Cause["values"], otherwise: string): string => {
    const key = `training.causes.${part}.${String(name)}`;
    const people = name === "other_owner" ? ["what", "came"].map((one) => [one, t(`training.causes.speaker.${given[one]}`)]) : [];
    return te(key) ? t(key, { ...given, ...Object.fromEntries(people) }) : otherwise;
  };
  const failureWords = (one: TestFailure): { wanted: string; got: string } => ({
    wanted: differs("wanted", one.case, one.values ?? {}, one.wanted),
    got: differs("got", one.case, one.values ?? {}, one.got),
  });

  /** Why a job failed. */
  const jobError = ({ cause, error }: Job): string => {
    const key = `training.causes.error.${cause?.case}`;
    return cause ? ofCause("why", cause, te(key) ? t(key) : (error ?? "")) : (error ?? "");
  };

  /** A refusal's rule, why it was broken and what to do. */
  const refusalWords = (one: Refusal): { title: string; why: string; todo: string } => ({
    title: te(`training.causes.rule.${one.rule}`) ? t(`training.causes.rule.${one.rule}`) : readable(one.rule),
    why: ofCause("why", one, one.why),
    todo: ofCause("todo", one, te(`training.causes.todo.${one.rule}`) ? t(`training.causes.todo.${one.rule}`) : one.todo),
  });

  /** What to do about a finding. */
  const adviceOn = ({ kind, intent, other_intent: other, language, word, right }: Finding): string =>
    t(`training.findings.advice.${kind}`, { intent: intentName(intent), other: other ? intentName(other) : "", language: language ? t(`language.${language}`) : "", word, right });

  return { ...words, why: words.sentence, say, sayCount, intentName, causeWords: (cause: Cause) => ofCause("why", cause, cause.case), refusalWords, failureWords, jobError, adviceOn };
}
