/** Which files may be sent. The service checks again, by content. */

export const LARGEST_BYTES = 10 * 1024 * 1024;
export const ACCEPT = "image/jpeg,image/png,image/gif,image/webp,application/pdf";
const TYPES = new Set(ACCEPT.split(","));

export type FileProblem = "type" | "size";

export function fileProblem(file: { type: string; size: number }): FileProblem | null {
  if (!TYPES.has(file.type)) return "type";
  return file.size > LARGEST_BYTES ? "size" : null;
}

/** Whether it can stand in an `img`. SVG cannot be sent: it can carry script. */
export function canShow(mime: string): boolean {
  return mime !== "application/pdf" && TYPES.has(mime);
}
