/** Who to ask first: there, with room, in the customer's language. */
import type { Colleague, Language } from "../api/types";

const REACH = { available: 0, away: 1, not_responding: 2, offline: 3 } as const;

export function byReach(people: readonly Colleague[], language: Language): Colleague[] {
  const rank = (person: Colleague): number[] => [
    REACH[person.status],
    person.languages.includes(language) ? 0 : 1,
    person.load >= person.capacity ? 1 : 0,
    person.load / Math.max(1, person.capacity),
  ];
  return [...people].sort((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    return x.map((n, i) => n - (y[i] ?? 0)).find((difference) => difference !== 0) ?? a.username.localeCompare(b.username);
  });
}
