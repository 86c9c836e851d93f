/** Edits as people read them: which kind of file, which language, sentences without the signs of YAML. */
import type { DiffFile, DiffLine } from "../../api/training/types";
import type { Language } from "../../api/types";

export type FileKind = "examples" | "responses" | "article" | "policy" | "tests" | "domain" | "other";

export interface FileName {
  kind: FileKind;
  /** Topic, article, set; empty for what has none. */
  name: string;
  language: Language | null;
}

const SHAPES: readonly [RegExp, FileKind][] = [
  [/^data\/nlu\/(?<name>[^/]+)\.(?<language>zh|en)\.yml$/, "examples"],
  [/^data\/responses\/(?<name>[^/]+)\.yml$/, "responses"],
  [/^data\/knowledge\/(?<name>[^/]+)\.yml$/, "article"],
  [/^data\/policies\/(?<name>[^/]+)\.yml$/, "policy"],
  [/^tests\/understanding\/(?<name>[^/]+)\.(?<language>zh|en)\.tsv$/, "tests"],
  [/^tests\/conversations\/(?<name>[^/]+)\.yml$/, "tests"],
  [/^domain\.yml$/, "domain"],
];

export function fileName(path: string): FileName {
  for (const [shape, kind] of SHAPES) {
    const found = shape.exec(path);
    if (found) return { kind, name: found.groups?.name ?? "", language: (found.groups?.language as Language | undefined) ?? null };
  }
  return { kind: "other", name: path, language: null };
}

const INTENT = /^\s*-\s+intent:\s*(?<intent>\S+)/;
const NO_SENTENCE = /^\s*(examples: \|)?\s*$/;

/** The intent that a line of a file of examples begins; null for any other. */
export function intentOf(line: DiffLine, kind: FileKind): string | null {
  return kind === "examples" ? (INTENT.exec(line.text)?.groups?.intent ?? null) : null;
}

/** A hunk without lines that only YAML needs. */
export function readable(lines: readonly DiffLine[], kind: FileKind): DiffLine[] {
  return kind === "examples" ? lines.filter((line) => !NO_SENTENCE.test(line.text)) : [...lines];
}

/** A line without indentation and, in a file of examples, without its dash. */
export function readableLine(line: DiffLine, kind: FileKind): string {
  const text = kind === "examples" ? line.text.replace(/^\s*-\s+/, "") : line.text.replace(/^ {2,}/, (blanks) => " ".repeat(blanks.length - 2));
  return kind === "tests" ? text.replaceAll("\t", "  ·  ") : text;
}

/** What was done to lines that follow each other: those taken out and those put in, side by side. */
export interface Change {
  kind: "same" | "change";
  removed: DiffLine[];
  added: DiffLine[];
}

export function runs(lines: readonly DiffLine[]): Change[] {
  const found: Change[] = [];
  for (const line of lines) {
    const kind = line.kind === "same" ? "same" : "change";
    let last = found[found.length - 1];
    if (!last || last.kind !== kind) found.push((last = { kind, removed: [], added: [] }));
    if (line.kind === "removed") last.removed.push(line);
    else last.added.push(line);
  }
  return found;
}

export function totals(files: readonly Pick<DiffFile, "added" | "removed">[]): { added: number; removed: number } {
  return { added: files.reduce((sum, file) => sum + file.added, 0), removed: files.reduce((sum, file) => sum + file.removed, 0) };
}
