/** `<frontline-chat>`: the attributes and events that a page sees. */
import { App } from "./app";
import { localStore } from "./browser";
import { asLanguage } from "./i18n";
import type { Language } from "./contracts";
import type { Theme } from "./views/header";
import css from "./style.css";

const THEMES: readonly string[] = ["auto", "light", "dark"];

export class FrontlineChat extends HTMLElement {
  static readonly observedAttributes = ["language", "identity-token", "open"];
  /** Where the script came from; the service is there unless `server` says otherwise. */
  static scriptOrigin = location.origin;

  private app: App | null = null;

  get open(): boolean {
    return this.app?.open ?? false;
  }

  set open(open: boolean) {
    this.app?.setOpen(open, false);
  }

  connectedCallback(): void {
    const shadow = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    try {
      // Allowed under a strict content security policy, where a style element is not.
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      shadow.adoptedStyleSheets = [sheet];
    } catch {
      const style = document.createElement("style");
      style.textContent = css;
      shadow.append(style);
    }
    const app = new App({
      server: this.getAttribute("server")?.replace(/\/+$/, "") ?? FrontlineChat.scriptOrigin,
      language: this.startLanguage(),
      identityToken: this.getAttribute("identity-token"),
      brand: this.getAttribute("brand"),
      theme: this.attributeTheme(),
      emit: (name, detail) => this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true })),
      onOpenChange: (open) => {
        this.toggleAttribute("open", open);
        this.dispatchEvent(new CustomEvent(open ? "frontline-open" : "frontline-close", { bubbles: true, composed: true }));
      },
    });
    this.app = app;
    shadow.append(app.root);
    if (this.hasAttribute("open") || app.wasOpen) app.setOpen(true, false);
  }

  disconnectedCallback(): void {
    this.app?.stop();
    this.app?.root.remove();
    this.app = null;
  }

  attributeChangedCallback(name: string, before: string | null, value: string | null): void {
    const { app } = this;
    if (!app || before === value) return;
    if (name === "language") app.setLanguage(asLanguage(value) ?? app.language, false);
    else if (name === "identity-token") app.setIdentity(value);
    else if (name === "open") app.setOpen(value !== null, false);
  }

  private attributeTheme(): Theme | null {
    const theme = this.getAttribute("theme");
    return theme && THEMES.includes(theme) ? (theme as Theme) : null;
  }

  /** What the customer chose, else what the page says, else what the browser prefers. */
  private startLanguage(): Language {
    const chosen = asLanguage(localStore().get("frontline:language"));
    const page = asLanguage(this.getAttribute("language")) ?? asLanguage(document.documentElement.lang);
    return chosen ?? page ?? asLanguage(navigator.language) ?? "en";
  }
}
