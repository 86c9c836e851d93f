/** Which files may be sent. The service checks again, by content. */

export const LARGEST_BYTES = 10 * 1024 * 1024;
export const ACCEPT = "image/jpeg,image/png,image/gif,image/webp,image/heic,application/pdf";
const TYPES = new Set(ACCEPT.split(","));
/** What every browser shows in an `img`. SVG is left out: it can carry script. */
const SHOWN = new Set(["image/jpeg", "image/png", "image/gif", "image/webp"]);
export const MOST_AT_ONCE = 5;

export type FileProblem = "type" | "size" | "empty";

export function fileProblem(file: { type: string; size: number; name: string }): FileProblem | null {
  const type = file.type || (/\.heic$/i.test(file.name) ? "image/heic" : "");
  if (!TYPES.has(type)) return "type";
  if (file.size === 0) return "empty";
  return file.size > LARGEST_BYTES ? "size" : null;
}

export function canShow(mime: string): boolean {
  return SHOWN.has(mime);
}
