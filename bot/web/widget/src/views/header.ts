/** The panel's head: who is speaking, the language, the menu. */
import type { ChatState } from "../contracts";
import type { Ui } from "./context";
import { h, iconButton } from "./dom";
import { avatar } from "./message";

export type Theme = "auto" | "light" | "dark";

export interface HeaderState {
  brand: string;
  state: ChatState | null;
  online: boolean;
  connecting: boolean;
}

export interface HeaderPorts {
  close(): void;
  switchLanguage(): void;
  theme(): Theme;
  setTheme(theme: Theme): void;
  /** What the menu offers now: a label and what it does. */
  entries(): [string, () => void][];
}

export class Header {
  readonly el = h("div.head");
  private readonly menu = h("div.menu", { id: "menu", hidden: true });
  private readonly who = h("span");
  private readonly title = h("h2");
  private readonly line = h("p.state-line");
  private readonly languageButton: HTMLElement;
  private readonly menuButton: HTMLElement;
  private readonly closeButton: HTMLElement;
  private shown = "";

  constructor(
    private readonly ui: Ui,
    private readonly ports: HeaderPorts,
  ) {
    this.languageButton = h("button.icon-button", { onclick: () => ports.switchLanguage() });
    this.menuButton = iconButton("more", "", () => this.closeMenu() || this.openMenu(), { "aria-controls": "menu", "aria-expanded": "false" });
    this.closeButton = iconButton("close", "", () => ports.close());
    this.el.append(this.who, h("div.titles", {}, this.title, this.line), this.languageButton, this.menuButton, this.closeButton, this.menu);
    this.el.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !this.el.contains(event.relatedTarget as Node)) this.closeMenu();
    });
  }

  update(state: HeaderState): void {
    const { t } = this.ui;
    const shown = JSON.stringify([state, t.locale]);
    if (shown === this.shown) return;
    this.shown = shown;
    const owner = state.state?.owner ?? "bot";
    this.who.replaceChildren(avatar(owner === "agent" ? "agent" : "bot", state.state?.agent?.name));
    this.title.textContent = state.brand;
    this.line.className = `state-line ${state.online ? owner : "offline"}`;
    this.line.replaceChildren(h("span.dot"), this.stateWords(state));
    this.languageButton.textContent = t.switchLanguageShort;
    const labels: [HTMLElement, string][] = [
      [this.languageButton, t.switchLanguage],
      [this.menuButton, t.menu],
      [this.closeButton, t.closeChat],
    ];
    for (const [button, label] of labels) {
      button.title = label;
      button.setAttribute("aria-label", label);
    }
  }

  /** Returns whether there was one to close. */
  closeMenu(focus = false): boolean {
    if (this.menu.hidden) return false;
    this.menu.hidden = true;
    this.menuButton.setAttribute("aria-expanded", "false");
    if (focus) this.menuButton.focus();
    return true;
  }

  private openMenu(): void {
    const { t } = this.ui;
    const themes: [Theme, string][] = [
      ["auto", t.themeAuto],
      ["light", t.themeLight],
      ["dark", t.themeDark],
    ];
    const choices = themes.map(([theme, label]) =>
      h(
        "button",
        {
          onclick: () => {
            this.ports.setTheme(theme);
            mark();
          },
        },
        label,
      ),
    );
    const mark = (): void => choices.forEach((el, i) => el.setAttribute("aria-pressed", String(themes[i]?.[0] === this.ports.theme())));
    mark();
    this.menu.replaceChildren(
      h("div.segments", { role: "group", "aria-label": t.theme }, ...choices),
      ...this.ports.entries().map(([label, run]) =>
        h(
          "button.entry",
          {
            onclick: () => {
              this.closeMenu(true);
              run();
            },
          },
          label,
        ),
      ),
    );
    this.menu.hidden = false;
    this.menuButton.setAttribute("aria-expanded", "true");
  }

  private stateWords({ state, connecting, online }: HeaderState): string {
    const { t } = this.ui;
    if (!online) return t.stateOffline;
    if (connecting) return t.stateConnecting;
    if (state?.owner === "queued") return t.queueSoon;
    if (state?.owner === "agent") return t.stateAgent(state.agent?.name ?? t.agent);
    return state?.owner === "closed" ? t.stateClosed : t.bot;
  }
}
