/** The trainers' line to the service, in the desk's session. */
import { DataApi } from "../../api/training/data";
import { InboxApi } from "../../api/training/inbox";
import { JobsApi } from "../../api/training/jobs";
import { ModelsApi } from "../../api/training/models";
import { TestsApi } from "../../api/training/tests";
import { TriesApi } from "../../api/training/tries";
import { http } from "../api";

/** The first call of a trainer makes their copy. */
const PATIENT_MS = 60_000;
const line = http.at("/api/v1/training", PATIENT_MS);

export const training = {
  inbox: new InboxApi(line),
  data: new DataApi(line),
  jobs: new JobsApi(line),
  models: new ModelsApi(line),
  tests: new TestsApi(line),
  tries: new TriesApi(line),
};
