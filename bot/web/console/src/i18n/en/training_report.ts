/** An evaluation, read from what fails to the curves. */
export const report = {
  title: "Evaluation", made: "{when} by {by}, data {commit}, {n} sentences", back: "All runs", reading: "Reading the report…", language: "Language", both: "Both",
  headline: "In short", sentences: "{n} sentences", right: "understood rightly", answered: "Answered", refused: "Asked back", outside: "Not our business, noticed",
  calibrationError: "Off in its sureness",
  failing: "Sentences it gets wrong", failingText: "The surest mistakes first: there the data says something wrong, or two intents say the same.", filter: "Only one intent",
  allIntents: "All intents", noneFails: "None. Nothing to mend here.", takenFor: "taken for", sureTitle: "How sure it was", tryIt: "Try “{text}”", more: "{n} more",
  byIntent: "By intent", findIntent: "Find an intent", confused: "Taken for",
  column: { intent: "Intent", support: "Sentences", precision: "Precision", recall: "Recall", f1: "F1" },
  columnTitle: {
    intent: "Sort by name", support: "How many sentences were tested", precision: "Of those taken for it, how many were it", recall: "Of those that were it, how many were found",
    f1: "Precision and recall in one figure",
  },
  fixed: "On the test sentences", fixedText: "What {model}, which serves, makes of sentences that no training has seen.", setName: "Set", setDetail: "{n} sentences, {refused} asked back",
  set: { validated: "Kept from the inbox", first: "First set", second: "Second set", third: "Third set", fourth: "Fourth set", fifth: "Fifth set", sixth: "Sixth set", out_of_scope: "Not our business ({which})" },
  calibration: "Is it as sure as it is right?", calibrationText: "On the dashed line it is exactly as right as it says. Below it, it is too sure of itself.",
  saysSure: "How sure it says it is", isRight: "How often it is right", bin: "{sure} sure, {right} right, {n} sentences", asTable: "As a table",
  cost: "What the threshold costs", costText: "Below it the bot asks back instead of answering. Higher: fewer wrong answers, more questions.",
  threshold: "Threshold of sureness", curve: { answered: "Answered", wrong: "Answered wrongly", outside_caught: "Not our business, noticed" },
  tryThreshold: "Look at the threshold", wrongCosts: "A wrong answer is {n} times as bad as asking back",
  cheapest: "Cheapest at {threshold}: {answered} answered, {wrong} wrongly.", showIt: "Show",
  matrix: "Confusion matrix", matrixText: "Who is taken for whom, all at once.", matrixCorner: "is ↓ taken for →", matrixCell: "{wanted} taken for {got}: {n}",
  matrixAll: "Show all intents", matrixFew: "Only the most confused",
};
