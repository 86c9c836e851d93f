/** What stands open on the screen beside the chat itself. */
import { reactive } from "vue";

/** What is written: to the customer, for colleagues to read, to the agent alone. */
export type Mode = "reply" | "note" | "whisper";
export type DialogName = "transfer" | "invite" | "return" | "close" | "identity";
export type ContextTab = "packet" | "customer" | "work" | "notes" | "answers";

export const screen = reactive({
  dialog: null as DialogName | null,
  context: "packet" as ContextTab,
  palette: false,
  help: false,
  settings: false,
  /** Raised to put the cursor into the composer; `kind` is what to write. */
  compose: { n: 0, kind: null as Mode | null },
  /** Raised to put the cursor into the list's search. */
  search: 0,
  /** A ticket to open in the context pane. */
  ticket: null as string | null,
});

export function compose(kind: Mode | null = null): void {
  screen.compose = { n: screen.compose.n + 1, kind };
}
