/** Articles: which are due, and what of one was changed. */
import type { ArticleData, ArticleLine } from "../../api/training/types";
import type { Language } from "../../api/types";

export type ArticleDraft = Pick<ArticleData, "title" | "answer" | "owner" | "review_date">;

/** Those whose day has come first, then by their day. */
export function byReview(articles: readonly ArticleLine[]): ArticleLine[] {
  return [...articles].sort((a, b) => Number(b.due) - Number(a.due) || a.review_date.localeCompare(b.review_date) || a.id.localeCompare(b.id));
}

/** Days from `today` (YYYY-MM-DD) to the review; negative when it is overdue. */
export function daysLeft(reviewDate: string, today: string): number {
  return Math.round((Date.parse(reviewDate) - Date.parse(today)) / 86_400_000);
}

/** The day so many months from `from`, as YYYY-MM-DD; the last of the month where there is no such day. */
export function inMonths(from: Date, months: number): string {
  const day = new Date(Date.UTC(from.getFullYear(), from.getMonth() + months, 1));
  const last = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
  day.setUTCDate(Math.min(from.getDate(), last));
  return day.toISOString().slice(0, 10);
}

/** What to send: only what is other than before, language by language. */
export function changes(before: ArticleData, draft: ArticleDraft): Partial<ArticleDraft> {
  const sides = (key: "title" | "answer"): Partial<Record<Language, string>> =>
    Object.fromEntries((["zh", "en"] as const).filter((language) => draft[key][language].trim() !== before[key][language].trim()).map((language) => [language, draft[key][language].trim()]));
  const body: Record<string, unknown> = {};
  for (const key of ["title", "answer"] as const) {
    const changed = sides(key);
    if (Object.keys(changed).length > 0) body[key] = changed;
  }
  for (const key of ["owner", "review_date"] as const) if (draft[key].trim() !== before[key]) body[key] = draft[key].trim();
  return body;
}
