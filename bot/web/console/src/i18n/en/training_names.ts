/** Intents that chats are not closed with, or that trainers call otherwise. */
export const names = {
  greet: "Greeting", goodbye: "Goodbye", thank: "Thanks", affirm: "Yes", deny: "No", bot_challenge: "Is it a bot?", ask_help: "What can you do?", chitchat: "Small talk",
  express_anger: "Anger", cancel_flow: "Stop what we do", change_language: "Change of language", inform: "An answer by button", report_fault: "A fault, not said which",
  show_balance_and_bill: "Balance and bill", share_attachment: "Photo or file", outage_back: "Outage is over", ticket_solved: "Is it solved?", request_human: "Wants a person",
  find_store: "Shop or hotline", out_of_scope: "Not our business", nlu_fallback: "Not understood", faq: "Article",
};
