/** Thin lines between head and conversation: the place in the queue, the state of the connection. */
import type { ChatState } from "../contracts";
import { dayAndTime, waitRange } from "../format";
import type { Ui } from "./context";
import { h } from "./dom";

/** "You're number 2 in line · about 3–6 min", or when people are there again; says no more than the service knows. */
export function queueWords(state: ChatState, ui: Ui): { title: string; wait: string } {
  const { t } = ui;
  const { queue } = state;
  if (!queue) return { title: t.queueSoon, wait: "" };
  const nobody = queue.on_duty === false;
  const wait = nobody
    ? queue.opens_at && t.opensAt(dayAndTime(queue.opens_at, ui.now(), ui.language, t))
    : queue.eta_s && waitRange(queue.eta_s, t.wait);
  return { title: t.queuePosition(queue.position), wait: wait || "" };
}

export interface QueuePorts {
  leave(): void;
  /** A call back or a ticket, instead of waiting. */
  instead(choice: string, body: object): void;
}

/** The place in the queue, that it is kept, and what can be done instead of waiting. */
export class QueueBar {
  readonly el = h("div.queue", { hidden: true });
  private shown = "";

  constructor(
    private readonly ui: Ui,
    private readonly ports: QueuePorts,
  ) {}

  update(state: ChatState | null): void {
    this.el.hidden = state?.owner !== "queued";
    if (!state || this.el.hidden) return;
    const { t } = this.ui;
    const { title, wait } = queueWords(state, this.ui);
    const choices = state.queue?.choices ?? ["leave"];
    const shown = [title, wait, t.locale, choices].join();
    if (shown === this.shown) return;
    this.shown = shown;
    const phone = h("input", { type: "tel", autocomplete: "tel", label: t.ask.phone_number, placeholder: t.ask.phone_number });
    const time = h("input", { label: t.callTime, placeholder: t.callTime });
    const form = h("form.callback", { hidden: true }, phone, time, h("button.primary", { type: "submit" }, t.waitChoices.callback));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.ports.instead("callback", { phone: phone.value || undefined, at: time.value || undefined });
    });
    const act = (choice: string): void => {
      if (choice === "leave") this.ports.leave();
      else if (choice === "ticket") this.ports.instead(choice, {});
      else {
        form.hidden = !form.hidden;
        phone.focus();
      }
    };
    this.el.replaceChildren(
      h("div.queue-words", { role: "status" }, h("b", {}, title), h("span", {}, wait), h("span.small", {}, t.keepPlace)),
      h("div.choices", {}, ...choices.map((choice) => h("button.text-button", { onclick: () => act(choice) }, t.waitChoices[choice]))),
      form,
    );
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
