/** Thin lines between head and conversation: the place in the queue, the state of the connection. */
import type { ChatState } from "../contracts";
import { waitRange } from "../format";
import type { Ui } from "./context";
import { h } from "./dom";

/** "You're number 2 in line · about 3–6 min", from what the service measured; says no more than it knows. */
export function queueWords(state: ChatState, ui: Ui): { title: string; wait: string } {
  const { t } = ui;
  if (!state.queue) return { title: t.queueSoon, wait: "" };
  return {
    title: t.queuePosition(state.queue.position),
    wait: state.queue.eta_s && state.queue.on_duty !== false ? waitRange(state.queue.eta_s, t.wait) : "",
  };
}

export class QueueBar {
  readonly el = h("div.queue", { hidden: true });
  private readonly words = h("div.queue-words", { role: "status" });
  private readonly leave = h("button.text-button", {});
  private shown = "";

  constructor(
    private readonly ui: Ui,
    onLeave: () => void,
  ) {
    this.leave.addEventListener("click", onLeave);
    this.el.append(h("span.pulse", { "aria-hidden": "true" }), this.words, this.leave);
  }

  update(state: ChatState | null): void {
    this.el.hidden = state?.owner !== "queued";
    if (!state || this.el.hidden) return;
    const { title, wait } = queueWords(state, this.ui);
    const shown = `${title}\u0000${wait}\u0000${this.ui.language}`;
    if (shown === this.shown) return;
    this.shown = shown;
    this.words.replaceChildren(h("b", {}, title), wait ? h("span", {}, wait) : "");
    this.leave.textContent = this.ui.t.leaveQueue;
  }
}

export class LineBar {
  readonly el = h("div.line-bar", { role: "status", hidden: true });
  private readonly words = h("span");
  private readonly again = h("button.text-button", {});

  constructor(
    private readonly ui: Ui,
    onAgain: () => void,
  ) {
    this.again.addEventListener("click", onAgain);
    this.el.append(this.words, this.again);
  }

  update(problem: "offline" | "failed" | null): void {
    const { t } = this.ui;
    this.el.hidden = problem === null;
    const text = problem === "offline" ? t.offlineBar : problem ? t.openFailed : "";
    if (this.words.textContent !== text) this.words.textContent = text;
    this.again.hidden = problem !== "failed";
    this.again.textContent = t.tryAgain;
  }
}
