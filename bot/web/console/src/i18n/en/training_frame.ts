/** The frame of the trainers' pages, and what all of them say. */
export const frame = {
  docTitle: "Frontline training",
  nav: "Trainers' pages",
  section: { data: "Data", model: "Model" },
  page: {
    inbox: "Inbox", teach: "Teach", intents: "Intents", responses: "Responses", articles: "Articles", policies: "Policies", entities: "Entities", findings: "Findings",
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
  back: "Back to the list",
  unmark: "Take the mark {entity} off “{words}”",
  mark: {
    title: "Mark words", text: "Select the words that name something the bot needs, such as a product or a place.", sentence: "Sentence", entity: "Entity",
    entityPlaceholder: "product", value: "Stands for (optional)", valuePlaceholder: "broadband", do: "Mark", chosen: "Marked: “{words}”",
    how: "Drag over the words, or hold Shift and use the arrow keys.", needWords: "Select the words first.",
    needEntity: "Name the entity: small letters, digits and _.",
  },
  picker: { placeholder: "Name, or words of an example", nothing: "No intent has this name or such an example.", examples: "Examples", keys: "↑ ↓ to look, Enter to choose, Esc to leave" },
  keys: { title: "Keys", everywhere: "Everywhere", here: "On this page", go: "Go to {page}", help: "This list", search: "Search", language: "Switch language" },
};
