/** Conversations and sentences as tests, and what to teach next. */
import type { Http } from "../http";

export class TestsApi {
  constructor(private readonly http: Http) {}

  conversations(): Promise<{ tests: unknown[] }> {
    return this.http.get("/tests/conversations");
  }
}
