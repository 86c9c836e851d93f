/** The foot of the panel once a chat is over. */
import type { Ui } from "./context";
import { h } from "./dom";

export interface EndingPorts {
  startNew(): void;
  /** Absent when the service has closed the chat. */
  keepTalking?: () => void;
}

export function endingBar(ui: Ui, thanks: boolean, ports: EndingPorts): HTMLElement {
  const { t } = ui;
  return h("div.ending", {},
    h("p", { role: "status" }, thanks ? t.rateThanks : t.stateClosed),
    h("div.ending-buttons", {},
      ports.keepTalking && h("button.secondary", { onclick: ports.keepTalking }, t.keepTalking),
      h("button.primary", { onclick: () => ports.startNew() }, t.newChat),
    ),
  );
}
