/** Where the console is: `#/chat/ID`, `#/chat/ID/details`, `#/dashboard`, `#/training/intents/NAME`, …, so that back, reload and links work. */
import { reactive } from "vue";

export const PAGES = ["inbox", "tickets", "callbacks", "macros", "dashboard", "ratings"] as const;
export type Page = (typeof PAGES)[number];

export const TRAINING_PAGES = [
  "inbox", "intents", "responses", "articles", "policies", "entities", "findings", "changes", "try", "train", "models", "tests", "teach",
] as const;
export type TrainingPage = (typeof TRAINING_PAGES)[number];

interface Route {
  page: Page;
  chat: string | null;
  details: boolean;
  /** The trainers' page; null at the desk. */
  training: TrainingPage | null;
  /** What is open on the trainers' page. */
  item: string | null;
}

export const route = reactive<Route>({ page: "inbox", chat: null, details: false, training: null, item: null });

function read(): void {
  const [first = "", id, more] = location.hash.replace(/^#\/?/, "").split("/");
  const page = PAGES.find((name) => name === first) ?? "inbox";
  route.page = page;
  route.chat = first === "chat" && id ? decodeURIComponent(id) : null;
  route.details = route.chat !== null && more === "details";
  route.training = first === "training" ? (TRAINING_PAGES.find((name) => name === id) ?? "inbox") : null;
  route.item = route.training && more ? decodeURIComponent(more) : null;
}

window.addEventListener("hashchange", read);
read();

/** Open a chat, or the list when there is none. */
export function go(chat: string | null, details = false): void {
  location.hash = chat ? `#/chat/${encodeURIComponent(chat)}${details ? "/details" : ""}` : "#/";
  read();
}

export function visit(page: Page): void {
  location.hash = page === "inbox" ? "#/" : `#/${page}`;
  read();
}

/** Open a trainers' page, and something on it. */
export function train(page: TrainingPage, item: string | null = null): void {
  location.hash = `#/training/${page}${item ? `/${encodeURIComponent(item)}` : ""}`;
  read();
}
