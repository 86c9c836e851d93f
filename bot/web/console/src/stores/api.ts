/** The one line to the service, and what an older service does not have. */
import { reactive } from "vue";
import { DeskApi } from "../api/desk";
import { ApiError, Http } from "../api/http";
import { TicketApi } from "../api/tickets";

const ended: (() => void)[] = [];

/** Called when the service says that the session is over. */
export function onLoggedOut(run: () => void): void {
  ended.push(run);
}

export const http = new Http(() => ended.forEach((run) => run()));
export const api = new DeskApi(http);
export const tickets = new TicketApi(http);
export const serverNow = (): number => http.now();

/** Parts of the desk that this service does not have; the screen leaves them out. */
const lacking = reactive(new Set<string>());

export function has(part: string): boolean {
  return !lacking.has(part);
}

/** Ask for something a service may not have; null when it does not, and then the part is left out. */
export async function ifPresent<T>(part: string, run: () => Promise<T>): Promise<T | null> {
  if (lacking.has(part)) return null;
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof ApiError) || ![404, 405].includes(error.status) || error.code === "conversation_not_found") throw error;
    lacking.add(part);
    return null;
  }
}
