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

/** Whole seconds that are left, never below zero. */
export function secondsLeft(offer: Offer, now: number): number {
  return Math.max(0, Math.ceil((Date.parse(offer.expires_at) - now) / 1000));
}
