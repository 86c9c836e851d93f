/** Everything a key or the palette can do, in one place: the help page and the palette read the same list. */
import type { Presence } from "../api/types";
import { standing } from "../logic/standing";
import type { Standing } from "../logic/standing";
import { has } from "./api";
import { chats } from "./chats";
import { desk } from "./desk";
import { VIEWS, inbox } from "./inbox";
import type { View } from "./inbox";
import { offers } from "./offers";
import { dark, otherLanguage, prefer, preferences } from "./preferences";
import { PAGES, go, route, visit } from "./route";
import type { Page } from "./route";
import { compose, screen } from "./screen";
import type { ContextTab, DialogName } from "./screen";
import { session } from "./session";

export interface Command {
  /** Also the key of its words, `command.<id>`. */
  id: string;
  group: "chat" | "list" | "offer" | "go" | "desk";
  /** As typed: `e`, `g m`, `mod+k`, `alt+a`. */
  keys?: string;
  when: () => boolean;
  run: () => unknown;
}

const GO_KEYS: Partial<Record<View | Page, string>> = {
  mine: "g m", queue: "g q", group: "g g", open: "g a", mentions: "g n", closed: "g c", watched: "g w", low_ratings: "g l", tickets: "g t",
  callbacks: "g b", macros: "g x", dashboard: "g d", ratings: "g r",
};
const TAB_KEYS: Record<ContextTab, string> = { packet: "1", customer: "2", work: "3", notes: "4", answers: "5" };
const LEADERS: readonly string[] = ["dashboard", "ratings", "low_ratings"];
const always = (): boolean => true;

function where(): Standing | null {
  const view = chats.current.value?.view;
  return view ? standing(view, session.state.user?.id) : null;
}

function dialog(name: DialogName): () => void {
  return () => (screen.dialog = name);
}

const mine = (): boolean => where() === "owner";
/** In a chat that somebody else has. */
const inside = (): boolean => ["watcher", "guest", "invited"].includes(where() ?? "");
const beside = (): boolean => session.leads.value && (inside() || where() === "outside");

function attend(act: "monitor" | "join" | "leave" | "takeover"): () => unknown {
  return () => route.chat && chats.attend(route.chat, act);
}

/** The next chat below or above the open one. */
function step(by: 1 | -1): void {
  const rows = inbox.list.value;
  const at = rows.findIndex((row) => row.id === route.chat);
  const next = rows[at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)];
  if (next) go(next.id);
}

function open(view: View): void {
  inbox.show(view);
  if (route.page !== "inbox") go(null);
}

function mayVisit(page: string): boolean {
  return has(page) && (!LEADERS.includes(page) || session.leads.value);
}

export const COMMANDS: readonly Command[] = [
  { id: "accept", group: "offer", keys: "alt+a", when: () => offers.state.open.length > 0, run: () => offers.state.open[0] && offers.accept(offers.state.open[0]) },
  { id: "decline", group: "offer", keys: "alt+d", when: () => offers.state.open.length > 0, run: () => offers.state.open[0] && offers.decline(offers.state.open[0]) },
  { id: "reply", group: "chat", keys: "r", when: () => route.chat !== null, run: () => compose("reply") },
  { id: "note", group: "chat", keys: "n", when: () => route.chat !== null, run: () => compose("note") },
  { id: "close", group: "chat", keys: "e", when: mine, run: dialog("close") },
  { id: "transfer", group: "chat", keys: "t", when: mine, run: dialog("transfer") },
  { id: "return", group: "chat", keys: "b", when: mine, run: dialog("return") },
  { id: "invite", group: "chat", keys: "i", when: () => mine() && has("colleagues"), run: dialog("invite") },
  { id: "identity", group: "chat", when: () => mine() && chats.current.value?.view?.customer !== null, run: dialog("identity") },
  { id: "take", group: "chat", keys: "a", when: () => where() === "free" && chats.current.value?.view?.state.owner === "queued", run: () => route.chat && desk.take(route.chat) },
  { id: "monitor", group: "chat", keys: "w", when: () => where() === "outside" && session.leads.value, run: attend("monitor") },
  { id: "whisper", group: "chat", keys: "h", when: () => session.leads.value && ["watcher", "guest"].includes(where() ?? ""), run: () => compose("whisper") },
  { id: "join", group: "chat", keys: "o", when: () => where() === "invited" || (beside() && where() !== "guest"), run: attend("join") },
  { id: "takeOver", group: "chat", keys: "v", when: beside, run: attend("takeover") },
  { id: "leaveChat", group: "chat", keys: "q", when: inside, run: attend("leave") },
  { id: "next", group: "list", keys: "j", when: always, run: () => step(1) },
  { id: "previous", group: "list", keys: "k", when: always, run: () => step(-1) },
  { id: "search", group: "list", keys: "/", when: always, run: () => (screen.search += 1) },
  { id: "leave", group: "list", keys: "u", when: () => route.chat !== null, run: () => go(null) },
  ...(Object.keys(TAB_KEYS) as ContextTab[]).map((tab): Command => ({
    id: `tab_${tab}`, group: "chat", keys: TAB_KEYS[tab], when: () => route.chat !== null, run: () => showContext(tab),
  })),
  ...VIEWS.map((view): Command => ({
    id: `view_${view}`, group: "go", ...(GO_KEYS[view] && { keys: GO_KEYS[view] }), when: () => mayVisit(view), run: () => open(view),
  })),
  ...PAGES.filter((page) => page !== "inbox").map((page): Command => ({
    id: `page_${page}`, group: "go", ...(GO_KEYS[page] && { keys: GO_KEYS[page] }), when: () => mayVisit(page), run: () => visit(page),
  })),
  ...(["available", "away", "offline"] as Presence[]).map((status): Command => ({
    id: `presence_${status}`, group: "desk", when: () => session.state.presence !== status, run: () => session.setPresence(status),
  })),
  { id: "theme", group: "desk", when: always, run: () => prefer({ theme: dark.value ? "light" : "dark" }) },
  { id: "density", group: "desk", when: always, run: () => prefer({ density: preferences.density === "compact" ? "comfortable" : "compact" }) },
  { id: "language", group: "desk", when: always, run: () => prefer({ language: otherLanguage() }) },
  { id: "settings", group: "desk", when: always, run: () => (screen.settings = true) },
  { id: "palette", group: "desk", keys: "mod+k", when: always, run: () => (screen.palette = !screen.palette) },
  { id: "help", group: "desk", keys: "?", when: always, run: () => (screen.help = true) },
  { id: "logOut", group: "desk", when: always, run: () => session.logOut() },
];

function showContext(tab: ContextTab): void {
  screen.context = tab;
  if (route.chat && matchMedia("(max-width: 1279px)").matches) go(route.chat, true);
}

/** Keys that work while somebody writes too. */
function anywhere(keys: string): boolean {
  return keys.includes("+");
}

/** The command that a key press means, given the key before it; null when it means none. */
export function commandFor(stroke: string, before: string, writing: boolean): Command | null {
  const sequence = before ? `${before} ${stroke}` : stroke;
  const fits = (command: Command): boolean =>
    command.keys !== undefined && (!writing || anywhere(command.keys)) && (command.keys === sequence || command.keys === stroke) && command.when();
  // two keys in a row mean what they mean together
  return COMMANDS.find((command) => command.keys === sequence && fits(command)) ?? (before === "g" ? null : (COMMANDS.find(fits) ?? null));
}
