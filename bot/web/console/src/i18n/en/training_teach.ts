/** The trainers' page “Teach”: what to teach next. */
export const teach = {
  title: "What to teach next", reading: "Reading the week…", dates: "{from} – {to}",
  lead: {
    handedOver: "One conversation went to a person although the bot had the answer. | {n} conversations went to a person although the bot had the answer.",
    cameBack: "One customer came back about the same within a week. | {n} customers came back about the same within a week.",
    newTopics: "Customers ask about one thing that the bot does not know. | Customers ask about {n} things that the bot does not know.",
    articles: "One article does not help. | {n} articles do not help.",
  },
  quiet: "A quiet week", quietText: "Nothing stands out. The inbox still has sentences that are worth a look.",
  handedOver: { title: "The bot could have solved these", text: "Handed to a person, though the answer was there.", unit: "chat | chats" },
  cameBack: { title: "Solved, but they came back", text: "Closed as solved by the bot; the customer was back about the same within seven days.", unit: "customer | customers" },
  newTopics: { title: "New topics", text: "Alike in meaning, and they fit no intent. The names are proposals." },
  articles: { title: "Articles that do not help", text: "Shown, and then thumbs down or a person.", figures: "shown {shown} times, {not} did not help, {handed} went to a person" },
  sentences: "{n} sentence | {n} sentences", openChat: "Open the chat", openIntent: "Open the intent", tryIt: "Try it", makeTest: "Make a test of it", openGroup: "Decide in the inbox",
};
