/** A conversation test while it is edited. */
import type { TestBody, TestLine, Turn, WantedReply } from "../../api/training/tests";
import type { TestFailure } from "../../api/training/jobs";

/** What is missing before it can be saved; empty when nothing is. */
export type Missing = "topic" | "name" | "turns" | "said" | "masked" | "expected" | "";

export function missing(test: TestBody): Missing {
  if (!/^[a-z][a-z0-9_]*$/.test(test.topic)) return "topic";
  if (!test.name.trim()) return "name";
  if (test.turns.length === 0) return "turns";
  if (test.turns.some((turn) => turn.press === undefined && !turn.customer?.trim())) return "said";
  if (test.turns.some(isMasked)) return "masked";
  if (test.turns.every((turn) => wanted(turn).length === 0 && !turn.expects && !turn.slots && !turn.owner)) return "expected";
  return "";
}

/** Words of a customer that were hidden: they cannot be played as they stand. */
export function isMasked(turn: Turn): boolean {
  return turn.customer?.includes("**") ?? false;
}

/** The answers of a turn without what was emptied. */
function wanted(turn: Turn): WantedReply[] {
  return (turn.replies ?? [])
    .map(({ contains, ...rest }) => {
      const texts = contains?.map((text) => text.trim()).filter(Boolean) ?? [];
      return { ...rest, ...(texts.length > 0 && { contains: texts }) };
    })
    .filter((reply) => Object.keys(reply).length > 0);
}

/** What is sent: expectations that were emptied are left out. */
export function cleaned(test: TestBody): TestBody {
  const turns = test.turns.map((turn): Turn => {
    const { customer, expects, ...rest } = turn;
    delete rest.replies;
    const replies = wanted(turn);
    return {
      ...rest, ...(rest.press === undefined && { customer: customer?.trim() ?? "" }),
      ...(replies.length > 0 && { replies }), ...(expects && { expects }),
    };
  });
  const { topic, name, language, customer, facts_of } = test;
  return { topic, name: name.trim(), ...(language && { language }), ...(customer && { customer }), ...(facts_of && { facts_of }), turns };
}

/** `tests/conversations/test_billing.yml` → `billing`. */
export function topicOf(path: string): string {
  return path.replace(/^.*test_/, "").replace(/\.ya?ml$/, "");
}

export interface TopicTests {
  topic: string;
  tests: (TestLine & { failure: TestFailure | null })[];
  failed: number;
}

/** Tests by topic, with what failed last; topics with failures first, then by name. */
export function byTopic(tests: readonly TestLine[], failures: readonly TestFailure[], words: string, failedOnly: boolean): TopicTests[] {
  const failed = new Map(failures.map((one) => [`${one.path} ${one.name}`, one]));
  const topics = new Map<string, TopicTests>();
  const wanted = words.trim().toLowerCase();
  for (const test of tests) {
    const failure = failed.get(`${test.path} ${test.name}`) ?? null;
    if ((failedOnly && !failure) || (wanted && !`${test.name} ${test.path}`.toLowerCase().includes(wanted))) continue;
    const topic = topicOf(test.path);
    const group = topics.get(topic) ?? { topic, tests: [], failed: 0 };
    group.tests.push({ ...test, failure });
    if (failure) group.failed += 1;
    topics.set(topic, group);
  }
  return [...topics.values()].sort((a, b) => Number(b.failed > 0) - Number(a.failed > 0) || a.topic.localeCompare(b.topic));
}

/** The id of a conversation in what somebody pasted: the id itself, or a link to the chat; empty when there is none. */
export function conversationIn(pasted: string): string {
  const text = pasted.trim();
  const linked = /#\/chat\/([^/?\s]+)/.exec(text)?.[1];
  const id = linked ? decodeURIComponent(linked) : text;
  return /^[\w-]+$/.test(id) ? id : "";
}
