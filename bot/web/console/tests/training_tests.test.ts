import { describe, expect, it } from "vitest";
import type { TestBody } from "../src/api/training/tests";
import { byTopic, cleaned, conversationIn, missing, topicOf } from "../src/logic/training/conversation_test";

function body(more: Partial<TestBody> = {}): TestBody {
  return { topic: "billing", name: "A bill", language: "en", turns: [{ customer: "my bill", replies: [{ contains: ["Your bill"] }] }], ...more };
}

describe("a test being written", () => {
  it("can be saved when nothing is missing", () => {
    expect(missing(body())).toBe("");
    expect(missing(body({ turns: [{ press: 1, replies: [], expects: "line_id" }] }))).toBe("");
  });

  it("names what is missing", () => {
    expect(missing(body({ topic: "My topic" }))).toBe("topic");
    expect(missing(body({ name: " " }))).toBe("name");
    expect(missing(body({ turns: [] }))).toBe("turns");
    expect(missing(body({ turns: [{ customer: " ", replies: [] }] }))).toBe("said");
    expect(missing(body({ turns: [{ customer: "call *** now", replies: [{ response: "utter_a" }] }] }))).toBe("masked");
    expect(missing(body({ turns: [{ customer: "hello", replies: [{ contains: [""] }] }] }))).toBe("expected");
  });

  it("is sent without what was emptied", () => {
    const sent = cleaned(body({ turns: [{ customer: " hi ", replies: [{ contains: [" Hello ", ""] }, { contains: [" "] }], expects: null }] }));
    expect(sent.turns).toEqual([{ customer: "hi", replies: [{ contains: ["Hello"] }] }]);
  });

  it("keeps the place of a button that was pressed", () => {
    expect(cleaned(body({ turns: [{ press: 2, replies: [] }] })).turns).toEqual([{ press: 2 }]);
  });

  it("keeps what the editor does not show, and whose it is", () => {
    const turn = { customer: "hi", replies: [{ response: "utter_greet", contains: [" "] }], slots: { product: "mobile" }, owner: "bot", not_contains: ["sorry"] };
    const sent = cleaned(body({ customer: "customer_basic", turns: [turn] }));
    expect(sent.customer).toBe("customer_basic");
    expect(sent.turns).toEqual([{ ...turn, replies: [{ response: "utter_greet" }] }]);
  });
});

describe("tests by topic", () => {
  const tests = [
    { path: "tests/conversations/test_plans.yml", name: "x", language: null, turns: 1, line: 1 },
    { path: "tests/conversations/test_billing.yml", name: "x", language: null, turns: 1, line: 1 },
    { path: "tests/conversations/test_plans.yml", name: "y", language: null, turns: 1, line: 9 },
  ];
  const failure = { path: "tests/conversations/test_plans.yml", name: "x", turn: 1, said: "a", wanted: "b", got: "c" };

  it("put topics with failures first, and tell tests of one name apart by their file", () => {
    const found = byTopic(tests, [failure], "", false);
    expect(found.map((topic) => [topic.topic, topic.failed, topic.tests.length])).toEqual([["plans", 1, 2], ["billing", 0, 1]]);
  });

  it("are found by name or file, or are only those that failed", () => {
    expect(byTopic(tests, [failure], "BILL", false).map((topic) => topic.topic)).toEqual(["billing"]);
    expect(byTopic(tests, [failure], "", true).flatMap((topic) => topic.tests.map((test) => test.name))).toEqual(["x"]);
  });

  it("take the topic from the file's name", () => {
    expect(topicOf("tests/conversations/test_close_calls.yml")).toBe("close_calls");
  });
});

describe("what somebody pastes", () => {
  it("is a conversation's id or a link to its chat", () => {
    expect(conversationIn(" 0b1c-22 ")).toBe("0b1c-22");
    expect(conversationIn("https://example.org/console/#/chat/0b1c-22/details")).toBe("0b1c-22");
    expect(conversationIn("the one with Mr Wang")).toBe("");
  });
});
