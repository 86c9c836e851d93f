/** Chinese of the trainers' pages; fetched with them. */
import { articles } from "./training_articles";
import { causes } from "./training_causes";
import { changes } from "./training_changes";
import { entities } from "./training_entities";
import { findings } from "./training_findings";
import { frame } from "./training_frame";
import { inbox } from "./training_inbox";
import { intents } from "./training_intents";
import { models } from "./training_models";
import { names } from "./training_names";
import { policies } from "./training_policies";
import { report } from "./training_report";
import { responses } from "./training_responses";
import { teach } from "./training_teach";
import { tests } from "./training_tests";
import { train } from "./training_train";
import { tryOut } from "./training_try";

export const training = { frame, inbox, intents, responses, articles, policies, entities, findings, changes, try: tryOut, names, train, causes, report, models, tests, teach };
