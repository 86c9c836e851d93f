/** Pages beside the inbox: call-backs, macros, ratings, the dashboard. */
export const pages = {
  callback: {
    text: "Customers who asked to be called instead of waiting.", open: "Open", done: "Done", none: { open: "No call to make", done: "No calls yet" },
    noneText: "When a customer asks for a call, it stands here.", wanted: "wants {when}", soon: "as soon as possible", asked: "asked {when}", chat: "Open chat",
    tries: "{n} tried", take: "Take", end: "Record the call", endTitle: "How did the call go?", endText: "After three calls without an answer the customer is told in the chat.",
    reached: "Reached", notReached: "Not reached",
  },
  callbackState: { open: "Waiting", taken: "Taken", done: "Reached", missed: "Not reached" },
  rating: {
    text: "Chats that customers rated low, so that somebody looks at each.", open: "To review", reviewed: "Reviewed", noComment: "No comment",
    review: "Review", reviewText: "What happened, and what follows from it. Only supervisors see it.", reviewDo: "Save review", note: "Review", needNote: "Write what you found.",
  },
  macro: {
    text: "Texts that stand ready: type / while writing to a customer.", find: "Find a macro", new: "New macro", change: "Change the macro", none: "No macros",
    noneText: "Write the first one.", mine: "Mine", group: "Group", all: "Everybody", edit: "Change {title}", remove: "Remove {title}", save: "Save",
    titleZh: "Chinese title", titleEn: "English title", shortcut: "Shortcut", shortcutPlaceholder: "restart", zh: "Chinese text", en: "English text", visibility: "Who may use it",
    variables: "Filled in when used: {names}", needTitle: "Give it a title.", needText: "Write the text.",
    badShortcut: "A shortcut has letters, digits, - or _.",
  },
  dashboard: {
    text: "How the desk does now, and whether it keeps what it promises.", period: "Period", today: "Today", week: "Seven days", now: "Now", none: "–",
    waiting: "Waiting", oldest: "longest {time}", available: "Available", load: "{n} chats with people", firstAnswer: "First answer (median)", p95: "95 % within {value}",
    within: "Answered as promised", chats: "{n} chats", invariants: "Chats nobody sees", unanswered: "Unanswered too long", checked: "checked {when}", never: "not checked yet",
    byGroup: "Waiting by group", offers: "Offers", accepted: "Accepted", declined: "Declined", noAnswer: "No answer", withdrawn: "Withdrawn",
    taken50: "Accepted after (median)", taken95: "95 % accepted within", eta: "Promised waits that were kept",
    etaText: "of {n} promises; half were off by less than {error}", asked: "Asked for a person", abandoned: "Left the queue", calledBack: "Wanted a call",
    ticketsLeft: "Left a ticket", people: "People", ratedCount: "{n} ratings", team: "The team", acts: "What the watch had to do", noActs: "Nothing. That is how it should be.",
    times: "How long it takes", wait50: "Wait for a person (median)", wait95: "95 % waited less than", handlingMean: "A person's chat (mean)", handling95: "95 % took less than",
    lasting: "What lasts", lastingText: "{n} chat of 7 to 14 days ago | {n} chats of 7 to 14 days ago", alone: "The assistant alone", aloneLasting: "of these not back in 7 days ({n} known)",
    firstContact: "Solved at the first contact ({n} closed)", byReason: "Why a person was wanted", content: "{share} gave 4 or 5",
  },
  watchAct: {
    ownerless_mended: "A chat without an owner went back to the queue", stray_ended: "A stray hand-over was ended", unanswered_alarm: "A customer waited too long for an answer",
    queue_alarm: "A customer waited longer than promised", bot_silent_requeued: "The assistant did not answer: to a person",
    agent_gone_requeued: "The agent was gone: back to the queue",
  },
};
