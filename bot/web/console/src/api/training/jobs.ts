/** Training and evaluating. */
import type { Http } from "../http";

export class JobsApi {
  constructor(private readonly http: Http) {}

  jobs(): Promise<{ jobs: unknown[] }> {
    return this.http.get("/jobs");
  }
}
