/** Where the console is: `#/chat/ID` and `#/chat/ID/details`, so that back, reload and links work. */
import { reactive } from "vue";

export const route = reactive<{ chat: string | null; details: boolean }>({ chat: null, details: false });

function read(): void {
  const parts = location.hash.replace(/^#\/?/, "").split("/");
  route.chat = parts[0] === "chat" && parts[1] ? decodeURIComponent(parts[1]) : null;
  route.details = route.chat !== null && parts[2] === "details";
}

window.addEventListener("hashchange", read);
read();

export function go(chat: string | null, details = false): void {
  location.hash = chat ? `#/chat/${encodeURIComponent(chat)}${details ? "/details" : ""}` : "#/";
  read();
}
