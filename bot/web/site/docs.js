/** Reads the service's own description and lays it out. */
"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];
const ORDER = ["customers", "desk", "records", "demo", "service"];
const WORDS = {
  zh: {
    other: "English", title: "接口文档", lead: "由正在运行的服务自己描述。请求和回答都是 UTF-8 的 JSON，时间是带时区的 ISO 8601。",
    search: "按路径或说明查找", contents: "目录", none: "没有符合的接口。", failed: "暂时读不到接口描述，请刷新重试。", details: "参数", body: "请求体（* 必填）",
    groups: { customers: "客户", desk: "坐席", records: "业务记录（TM Forum）", demo: "演示运营商", service: "服务" },
    access: {
      customers: "开始会话后得到令牌，之后放在 Authorization: Bearer 里。令牌只对应一个会话。",
      desk: "登录得到 cookie 和 csrf_token，改动类请求要带 X-CSRF-Token。",
      records: "Authorization: Bearer 加接口密钥，演示密钥在服务启动时显示。",
      demo: "只在演示运营商下存在。", service: "运行状态与指标。",
    },
  },
  en: {
    other: "中文", title: "API", lead: "Described by the running service itself. Requests and answers are JSON in UTF-8, times are ISO 8601 with an offset.",
    search: "Find by path or description", contents: "Contents", none: "No call fits.", failed: "The description can't be read right now. Reload the page.", details: "Parameters", body: "Body (* required)",
    groups: { customers: "Customers", desk: "Desk", records: "Records (TM Forum)", demo: "Demo operator", service: "Service" },
    access: {
      customers: "Opening a conversation gives a token; send it as Authorization: Bearer. It names one conversation.",
      desk: "Logging in gives a cookie and a csrf_token; calls that change something carry X-CSRF-Token.",
      records: "Authorization: Bearer with an API key; the demo's key is printed when the service starts.",
      demo: "Present with the demo operator only.", service: "Health and metrics.",
    },
  },
};
const EXAMPLES = {
  customers: `curl -X POST ${location.origin}/api/v1/conversations \\
  -H 'Content-Type: application/json' -d '{"language": "en"}'

curl -X POST '${location.origin}/api/v1/conversations/ID/messages?wait=reply' \\
  -H 'Authorization: Bearer TOKEN' -H 'Content-Type: application/json' \\
  -d '{"client_msg_id": "1", "text": "my internet is down"}'`,
  records: `curl '${location.origin}/tmf-api/troubleTicket/v4/troubleTicket?limit=5' \\
  -H 'Authorization: Bearer API_KEY'`,
};
const $ = (id) => document.getElementById(id);
let language = localStorage.getItem("demo:language") ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");
let routes = [];

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** The path with its parameters set apart. */
function path(text) {
  const parts = text.split(/(\{\w+\})/).map((part) => (part.startsWith("{") ? make("i", {}, part) : part));
  return make("code", {}, ...parts);
}

function routeItem(route) {
  const item = make("li", {}, make("span", { class: `method ${route.method}` }, route.method.toUpperCase()), path(route.path));
  if (route.summary) item.append(make("p", { class: "summary" }, route.summary));
  if (route.description) item.append(make("p", { class: "summary" }, route.description));
  const named = route.parameters.filter((parameter) => parameter.in !== "path");
  if (named.length > 0 || route.schema) {
    const t = WORDS[language];
    const rows = named.map((parameter) => make("li", {}, make("code", {}, parameter.name), ` ${parameter.description ?? ""}`));
    const body = route.schema ? [make("p", {}, `${t.body}: `, make("code", {}, route.schema))] : [];
    item.append(make("details", {}, make("summary", {}, t.details), ...body, make("ul", {}, ...rows)));
  }
  return item;
}

function show() {
  const t = WORDS[language];
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  $("language").textContent = t.other;
  $("title").textContent = t.title;
  $("lead").textContent = t.lead;
  $("search").placeholder = t.search;
  $("search").setAttribute("aria-label", t.search);
  $("contents").setAttribute("aria-label", t.contents);
  const wanted = $("search").value.trim().toLowerCase();
  const found = routes.filter((route) => `${route.method} ${route.path} ${route.summary}`.toLowerCase().includes(wanted));
  const tags = [...new Set(found.map((route) => route.tag))].sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
  $("contents").replaceChildren(...tags.map((tag) => make("a", { href: `#${tag}` }, t.groups[tag] ?? tag)));
  const groups = tags.map((tag) =>
    make("section", { class: "group", id: tag },
      make("h2", {}, t.groups[tag] ?? tag), make("p", { class: "access" }, t.access[tag] ?? ""),
      ...(EXAMPLES[tag] && !wanted ? [make("pre", { tabindex: "0" }, EXAMPLES[tag])] : []),
      make("ul", { class: "routes" }, ...found.filter((route) => route.tag === tag).map(routeItem))));
  $("groups").replaceChildren(...(groups.length > 0 || routes.length === 0 ? groups : [make("p", { class: "empty" }, t.none)]));
}

/** The attributes of a body, the required ones marked. */
function fieldsOf(document_, body) {
  const name = body?.content?.["application/json"]?.schema?.$ref?.split("/").at(-1);
  const schema = name && document_.components.schemas[name];
  if (!schema) return "";
  const required = new Set(schema.required ?? []);
  return Object.keys(schema.properties).map((field) => (required.has(field) ? `${field}*` : field)).join(", ");
}

async function load() {
  try {
    const document_ = await (await fetch("/api/openapi.json")).json();
    routes = Object.entries(document_.paths).flatMap(([at, calls]) =>
      METHODS.filter((method) => calls[method]).map((method) => ({
        method, path: at, summary: calls[method].summary ?? "", tag: calls[method].tags?.[0] ?? "service",
        description: calls[method].description ?? "", parameters: calls[method].parameters ?? [],
        schema: fieldsOf(document_, calls[method].requestBody),
      })));
    show();
    if (location.hash) document.querySelector(location.hash)?.scrollIntoView();
  } catch {
    $("groups").replaceChildren(make("p", { class: "empty" }, WORDS[language].failed));
  }
}

$("language").addEventListener("click", () => {
  language = language === "zh" ? "en" : "zh";
  localStorage.setItem("demo:language", language);
  show();
});
$("search").addEventListener("input", show);
show();
void load();
