/** Models: which serves, promoting, comparing. */
import type { Http } from "../http";

export class ModelsApi {
  constructor(private readonly http: Http) {}

  models(): Promise<{ models: unknown[]; serving: string }> {
    return this.http.get("/models");
  }
}
