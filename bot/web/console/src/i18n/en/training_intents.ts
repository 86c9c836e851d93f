/** The trainers' page “Intents”. */
export const intents = {
  title: "Intents",
};
