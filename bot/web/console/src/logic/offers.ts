/** Offers on the screen: each once, the one that ends first on top, none that has ended. */
import type { Offer } from "../api/types";

export function withOffer(offers: readonly Offer[], offer: Offer): Offer[] {
  return [...offers.filter((other) => other.offer_id !== offer.offer_id), offer].sort(
    (a, b) => Date.parse(a.expires_at) - Date.parse(b.expires_at),
  );
}

export function withoutOffer(offers: readonly Offer[], offerId: string): Offer[] {
  return offers.filter((offer) => offer.offer_id !== offerId);
}

export function stillOpen(offers: readonly Offer[], now: number): Offer[] {
  return offers.filter((offer) => Date.parse(offer.expires_at) > now);
}

/**
 * What rings after an answer of the service has come.
 *
 * @param shown what rings now; @param before what rang when the question was asked: whatever came between is news, and stays.
 * @param over ids that have ended or been answered: the answer may have been made before that.
 */
export function refreshed(
  found: readonly Offer[], shown: readonly Offer[], before: readonly Offer[], over: ReadonlySet<string>, now: number,
): Offer[] {
  const asked = new Set(before.map((offer) => offer.offer_id));
  const news = shown.filter((offer) => !asked.has(offer.offer_id));
  const ringing = [...news, ...found].filter((offer) => !over.has(offer.offer_id));
  return stillOpen(ringing, now).reduce<Offer[]>(withOffer, []);
}

/** Whole seconds that are left, never below zero. */
export function secondsLeft(offer: Offer, now: number): number {
  return Math.max(0, Math.ceil((Date.parse(offer.expires_at) - now) / 1000));
}
