import { computed } from "vue";
import { Times } from "../logic/time";
import { desk } from "./desk";
import { preferences } from "./preferences";

/** Times in the chosen language and the operator's zone. */
export const times = computed(() => new Times(preferences.language, desk.state.timezone));
