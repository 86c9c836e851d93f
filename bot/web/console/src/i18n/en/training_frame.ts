/** The frame of the trainers' pages, and what all of them say. */
export const frame = {
  docTitle: "Frontline training",
  nav: "Trainers' pages",
  section: { data: "Data", model: "Model" },
  page: {
    inbox: "Inbox", teach: "Teach", intents: "Intents", responses: "Responses", articles: "Articles", entities: "Entities", findings: "Findings",
    changes: "Changes", try: "Try", train: "Train", models: "Models", tests: "Tests",
  },
  desk: "To the desk",
  loading: "Reading…",
  retry: "Try again",
  broken: "This page could not be read.",
  notServed: "This service does not have this part yet.",
  noCopy: "Language data cannot be edited here",
  refused: "That was refused",
  undo: "Undo",
  keys: { title: "Keys", everywhere: "Everywhere", here: "On this page", go: "Go to {page}", help: "This list", search: "Search", language: "Switch language" },
};
