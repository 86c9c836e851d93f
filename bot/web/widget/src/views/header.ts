/** The panel's head: who is speaking, the language, the menu. */
import type { ChatState } from "../contracts";
import type { LineMode } from "../transport";
import type { Ui } from "./context";
import { h, icon, iconButton } from "./dom";
import type { IconName } from "./dom";
import { avatar } from "./message";

export type Theme = "auto" | "light" | "dark";

export interface HeaderState {
  brand: string;
  state: ChatState | null;
  mode: LineMode;
  online: boolean;
  theme: Theme;
  canSave: boolean;
  canAsk: boolean;
  canRate: boolean;
  canEnd: boolean;
}

export interface HeaderPorts {
  close(): void;
  switchLanguage(): void;
  setTheme(theme: Theme): void;
  save(format: "txt" | "html"): void;
  askForPerson(): void;
  rate(): void;
  end(): void;
}

export class Header {
  readonly el = h("header.head", {});
  private readonly menu = h("div.menu", { id: "menu", hidden: true });
  private readonly line = h("p.state-line", {});
  private menuButton = h("button");
  private shown = "";

  constructor(
    private readonly ui: Ui,
    private readonly ports: HeaderPorts,
  ) {
    this.el.addEventListener("focusout", (event) => {
      const to = event.relatedTarget as Node | null;
      if (to && !this.el.contains(to)) this.closeMenu();
    });
  }

  update(state: HeaderState): void {
    const shown = JSON.stringify([state, this.ui.language]);
    if (shown === this.shown) return;
    this.shown = shown;
    const { t } = this.ui;
    const agent = state.state?.owner === "agent";
    const hadFocus = (this.el.getRootNode() as ShadowRoot).activeElement;
    const focusedName = hadFocus && this.el.contains(hadFocus) ? hadFocus.getAttribute("data-name") : null;
    this.line.className = `state-line ${state.online ? (state.state?.owner ?? "bot") : "offline"}`;
    this.line.replaceChildren(h("span.dot", { "aria-hidden": "true" }), this.stateWords(state));
    this.menuButton = iconButton("more", t.menu, () => this.toggleMenu(), {
      "aria-expanded": String(!this.menu.hidden),
      "aria-controls": "menu",
      "data-name": "menu",
    });
    this.fillMenu(state);
    this.el.replaceChildren(
      avatar(agent ? "agent" : "bot", state.state?.agent?.name),
      h("div.titles", {}, h("h2", {}, state.brand), this.line),
      h("button.icon-button.lang", { lang: this.ui.language === "zh" ? "en" : "zh-CN", label: t.switchLanguage, onclick: () => this.ports.switchLanguage(), "data-name": "lang" },
        t.switchLanguageShort,
      ),
      this.menuButton,
      iconButton("close", t.closeChat, () => this.ports.close(), { "data-name": "close" }),
      this.menu,
    );
    if (focusedName) this.el.querySelector<HTMLElement>(`[data-name=${focusedName}]`)?.focus();
  }

  /** Returns whether there was one to close. */
  closeMenu(focus = false): boolean {
    if (this.menu.hidden) return false;
    this.menu.hidden = true;
    this.menuButton.setAttribute("aria-expanded", "false");
    if (focus) this.menuButton.focus();
    return true;
  }

  private toggleMenu(): void {
    if (this.closeMenu()) return;
    this.menu.hidden = false;
    this.menuButton.setAttribute("aria-expanded", "true");
  }

  private stateWords({ state, mode, online }: HeaderState): string {
    const { t } = this.ui;
    if (!online) return t.stateOffline;
    if (!state && mode === "connecting") return t.stateConnecting;
    switch (state?.owner) {
      case "queued":
        return t.stateQueued;
      case "agent":
        return state.agent ? t.stateAgent(state.agent.name) : t.stateAgentUnnamed;
      case "closed":
        return t.stateClosed;
      default:
        return t.stateBot;
    }
  }

  private fillMenu(state: HeaderState): void {
    const { t } = this.ui;
    const entry = (name: IconName, label: string, run: () => void): HTMLElement =>
      h("button.entry", { "data-name": name,
          onclick: () => {
            this.closeMenu(true);
            run();
          },
        },
        icon(name),
        label,
      );
    const themes: [Theme, string][] = [
      ["auto", t.themeAuto],
      ["light", t.themeLight],
      ["dark", t.themeDark],
    ];
    this.menu.replaceChildren(
      h("div.segments", { role: "group", "aria-label": t.theme },
        ...themes.map(([theme, label]) =>
          h(
            "button",
            { "aria-pressed": String(state.theme === theme), "data-name": theme, onclick: () => this.ports.setTheme(theme) },
            label,
          ),
        ),
      ),
      ...(state.canAsk ? [entry("person", t.personFull, () => this.ports.askForPerson())] : []),
      ...(state.canSave
        ? [entry("save", t.savePage, () => this.ports.save("html")), entry("file", t.saveText, () => this.ports.save("txt"))]
        : []),
      ...(state.canRate ? [entry("star", t.rate, () => this.ports.rate())] : []),
      ...(state.canEnd ? [entry("end", t.endChat, () => this.ports.end())] : []),
    );
  }
}
