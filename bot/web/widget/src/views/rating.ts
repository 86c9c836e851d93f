/** The question at the end: stars, solved or not, a word of the customer's own. */
import type { Subject } from "../contracts";
import type { Ui } from "./context";
import { h, icon } from "./dom";

const MOST_STARS = 5;

export interface RatingPorts {
  submit(rating: { score: number; solved: boolean; comment?: string }): Promise<void>;
  dismiss(): void;
}

export function ratingPanel(ui: Ui, subject: Subject | undefined, ports: RatingPorts): HTMLFormElement {
  const { t } = ui;
  const title = `${subject ? `${t[subject]} · ` : ""}${t.rateTitle}`;
  const stars = h("div.stars", {});
  for (let n = 1; n <= MOST_STARS; n++) {
    stars.append(
      h("label", {},
        h("input", { type: "radio", name: "score", value: n, class: "sr", "aria-label": t.stars(n) }),
        icon("star"),
      ),
    );
  }
  const choice = (value: string, label: string): HTMLElement =>
    h("label.choice", {}, h("input", { type: "radio", name: "solved", value, class: "sr" }), h("span", {}, label));
  const comment = h("textarea.comment", { name: "comment", rows: 2, maxlength: 1000, placeholder: t.comment, "aria-label": t.comment });
  const problem = h("p.composer-problem", { role: "alert" });
  const submit = h("button", { type: "submit", class: "primary", disabled: true }, t.submit);
  const more = h("div.rating-more", { hidden: true },
    h("fieldset.solved", {},
      h("legend", {}, t.solvedTitle),
      h("div.choices", {}, choice("yes", t.solvedYes), choice("no", t.solvedNo)),
    ),
    comment,
    problem,
  );
  const form = h("form.rating", { "aria-label": title },
    h("fieldset", {}, h("legend", {}, title), stars),
    more,
    h("div.rating-end", {}, h("button.text-button", { onclick: () => ports.dismiss() }, t.notNow), submit),
  );
  const value = (name: string): string => form.querySelector<HTMLInputElement>(`input[name=${name}]:checked`)?.value ?? "";
  form.addEventListener("change", () => {
    const score = Number(value("score"));
    [...stars.children].forEach((label, i) => label.classList.toggle("on", i < score));
    more.hidden = score === 0;
    submit.disabled = score === 0 || value("solved") === "";
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit.disabled = true;
    problem.textContent = "";
    ports.submit({ score: Number(value("score")), solved: value("solved") === "yes", comment: comment.value.trim() || undefined }).catch(() => {
      problem.textContent = t.actionFailed;
      submit.disabled = false;
    });
  });
  return form;
}
