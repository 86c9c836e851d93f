/** Chats that are offered to me, each with its end. */
import { reactive } from "vue";
import { ApiError } from "../api/http";
import type { Offer } from "../api/types";
import { stillOpen, withOffer, withoutOffer } from "../logic/offers";
import { api } from "./api";
import { session } from "./session";

class Offers {
  readonly state = reactive({ open: [] as Offer[] });
  /** Set by the desk. */
  onTaken: (conversationId: string) => Promise<void> = async () => undefined;
  onMissed: () => void = () => undefined;

  async refresh(): Promise<void> {
    const found = await api.offers();
    this.state.open = stillOpen(found, session.state.now).reduce<Offer[]>(withOffer, []);
  }

  /** True when it is news. */
  hear(offer: Offer): boolean {
    if (this.state.open.some((other) => other.offer_id === offer.offer_id)) return false;
    this.state.open = withOffer(this.state.open, offer);
    return true;
  }

  end(offerId: string, reason: string | undefined): void {
    if (!this.state.open.some((offer) => offer.offer_id === offerId)) return;
    this.state.open = withoutOffer(this.state.open, offerId);
    if (reason === undefined || reason === "expired") this.onMissed();
  }

  tick(): void {
    const open = stillOpen(this.state.open, session.state.now);
    if (open.length === this.state.open.length) return;
    this.state.open = open;
    this.onMissed();
  }

  async accept(offer: Offer): Promise<void> {
    await this.onTaken(await this.answer(offer, () => api.accept(offer.offer_id)));
  }

  async decline(offer: Offer): Promise<void> {
    await this.answer(offer, () => api.decline(offer.offer_id));
  }

  /** The card goes at once. Where the service did not hear it, the card is there again until its time is over. */
  private async answer<T>(offer: Offer, send: () => Promise<T>): Promise<T> {
    this.state.open = withoutOffer(this.state.open, offer.offer_id);
    try {
      return await send();
    } catch (error) {
      const refused = error instanceof ApiError && error.status >= 400 && error.status < 500;
      if (!refused) this.state.open = stillOpen(withOffer(this.state.open, offer), session.state.now);
      throw error;
    }
  }

  clear(): void {
    this.state.open = [];
  }
}

export const offers = new Offers();
