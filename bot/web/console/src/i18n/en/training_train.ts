/** The trainers' page “Train”: jobs, what the gate says, evaluations. */
export const train = {
  title: "Train & evaluate",
  text: "Make a new model of what is published. It runs beside the service, so customers never feel it.",
  startTitle: "Train a new model", startText: "About a minute and a half. The gate then checks whether it may serve; until it does, nothing changes for customers.",
  of: "Train", ofPublished: "What is published", ofProposal: "Proposal “{title}” of {author}", ofProposalText: "The gate says what the proposal would bring, before anybody publishes it. It does not serve.",
  promote: "Let it serve when it passes", promoteHint: "Otherwise it waits on the page Models until somebody promotes it.", start: "Start training",
  run: { evaluate: "Evaluate", conversations: "Run the conversation tests", findings: "Look for doubtful examples" },
  about: {
    evaluate: "Cross-validation of the published data: where is it weak?", conversations: "Every kept conversation against the serving model.",
    findings: "Near-duplicates and odd ones in your copy. Minutes at first.",
  },
  kind: { train: "Training", evaluate: "Evaluation", conversations: "Conversation tests", findings: "Doubtful examples", gate: "Gate" },
  doing: {
    train: "Training a new model", evaluate: "Evaluating the published data", conversations: "Running the conversation tests",
    findings: "Looking for doubtful examples", gate: "The gate checks a model",
  },
  step: {
    waiting: "Waiting for its turn", copying: "Collect the data", training: "Train", measuring: "Check on unseen sentences and conversations", conversations: "Play conversations",
    promoting: "Take over serving", evaluating: "Train and test in turns", comparing: "Compare sentences",
  },
  state: { queued: "Waiting", running: "Running", done: "Done", failed: "Failed", cancelled: "Cancelled" },
  running: "Running now", left: "about {time} left", queuedText: "One job runs at a time; this one starts when the other has ended.",
  cancel: "Cancel", cancelTitle: "Cancel this job?", cancelText: "What it has done so far is thrown away. The model that serves goes on serving.", cancelDo: "Cancel the job",
  showLog: "Show log", hideLog: "Hide log", log: "Log of the job", logEmpty: "Nothing written yet.",
  history: "What was run", noHistory: "Nothing was run yet.", reports: "Evaluations", sentences: "{n} sentences", points: "{n} pts",
  outcome: {
    serves: "Passed the gate and serves now", passed: "Passed the gate, waits to be promoted", refused: "Refused by the gate: {n} reason | Refused by the gate: {n} reasons",
    failed: "{n} of {of} failed", all: "All {n} passed", found: "{n} found",
  },
  subject: { proposal: "Proposal {id}", published: "published data {commit}" }, toJob: "See the training",
  failedTodo: "The model that serves goes on serving. Mend what the sentence names and start again; the log says more.",
  openReport: "Open the report", openModel: "Open the model", openFindings: "Open the findings",
  ended: "{what}: done.", wentWrong: "{what}: failed. The reason stands below.", wasCancelled: "{what}: cancelled.",
  gateNone: "Not checked by the gate yet.", gatePassed: "Passed the gate", gateRefused: "The gate refuses it, for {n} reason | The gate refuses it, for {n} reasons",
};
