/** The trainers' page “Tests”: conversations kept as tests. */
export const tests = {
  title: "Tests", text: "Conversations that must always go as written. No model serves that fails one of them.",
  model: "Run against", run: "Run all", ran: "The tests have run.", runFailed: "The tests could not be run.", last: "Last run", passed: "Passed", failed: "Failed",
  find: "Find a test", show: "Which tests", which: { all: "All", failed: "Failed only" }, nothing: "No test fits.", reading: "Reading…", none: "No tests yet",
  noneText: "Make one of a conversation that went well.", tests: "{n} test | {n} tests", turns: "{n} turn | {n} turns", failedOf: "{n} failed", allPass: "All pass",
  turnSaid: "Turn {n}", said: "Said", wanted: "Wanted", got: "Got",
  remove: "Remove", removeThis: "Remove “{name}”", removeTitle: "Remove this test?", removeText: "“{name}” goes from the file in your copy. It counts until that is published.", removed: "Removed in your copy.",
  make: "Make a test of a real conversation", makeText: "Masked, with what the bot answered as what is expected. Nothing is written until you save.",
  makePlaceholder: "Conversation or its link", makeDo: "Make a test", makeMissing: "Paste the id of a conversation, or the link to its chat.",
  editor: "A conversation as a test", editorText: "Keep what matters in each answer; strike the rest, so that the test does not fail over words that may change.",
  back: "All tests", drafting: "Reading the conversation…", name: "Name of the test", topic: "Topic", language: "Language", turn: "Turn {n}", cut: "End the test here",
  removeTurn: "Remove turn {n}", says: "Customer says", presses: "Customer presses", mustSay: "The bot must then say", anything: "Anything will do.",
  wantedText: "Wanted in the answer to turn {n}", strikeThis: "Strike “{name}”", drop: "Strike", also: "Another text in the same answer", addReply: "One more answer", thenAsks: "and ask for",
  save: "Save the test", saved: "The test is saved in your copy", savedText: "{path}, line {line}. It counts for everybody once it is published.", seeChanges: "See my changes", asFile: "As the file has it",
  maskedText: "Some words are hidden behind asterisks, marked below: put others there before the test can be played.", as: "Signed in as somebody of the demo: {who}.", anyWording: "in any wording", thenKnows: "and knows", thenWith: "and the chat is then",
  lacks: {
    masked: "Words hidden behind asterisks cannot be played: put others there.",
    topic: "Give a topic: small letters, digits and _.", name: "Give the test a name.", turns: "A test has at least one turn.", said: "Something the customer says is empty.",
    expected: "Nothing is expected: keep at least one answer.",
  },
};
