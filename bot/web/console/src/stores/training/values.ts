/** What an entity holds, in words. */
import { instants } from "../../logic/training/sentence";
import { session } from "../session";
import { times } from "../times";
import { useWords } from "../words";

export function useValues() {
  const { shown } = useWords();

  /** A canonical value in words; instants as this desk writes them. */
  const held = (value: unknown): string => {
    const found = instants(value);
    return found.length ? found.map((at) => times.value.moment(at, session.state.now)).join(" – ") : shown(value);
  };

  return { held };
}
