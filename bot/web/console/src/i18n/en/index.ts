/** English. `zh` has the same keys; a test compares them. */
import { app } from "./app";
import { desk } from "./desk";
import { pages } from "./pages";
import { terms } from "./terms";
import { work } from "./work";

export const en = { ...app, ...desk, ...pages, ...terms, ...work };

export type Texts = typeof en;
