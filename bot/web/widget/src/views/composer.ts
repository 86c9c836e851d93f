/** Where the customer writes: text, files, and the way to a person. */
import { ACCEPT } from "../files";
import { fieldHints, LONGEST_TEXT } from "../keyboard";
import type { FieldHints } from "../keyboard";
import type { Ui } from "./context";
import { h, icon, iconButton } from "./dom";
import { Tray } from "./tray";
import type { ReadyFile, TrayPorts } from "./tray";

export interface ComposerPorts {
  send(text: string, files: ReadyFile[]): void;
  typed(): void;
  upload: TrayPorts["upload"];
  askForPerson(): void;
}

export class Composer {
  readonly el: HTMLElement;
  readonly tray: Tray;
  private field: HTMLTextAreaElement | HTMLInputElement;
  private hints: FieldHints = fieldHints(undefined);
  private slot: string | undefined;
  private letters = false;
  private language = "";
  private readonly box = h("div.box", {});
  private readonly slotHolder = h("div.field", {});
  private readonly problem = h("p.composer-problem", { id: "problem", role: "alert" });
  private readonly tools = h("div.tools", {});
  private readonly picker = h("input", { type: "file", accept: ACCEPT, multiple: true, hidden: true, tabindex: -1 });
  private sendButton = h("button");
  private personButton = h("button");
  private keyboardButton = h("button");
  private canAsk = true;

  constructor(
    private readonly ui: Ui,
    private readonly ports: ComposerPorts,
  ) {
    this.tray = new Tray(ui, {
      upload: (file, onProgress) => ports.upload(file, onProgress),
      onChange: () => this.refresh(),
      onProblem: (text) => this.say(text),
    });
    this.field = this.makeField();
    this.slotHolder.append(this.field);
    this.box.append(this.tray.el, this.slotHolder, this.tools);
    this.el = h("div.composer", {}, this.problem, this.box, this.picker);
    this.picker.addEventListener("change", () => {
      this.tray.add([...(this.picker.files ?? [])]);
      this.picker.value = "";
      this.focus();
    });
    this.box.addEventListener("click", (event) => {
      if (event.target === this.box || event.target === this.tools) this.focus();
    });
  }

  update(slot: string | undefined, canAskForPerson: boolean): void {
    const languageChanged = this.language !== this.ui.t.locale;
    this.language = this.ui.t.locale;
    this.canAsk = canAskForPerson;
    if (languageChanged) this.makeTools();
    if (slot !== this.slot || languageChanged) {
      this.slot = slot;
      this.letters = false;
      this.applyHints();
    }
    this.personButton.hidden = !canAskForPerson;
    this.refresh();
  }

  focus(): void {
    this.field.focus({ preventScroll: true });
  }

  addFiles(files: readonly File[]): void {
    if (files.length) this.tray.add(files);
  }

  /** Something that the customer asked for did not work. */
  complain(text: string): void {
    this.say(text);
  }

  private makeTools(): void {
    const { t } = this.ui;
    this.sendButton = h("button.send", { label: t.send, onclick: () => this.submit() }, icon("send"));
    this.personButton = h("button.person", { hidden: !this.canAsk, onclick: () => this.ports.askForPerson() },
      icon("person"),
      t.person,
    );
    this.keyboardButton = h("button.icon-button", { onclick: () => {
      this.letters = !this.letters;
      this.applyHints();
      this.focus();
    } });
    this.tools.replaceChildren(
      iconButton("clip", t.attach, () => this.picker.click()),
      this.keyboardButton,
      this.personButton,
      this.sendButton,
    );
  }

  /** Change the field to what the open question needs; what was typed and the focus stay. */
  private applyHints(): void {
    const { t } = this.ui;
    const wanted = fieldHints(this.slot);
    this.hints = this.letters ? { ...fieldHints(undefined), single: wanted.single } : wanted;
    const old = this.field;
    const root = old.getRootNode() as Document | ShadowRoot;
    const focused = root.activeElement === old;
    const needsInput = this.hints.single;
    if (needsInput !== old instanceof HTMLInputElement) {
      this.field = this.makeField();
      this.field.value = old.value;
      old.replaceWith(this.field);
    }
    const { field, hints } = this;
    field.inputMode = hints.inputMode;
    field.setAttribute("autocomplete", hints.autocomplete);
    field.setAttribute("enterkeyhint", "send");
    const label = (this.slot && t.ask[this.slot]) ?? t.message;
    field.placeholder = label;
    field.setAttribute("aria-label", label);
    field.setAttribute("aria-describedby", "problem");
    this.keyboardButton.hidden = !wanted.figures;
    this.keyboardButton.textContent = this.letters ? "123" : "ABC";
    this.grow();
    if (focused) this.focus();
  }

  private makeField(): HTMLTextAreaElement | HTMLInputElement {
    const field = this.hints.single ? h("input.input", {}) : h("textarea.input", { rows: 1 });
    field.addEventListener("input", () => {
      this.ports.typed();
      this.say(null);
      this.grow();
      this.refresh();
    });
    field.addEventListener("keydown", (event) => {
      // Enter that ends the choice of a Chinese character must not send; Safari tells only by 229.
      // eslint-disable-next-line @typescript-eslint/no-deprecated
      const { key, shiftKey, isComposing, keyCode } = event as KeyboardEvent;
      if (key !== "Enter" || shiftKey || isComposing || keyCode === 229) return;
      event.preventDefault();
      this.submit();
    });
    field.addEventListener("paste", (event) => {
      const files = [...((event as ClipboardEvent).clipboardData?.files ?? [])];
      if (!files.length) return;
      event.preventDefault();
      this.tray.add(files);
    });
    return field;
  }

  private submit(): void {
    const text = this.field.value.trim();
    if (this.over > 0 || (!text && this.tray.empty) || !this.tray.ready) return;
    this.field.value = "";
    this.say(null);
    this.ports.send(text, this.tray.take());
    this.grow();
    this.refresh();
    this.focus();
  }

  private get over(): number {
    return Array.from(this.field.value.trim()).length - LONGEST_TEXT;
  }

  private say(text: string | null): void {
    this.problem.textContent = text;
  }

  private grow(): void {
    if (this.field instanceof HTMLInputElement) return;
    const { style } = this.field;
    style.height = "";
    // In a hidden panel there is nothing to measure.
    if (this.field.value) style.height = `${this.field.scrollHeight}px`;
  }

  private refresh(): void {
    const { t } = this.ui;
    if (this.over > 0) this.say(t.tooLong(this.over));
    this.sendButton.disabled = this.over > 0 || (!this.field.value.trim() && this.tray.empty) || !this.tray.ready;
  }
}
