import type { Ui } from "./context";
import { h, icon } from "./dom";

const MOST_SHOWN = 99;

export class Launcher {
  readonly el: HTMLButtonElement;
  private readonly badge = h("span.unread", { "aria-hidden": "true", hidden: true });

  constructor(
    private readonly ui: Ui,
    onToggle: () => void,
  ) {
    this.el = h("button.launcher", { onclick: onToggle, "aria-haspopup": "dialog" }, icon("chat"), icon("down"), this.badge);
  }

  update(open: boolean, unread: number): void {
    const { t } = this.ui;
    this.el.setAttribute("aria-expanded", String(open));
    this.el.setAttribute("aria-label", open ? t.closeChat : unread > 0 ? t.openChatUnread(unread) : t.openChat);
    this.badge.hidden = open || unread === 0;
    this.badge.textContent = unread > MOST_SHOWN ? `${MOST_SHOWN}+` : String(unread);
  }
}
