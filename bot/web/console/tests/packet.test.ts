import { createHash, webcrypto } from "node:crypto";
import { describe, expect, it } from "vitest";
import { covered, transcriptLines, verifyTranscript } from "../src/logic/packet";
import { message } from "./messages";

const subtle = webcrypto.subtle as unknown as SubtleCrypto;
const said = [message(1, "bot", "您好"), message(2, "customer", "网断了\n红灯"), message(3, "bot", "✓ done"), message(4, "agent", "later")];
/** As the service writes it: computed by another library, from the contract's words. */
const sha256 = createHash("sha256").update("1\tbot\t您好\n2\tcustomer\t网断了\n红灯\n3\tbot\t✓ done\n", "utf8").digest("hex");
const range = { count: 3, first_seq: 1, last_seq: 3, sha256 };

describe("the transcript of a packet", () => {
  it("is verified when every counted message is here unchanged, whatever came later", async () => {
    expect(await verifyTranscript(said, range, subtle)).toEqual({ state: "verified", count: 3, expected: 3 });
  });

  it("does not depend on the order in which messages arrived", async () => {
    expect((await verifyTranscript([...said].reverse(), range, subtle)).state).toBe("verified");
  });

  it("differs when one character does", async () => {
    const changed = said.map((item) => (item.seq === 2 ? { ...item, text: "网断了\n绿灯" } : item));
    expect((await verifyTranscript(changed, range, subtle)).state).toBe("different");
  });

  it("differs when somebody else is said to have spoken", async () => {
    const changed = said.map((item) => (item.seq === 3 ? message(3, "agent", item.text) : item));
    expect((await verifyTranscript(changed, range, subtle)).state).toBe("different");
  });

  it("counts what is missing", async () => {
    const proof = await verifyTranscript(said.filter((item) => item.seq !== 2), range, subtle);
    expect(proof).toEqual({ state: "incomplete", count: 2, expected: 3 });
  });

  it("says so when the browser cannot compute it", async () => {
    expect((await verifyTranscript(said, range, undefined)).state).toBe("unknown");
  });

  it("covers the first and the last message", () => {
    expect(covered(said, { ...range, first_seq: 2, last_seq: 3 }).map((item) => item.seq)).toEqual([2, 3]);
  });

  it("writes one line a message", () => {
    expect(transcriptLines(said.slice(0, 1))).toBe("1\tbot\t您好\n");
  });
});
