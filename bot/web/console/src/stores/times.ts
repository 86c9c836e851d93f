import { computed } from "vue";
import { Times } from "../logic/time";
import { preferences } from "./preferences";
import { session } from "./session";

/** Times in the chosen language and the operator's zone. */
export const times = computed(() => new Times(preferences.language, session.state.timezone));
