/** A conversation test while it is edited. */
import type { TestBody, TestLine, Turn } from "../../api/training/tests";
import type { TestFailure } from "../../api/training/jobs";

/** What is missing before it can be saved; empty when nothing is. */
export type Missing = "topic" | "name" | "turns" | "said" | "expected" | "";

export function missing(test: TestBody): Missing {
  if (!/^[a-z][a-z0-9_]*$/.test(test.topic)) return "topic";
  if (!test.name.trim()) return "name";
  if (test.turns.length === 0) return "turns";
  if (test.turns.some((turn) => turn.press === undefined && !turn.customer?.trim())) return "said";
  if (test.turns.every((turn) => texts(turn).length === 0 && !turn.expects)) return "expected";
  return "";
}

function texts(turn: Turn): string[] {
  return turn.replies.flatMap((reply) => reply.contains).filter((text) => text.trim());
}

/** What is sent: expectations that were emptied are left out. */
export function cleaned(test: TestBody): TestBody {
  const turns = test.turns.map((turn): Turn => {
    const replies = turn.replies
      .map((reply) => ({ ...reply, contains: reply.contains.map((text) => text.trim()).filter(Boolean) }))
      .filter((reply) => reply.contains.length > 0);
    return {
      ...(turn.press !== undefined ? { press: turn.press } : { customer: turn.customer?.trim() ?? "" }),
      replies, ...(turn.expects && { expects: turn.expects }),
    };
  });
  return { topic: test.topic, name: test.name.trim(), language: test.language, turns };
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
