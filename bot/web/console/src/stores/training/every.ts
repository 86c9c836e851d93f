import { onBeforeUnmount } from "vue";

/** Run again and again while the component is there and somebody looks. */
export function useEvery(ms: number, run: () => void): void {
  const timer = setInterval(() => document.visibilityState === "visible" && run(), ms);
  onBeforeUnmount(() => clearInterval(timer));
}
