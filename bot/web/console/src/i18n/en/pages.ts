/** Pages beside the inbox: call-backs, macros, ratings, the dashboard. */
export const pages = {
  callback: {
    text: "Customers who asked to be called instead of waiting.", open: "Open", done: "Done", none: { open: "No call to make", done: "No calls yet" },
    noneText: "When a customer asks for a call, it stands here.", wanted: "wants {when}", soon: "as soon as possible", asked: "asked {when}", chat: "Open chat",
    take: "Take", end: "Record the call", endTitle: "How did the call go?", endText: "After three calls without an answer the customer is told in the chat.",
    reached: "Reached", notReached: "Not reached",
  },
  callbackState: { open: "Waiting", waiting: "Waiting", taken: "Taken", done: "Done", ended: "Ended" },
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
};
