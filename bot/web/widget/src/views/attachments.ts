import type { Attachment } from "../contracts";
import { canShow } from "../files";
import { fileSize } from "../format";
import type { Ui } from "./context";
import { h, icon } from "./dom";

function photo(attachment: Attachment, ui: Ui): HTMLElement {
  const { t } = ui;
  const button = h("a.photo.loading", { target: "_blank", label: t.openImage(attachment.name) });
  ui.blobUrl(attachment).then(
    (url) => {
      const img = h("img", { src: url, alt: "", decoding: "async" });
      img.addEventListener("load", () => button.classList.remove("loading"));
      img.addEventListener("error", () => button.replaceWith(fileChip(attachment, ui)));
      button.append(img);
      button.href = url;
    },
    () => button.replaceWith(fileChip(attachment, ui)),
  );
  return button;
}

function fileChip(attachment: Attachment, ui: Ui): HTMLElement {
  const { t } = ui;
  const size = h("span.small", {}, fileSize(attachment.size));
  const chip = h("button.file", {},
    icon("file"),
    h("span.file-name", {}, h("span.cut", {}, attachment.name), size),
  );
  chip.addEventListener("click", () => {
    ui.blobUrl(attachment).then(
      (url) => h("a", { href: url, download: attachment.name }).click(),
      () => (size.textContent = t.actionFailed),
    );
  });
  return chip;
}

export function attachmentView(attachment: Attachment, ui: Ui): HTMLElement {
  return canShow(attachment.mime) ? photo(attachment, ui) : fileChip(attachment, ui);
}
