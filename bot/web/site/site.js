/** The demo operator's page: language, who is signed in, and the way into the chat. */
"use strict";

const PEOPLE_SHOWN_ONCE = ["customer_same_area_b"];
const PLANS = [["light", 19], ["smart", 59], ["plus", 89], ["gigabit", 99]];
const BEST_PLAN = "smart";
const ICONS = {
  bill: "M6 3.5h12v17l-3-2-3 2-3-2-3 2zM9.5 8.5h5M9.5 12h5",
  fault: "M4 9a12 12 0 0 1 16 0M7 12.5a7.5 7.5 0 0 1 10 0M10 16a3 3 0 0 1 4 0M12 19v.1M4 4l16 16",
  visit: "M4.5 6h15v14h-15zM4.5 10.5h15M8.5 3.5V7M15.5 3.5V7",
  ticket: "M4 7h16v3.5a1.8 1.8 0 0 0 0 3.5V17.5H4V14a1.8 1.8 0 0 0 0-3.5zM14 7v2M14 11.3v2M14 15.5v2",
  plan: "M5 20V11M12 20V4M19 20v-6",
  person: "M12 12.2a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c.8-4 3.8-5.8 7.5-5.8s6.7 1.8 7.5 5.8",
};
const SHORTCUT_ICONS = ["bill", "fault", "visit", "ticket"];
const TOPIC_ICONS = ["bill", "fault", "visit", "plan", "ticket", "person"];

const site = {
  language: firstLanguage(),
  people: [],
  /** The person whose number is to be said in the chat, instead of signing in. */
  code: null,
  /** The person of `/demo/people` that is signed in, with their identity token. */
  me: JSON.parse(sessionStorage.getItem("demo:me") ?? "null"),
};
const chat = document.querySelector("frontline-chat");
const $ = (id) => document.getElementById(id);

function firstLanguage() {
  const chosen = localStorage.getItem("demo:language");
  return chosen ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");
}

