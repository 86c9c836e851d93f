import type { articles as Texts } from "../en/training_articles";

/** The trainers' page “Articles”. */
export const articles: typeof Texts = {
  title: "知识文章",
};
