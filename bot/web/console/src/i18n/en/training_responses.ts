/** The trainers' page “Responses”. */
export const responses = {
  title: "Responses",
  search: "Find a response",
  nothing: "No response has this name.",
  chooseTitle: "Choose a response",
  chooseText: "You see it as customers do while you write.",
  oneLanguage: "one language only",
  counts: "{zh} wordings in Chinese, {en} in English",
  words: "Words",
  insert: "Put {name} at the cursor",
  missing: "Left out: {names}. Is it meant?",
  preview: "As customers see it",
  save: "Save",
  reset: "As it was",
  saved: "Saved in your copy.",
  noneInLanguage: "No wording in this language yet.",
  keys: { next: "Next response", previous: "Response before", close: "Close" },
};