function words() {
  return WORDS[site.language];
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

function spaced(phone) {
  return phone.replace(/^(\d{3})(\d{4})(\d{4})$/, "$1 $2 $3");
}

/** An element with text or children; text never becomes markup. */
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const shape = { width: 22, height: 22, viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": 1.8, "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" };
  for (const [key, value] of Object.entries(shape)) svg.setAttribute(key, value);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

function initial(name) {
  return name.slice(0, 1);
}

function openChat() {
  chat.open = true;
}

function show() {
  const t = words();
  document.documentElement.lang = site.language === "zh" ? "zh-CN" : "en";
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = t[element.dataset.t];
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", t[element.dataset.label]);
  chat.setAttribute("language", site.language);
  showMe();
  showPlans();
  showTopics();
  showPeople();
  document.dispatchEvent(new CustomEvent("demo-language"));
}

function showMe() {
  const t = words();
  const { me } = site;
  $("sign-in").hidden = me !== null;
  $("me").hidden = me === null;
  const name = me?.name[site.language] ?? "";
  document.querySelector("#me .face").textContent = initial(name);
  document.querySelector("#me .who").textContent = name;
  $("panel-title").textContent = me ? fill(t.hello, { name }) : t.helloGuest;
  $("panel-number").textContent = me ? spaced(me.phone) : site.code ? spaced(site.code.phone) : t.guestNumber;
  const say = me ? t.needs[me.need]?.[1] : null;
  $("panel-try").hidden = me !== null;
  showHint(say ? fill(t.tryThis, { say: fill(say, { phone: me.phone }) }) : site.code ? fill(t.codeHint, { phone: spaced(site.code.phone) }) : "");
  $("panel-act").textContent = me ? t.panelChat : t.panelPick;
  $("shortcuts").replaceChildren(
    ...t.shortcuts.map((label, i) => {
      const button = make("button", { type: "button" }, icon(SHORTCUT_ICONS[i]), label);
      button.addEventListener("click", openChat);
      return make("li", {}, button);
    }),
  );
}

/** What to say next, beside the open chat. */
function showHint(text) {
  $("hint").textContent = text;
}

function showPlans() {
  const t = words();
  $("plan-cards").replaceChildren(
    ...PLANS.map(([id, price]) => {
      const plan = t.plans[id];
      const ask = make("button", { type: "button", class: "button ghost small", "aria-label": `${t.askPlan}: ${plan.name}` }, t.askPlan);
      ask.addEventListener("click", openChat);
      const amount = site.language === "zh" ? [String(price), make("small", {}, ` ${t.perMonth}`)] : [`¥${price}`, make("small", {}, ` ${t.perMonth}`)];
      const item = make("li", id === BEST_PLAN ? { class: "best" } : {},
        make("h3", {}, plan.name), make("p", { class: "price" }, ...amount),
        make("ul", {}, ...plan.rows.map((row) => make("li", {}, row))), ask);
      if (id === BEST_PLAN) item.prepend(make("span", { class: "flag" }, t.best));
      return item;
    }),
  );
}

function showTopics() {
  $("topics").replaceChildren(
    ...words().topics.map(([title, example], i) => {
      const button = make("button", { type: "button" }, make("span", { class: "icon" }, icon(TOPIC_ICONS[i])), make("b", {}, title), make("span", {}, example));
      button.addEventListener("click", openChat);
      return make("li", {}, button);
    }),
  );
}

function showPeople() {
  const t = words();
  const rows = site.people.filter((person) => !PEOPLE_SHOWN_ONCE.includes(person.need) && t.needs[person.need]);
  $("people").replaceChildren(
    ...rows.map((person) => {
      const code = person.need === "customer_otp";
      const name = person.name[site.language];
      const button = make("button", { type: "button", class: "person", "data-need": person.need },
        make("span", { class: "face", "aria-hidden": "true" }, initial(name)),
        make("span", {}, make("b", {}, name), make("span", { class: "phone-number" }, spaced(person.phone)), make("span", { class: "need" }, t.needs[person.need][0])),
        make("span", { class: code ? "tag code" : "tag" }, code ? t.tagCode : t.tagSignIn));
      button.addEventListener("click", () => (code ? useCode(person) : signIn(person)));
      return make("li", {}, button);
    }),
  );
}

async function signIn(person) {
  const answer = await fetch("/demo/sign-in", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ sub: person.sub }),
  }).catch(() => null);
  if (!answer?.ok) {
    showHint(words().failed);
    $("picker").close();
    return;
  }
  const { identity_token: token } = await answer.json();
  site.code = null;
  setMe({ ...person, token });
  $("picker").close();
  openChat();
}

/** This one shows the one-time code, so it stays signed out. */
function useCode(person) {
  site.code = person;
  setMe(null);
  $("picker").close();
  openChat();
}

function setMe(me) {
  site.me = me;
  if (me) {
    sessionStorage.setItem("demo:me", JSON.stringify(me));
    chat.setAttribute("identity-token", me.token);
  } else {
    sessionStorage.removeItem("demo:me");
    chat.removeAttribute("identity-token");
  }
  showMe();
}

async function loadPeople() {
  const answer = await fetch("/demo/people").catch(() => null);
  if (!answer?.ok) {
    $("people").replaceChildren(make("li", { class: "none" }, words().failed));
    return;
  }
  site.people = (await answer.json()).people;
  showPeople();
}

function openPicker() {
  $("picker").showModal();
  if (site.people.length === 0) void loadPeople();
}

$("language").addEventListener("click", () => {
  site.language = site.language === "zh" ? "en" : "zh";
  localStorage.setItem("demo:language", site.language);
  show();
});
$("sign-in").addEventListener("click", openPicker);
$("sign-out").addEventListener("click", () => setMe(null));
$("panel-act").addEventListener("click", () => (site.me ? openChat() : openPicker()));
document.querySelector("#picker .close").addEventListener("click", () => $("picker").close());
$("picker").addEventListener("click", (event) => event.target === $("picker") && $("picker").close());
for (const button of document.querySelectorAll("[data-chat]")) button.addEventListener("click", openChat);
chat.addEventListener("frontline-identity-expired", () => (site.me ? void signIn(site.me) : undefined));

if (site.me) chat.setAttribute("identity-token", site.me.token);
show();
void loadPeople();
