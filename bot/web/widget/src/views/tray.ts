/** Files that wait to be sent: preview, progress, cancel. */
import type { UploadHandle } from "../api";
import { canShow, fileProblem, MOST_AT_ONCE } from "../files";
import { fileSize } from "../format";
import type { Ui } from "./context";
import { h, icon } from "./dom";

export interface ReadyFile {
  id: string;
  name: string;
  mime: string;
  size: number;
  /** An object URL of the bytes we already have. */
  preview: string;
}

interface Waiting {
  file: File;
  preview: string;
  el: HTMLElement;
  handle: UploadHandle | null;
  id: string | null;
}

export interface TrayPorts {
  upload(file: File, onProgress: (share: number) => void): UploadHandle;
  onChange(): void;
  onProblem(text: string | null): void;
}

export class Tray {
  readonly el = h("ul.tray", { hidden: true });
  private waiting: Waiting[] = [];

  constructor(
    private readonly ui: Ui,
    private readonly ports: TrayPorts,
  ) {}

  get empty(): boolean {
    return this.waiting.length === 0;
  }

  get ready(): boolean {
    return this.waiting.every((w) => w.id !== null);
  }

  add(files: readonly File[]): void {
    const { t } = this.ui;
    this.ports.onProblem(null);
    for (const file of files) {
      const problem = fileProblem(file);
      if (this.waiting.length >= MOST_AT_ONCE) {
        this.ports.onProblem(t.fileCount(MOST_AT_ONCE));
        break;
      }
      if (problem) {
        const say = { type: t.fileType, size: t.fileSize, empty: t.fileEmpty }[problem];
        this.ports.onProblem(say(file.name));
        continue;
      }
      const waiting: Waiting = { file, preview: URL.createObjectURL(file), el: h("li"), handle: null, id: null };
      this.waiting.push(waiting);
      this.start(waiting);
    }
    this.changed();
  }

  /** Hand over what is uploaded and empty the tray. */
  take(): ReadyFile[] {
    const out = this.waiting.flatMap(({ id, file, preview }) =>
      id ? [{ id, name: file.name, mime: file.type, size: file.size, preview }] : [],
    );
    this.waiting = [];
    this.changed();
    return out;
  }

  clear(): void {
    for (const waiting of [...this.waiting]) this.remove(waiting);
  }

  private start(waiting: Waiting): void {
    const { t } = this.ui;
    const { file, el } = waiting;
    const fill = h("span.fill", {});
    const bar = h("div.bar", { role: "progressbar", "aria-label": t.uploading(file.name), "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": 0 },
      fill,
    );
    const size = h("span.small", {}, fileSize(file.size));
    const retry = h("button.icon-button.small-button", { hidden: true, label: t.retryFile(file.name), onclick: () => this.start(waiting) },
      icon("retry"),
    );
    el.className = "uploading";
    el.replaceChildren(
      canShow(file.type) ? h("img", { src: waiting.preview, alt: "" }) : icon("file"),
      h("div.file-name", {}, h("span.cut", {}, file.name), size, bar),
      retry,
      h("button.icon-button.small-button", { label: t.removeFile(file.name), onclick: () => this.remove(waiting) },
        icon("close"),
      ),
    );
    const handle = this.ports.upload(file, (share) => {
      fill.style.width = `${share * 100}%`;
      bar.setAttribute("aria-valuenow", String(Math.round(share * 100)));
    });
    waiting.handle = handle;
    handle.done.then(
      (id) => {
        waiting.id = id;
        bar.remove();
        el.className = "uploaded";
        this.changed();
      },
      () => {
        if (!this.waiting.includes(waiting)) return;
        bar.remove();
        retry.hidden = false;
        el.className = "upload-failed";
        size.textContent = t.uploadFailed;
        this.changed();
      },
    );
  }

  private remove(waiting: Waiting): void {
    this.waiting = this.waiting.filter((w) => w !== waiting);
    if (!waiting.id) waiting.handle?.cancel();
    URL.revokeObjectURL(waiting.preview);
    this.changed();
  }

  private changed(): void {
    this.el.hidden = this.empty;
    this.el.setAttribute("aria-label", this.ui.t.files);
    const wanted = this.waiting.map((w) => w.el);
    if (wanted.length !== this.el.children.length || wanted.some((el, i) => this.el.children[i] !== el)) {
      this.el.replaceChildren(...wanted);
    }
    this.ports.onChange();
  }
}
