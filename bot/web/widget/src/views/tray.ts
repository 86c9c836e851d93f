/** Files that wait to be sent: preview, progress, cancel. */
import type { UploadHandle } from "../api";
import { canShow, fileProblem } from "../files";
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
      if (problem) {
        this.ports.onProblem((problem === "size" ? t.fileSize : t.fileType)(file.name));
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

  private start(waiting: Waiting): void {
    const { t } = this.ui;
    const { file, el } = waiting;
    const bar = h("progress", { max: 1, value: 0, "aria-label": t.uploading(file.name) });
    const size = h("span.small", {}, fileSize(file.size));
    const retry = h("button.text-button", { hidden: true, onclick: () => this.start(waiting) }, t.sendAgain);
    el.className = "uploading";
    el.replaceChildren(
      canShow(file.type) ? h("img", { src: waiting.preview, alt: "" }) : icon("file"),
      h("div.file-name", {}, h("span.cut", {}, file.name), size, bar),
      retry,
      h("button.icon-button", { label: t.removeFile(file.name), onclick: () => this.remove(waiting) },
        icon("close"),
      ),
    );
    const handle = this.ports.upload(file, (share) => {
      bar.value = share;
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
