import type { Texts } from "../en";
import { app } from "./app";
import { desk } from "./desk";
import { pages } from "./pages";
import { terms } from "./terms";
import { work } from "./work";

export const zh: Texts = { ...app, ...desk, ...pages, ...terms, ...work };
