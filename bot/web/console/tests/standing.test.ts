import { describe, expect, it } from "vitest";
import type { Colleague, Owner, Participant } from "../src/api/types";
import { byReach } from "../src/logic/people";
import { speaks, standing } from "../src/logic/standing";
import { clockTone, statusTone } from "../src/logic/tones";

const name = { zh: "", en: "" };

function chat(owner: Owner, agent_id: string | null = null, participants: Participant[] = []) {
  return { state: { owner }, agent_id, participants };
}

describe("where I stand", () => {
  it("is the owner's only while a person has the chat", () => {
    expect(standing(chat("agent", "me"), "me")).toBe("owner");
    expect(standing(chat("closed", "me"), "me")).toBe("closed");
    expect(standing(chat("queued", "me"), "me")).toBe("free");
  });

  it("follows from how I am in", () => {
    const as = (mode: Participant["mode"]) => standing(chat("agent", "other", [{ user_id: "me", name, mode }]), "me");
    expect([as("invited"), as("joined"), as("watching")]).toEqual(["invited", "guest", "watcher"]);
    expect(standing(chat("agent", "other"), "me")).toBe("outside");
  });

  it("decides whether my words reach the customer", () => {
    expect(["owner", "guest", "free"].every((where) => speaks(where as never))).toBe(true);
    expect(["watcher", "invited", "outside", "closed"].some((where) => speaks(where as never))).toBe(false);
  });
});

describe("whom to ask", () => {
  const person = (id: string, more: Partial<Colleague> = {}): Colleague => ({
    id, name, username: id, roles: [], groups: [], languages: ["zh"], products: [], classes: [], reason: null, wish: "available", alive: true, status: "available", status_since: null, load: 0,
    capacity: 4, ...more,
  });

  it("is who is there, speaks the language, has room and has least", () => {
    const found = byReach([
      person("off", { status: "offline" }), person("full", { load: 4 }), person("busy", { load: 2 }), person("idle"),
      person("english", { languages: ["en"] }), person("away", { status: "away" }),
    ], "zh");
    expect(found.map((one) => one.id)).toEqual(["idle", "busy", "full", "english", "away", "off"]);
  });
});

describe("colours of states", () => {
  it("say how a ticket and its clocks stand", () => {
    expect(["resolved", "cancelled", "pending", "inProgress"].map(statusTone)).toEqual(["good", "bad", "warn", "accent"]);
    expect([clockTone("running", 20), clockTone("running", 80), clockTone("broken", 100), clockTone("met", 10), clockTone("standing", 90)])
      .toEqual(["accent", "warn", "bad", "good", ""]);
  });
});
