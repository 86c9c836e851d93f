import { describe, expect, it } from "vitest";
import { jwtClaims, loadRecord, RECORD_LIFE_MS, recordExpiry, saveRecord, visitorPrefix } from "../src/record";
import { MapStore } from "./map_store";

const jwt = (claims: object): string => `h.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.s`;
const RECORD = { conversation_id: "c", token: "t", expires_at_ms: 1_000, read_seq: 3, rated: false };

describe("the remembered conversation", () => {
  it("is the same for a renewed token of the same person, and another for anybody else", () => {
    const first = visitorPrefix("https://a.example", jwt({ sub: "customer-1", exp: 1 }));
    expect(visitorPrefix("https://a.example", jwt({ sub: "customer-1", exp: 2 }))).toBe(first);
    expect(visitorPrefix("https://a.example", jwt({ sub: "customer-2", exp: 1 }))).not.toBe(first);
    expect(visitorPrefix("https://a.example", null)).not.toBe(first);
    expect(visitorPrefix("https://b.example", jwt({ sub: "customer-1", exp: 1 }))).not.toBe(first);
    expect(first).not.toContain("customer-1");
  });

  it("is forgotten when it has expired or is broken", () => {
    const store = new MapStore();
    saveRecord(store, "p:", RECORD);
    expect(loadRecord(store, "p:", 999)).toEqual(RECORD);
    expect(loadRecord(store, "p:", 1_000)).toBeNull();
    store.set("p:chat", "{");
    expect(loadRecord(store, "p:", 0)).toBeNull();
  });

  it("never outlives its token", () => {
    expect(recordExpiry(jwt({ exp: 5 }), 1_000)).toBe(5_000);
    expect(recordExpiry("opaque", 1_000)).toBe(1_000 + RECORD_LIFE_MS);
  });

  it("does not mind a token that is no JWT", () => {
    expect(jwtClaims("opaque")).toBeNull();
    expect(jwtClaims("a.%%%.c")).toBeNull();
  });
});
