/** Trying sentences and whole conversations on a model. */
import type { Http } from "../http";

export class TriesApi {
  constructor(private readonly http: Http) {}

  sentence(text: string, model?: string): Promise<unknown> {
    return this.http.send("POST", "/try", model ? { text, model } : { text });
  }
}
