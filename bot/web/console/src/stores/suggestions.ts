/** Suggested answers to the customer's newest message; asked again when there is a newer one. */
import { computed, ref, watch } from "vue";
import type { ComputedRef } from "vue";
import type { Message, Suggestions } from "../api/types";
import { api, ifPresent } from "./api";

const SOON_MS = 400;

export function suggestionsFor(id: () => string, messages: () => readonly Message[]): ComputedRef<Suggestions | null> {
  const found = ref<Suggestions | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const newest = computed(() => messages().filter((message) => message.author.kind === "customer" && message.text).at(-1)?.seq ?? 0);
  watch(
    [id, newest],
    ([chat, seq]) => {
      clearTimeout(timer);
      found.value = null;
      if (seq === 0) return;
      timer = setTimeout(() => {
        void ifPresent("suggestions", () => api.suggestions(chat))
          .then((answer) => {
            if (chat === id() && seq === newest.value) found.value = answer;
          })
          .catch(() => undefined);
      }, SOON_MS);
    },
    { immediate: true },
  );
  return computed(() => found.value);
}
