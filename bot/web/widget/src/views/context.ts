/** What every view may use. */
import type { Attachment, Language } from "../contracts";
import type { Strings } from "../i18n";

export interface Ui {
  readonly t: Strings;
  readonly language: Language;
  now(): number;
  /** An object URL of an attachment; rejects when it cannot be had. */
  blobUrl(attachment: Attachment): Promise<string>;
  /** Say something to screen readers. */
  announce(text: string): void;
}
