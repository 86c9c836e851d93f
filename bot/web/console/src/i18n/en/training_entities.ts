/** The trainers' page “Entities”. */
export const entities = {
  title: "Entities",
  search: "Find a word or a value",
  chooseTitle: "Choose an entity",
  chooseText: "Products, places, plans: what the bot finds inside a sentence.",
  values: "{n} value | {n} values",
  byRules: "found by rules",
  how: "Every value that the bot takes down, with the words by which it finds it. Both languages stand together.",
  add: "Add words…",
  addTo: "Words for {value}",
  remove: "Take “{word}” out",
  anything: "as said",
  more: "{n} more value: search for it | {n} more values: search for them",
  nothing: "No word or value fits.",
};
