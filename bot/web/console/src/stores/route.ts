/** Where the console is: `#/chat/ID`, `#/chat/ID/details`, `#/dashboard`, …, so that back, reload and links work. */
import { reactive } from "vue";

export const PAGES = ["inbox", "tickets", "callbacks", "macros", "dashboard", "ratings"] as const;
export type Page = (typeof PAGES)[number];

export const route = reactive<{ page: Page; chat: string | null; details: boolean }>({ page: "inbox", chat: null, details: false });

function read(): void {
  const [first = "", id, more] = location.hash.replace(/^#\/?/, "").split("/");
  const page = PAGES.find((name) => name === first) ?? "inbox";
  route.page = page;
  route.chat = first === "chat" && id ? decodeURIComponent(id) : null;
  route.details = route.chat !== null && more === "details";
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
