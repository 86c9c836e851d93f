/** The phone in the corner: the text messages that the demo operator sends in the chat of this page. */
"use strict";

const POLL_MS = 2_500;
const phone = document.getElementById("phone");
const pill = phone.querySelector(".pill");
const body = phone.querySelector(".body");
let known = "";
let unseen = 0;
let received = [];

/** The prefix under which the widget keeps a visitor's chat; the same sum as in its `record.ts`. */
function visitorPrefix(identityToken) {
  let who = "";
  if (identityToken) {
    try {
      who = JSON.parse(atob(identityToken.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).sub;
    } catch {
      who = identityToken;
    }
  }
  let hash = 0x811c9dc5;
  for (const char of `${location.origin}\n${who}`) hash = Math.imul(hash ^ char.codePointAt(0), 0x01000193);
  return `frontline:${(hash >>> 0).toString(36)}:`;
}

function conversationToken() {
  const record = localStorage.getItem(`${visitorPrefix(document.querySelector("frontline-chat").getAttribute("identity-token"))}chat`);
  try {
    return JSON.parse(record)?.token ?? null;
  } catch {
    return null;
  }
}

function setOpen(open) {
  body.hidden = !open;
  pill.setAttribute("aria-expanded", String(open));
  if (open) unseen = 0;
  showCount();
}

function showCount() {
  const count = pill.querySelector(".count");
  count.hidden = unseen === 0;
  count.textContent = String(unseen);
}

function showMessages() {
  const t = words();
  const list = phone.querySelector(".sms");
  list.replaceChildren(
    ...received.map((sms) => {
      const at = new Date(sms.at).toLocaleTimeString(site.language === "zh" ? "zh-CN" : "en-GB", { hour: "2-digit", minute: "2-digit" });
      return make("li", {}, t.sms, make("b", {}, sms.code), make("small", {}, `${at} · ${fill(t.smsTo, { phone: spaced(sms.phone.replace(/^\+86/, "")) })}`));
    }),
  );
  phone.querySelector(".none").hidden = received.length > 0;
  list.scrollTop = list.scrollHeight;
}

async function look() {
  phone.querySelector(".clock").textContent = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const token = document.visibilityState === "visible" ? conversationToken() : null;
  if (!token) return;
  const answer = await fetch("/demo/sms", { headers: { Authorization: `Bearer ${token}` } }).catch(() => null);
  if (!answer?.ok) return;
  const { messages } = await answer.json();
  const signature = JSON.stringify(messages);
  if (signature === known) return;
  const more = messages.length > 0 && messages.at(-1)?.at !== received.at(-1)?.at;
  known = signature;
  received = messages;
  showMessages();
  if (more) setOpen(true);
}

pill.addEventListener("click", () => setOpen(body.hidden));
body.addEventListener("click", () => setOpen(false));
document.addEventListener("demo-language", showMessages);
document.addEventListener("frontline-open", () => phone.classList.add("beside-chat"));
document.addEventListener("frontline-close", () => phone.classList.remove("beside-chat"));
phone.hidden = false;
showMessages();
void look();
setInterval(() => void look(), POLL_MS);
