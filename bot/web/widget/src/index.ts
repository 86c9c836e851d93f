import { FrontlineChat } from "./element";

const script = document.currentScript;
if (script instanceof HTMLScriptElement && script.src) FrontlineChat.scriptOrigin = new URL(script.src, location.href).origin;
if (!customElements.get("frontline-chat")) customElements.define("frontline-chat", FrontlineChat);
