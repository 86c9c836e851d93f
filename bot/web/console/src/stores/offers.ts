/** Chats that are offered to me, each with its end. */
import { reactive } from "vue";
import { ApiError } from "../api/http";
import type { Offer } from "../api/types";
import { refreshed, stillOpen, withOffer, withoutOffer } from "../logic/offers";
import { api } from "./api";
import { session } from "./session";

class Offers {
  readonly state = reactive({ open: [] as Offer[] });
  /** Ended, or answered by me; an answer of the service that was on its way then may name them still. */
  private readonly over = new Set<string>();
  /** Set by the desk. */
  onTaken: (conversationId: string) => Promise<void> = async () => undefined;
  onMissed: () => void = () => undefined;

  async refresh(): Promise<void> {
    const before = this.state.open;
    const found = await api.offers();
    this.state.open = refreshed(found, this.state.open, before, this.over, session.state.now);
  }

  /** True when it is news. */
  hear(offer: Offer): boolean {
    if (this.over.has(offer.offer_id) || this.state.open.some((other) => other.offer_id === offer.offer_id)) return false;
    this.state.open = withOffer(this.state.open, offer);
    return true;
  }

  end(offerId: string, reason: string | undefined): void {
    this.over.add(offerId);
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
    this.over.add(offer.offer_id);
    this.state.open = withoutOffer(this.state.open, offer.offer_id);
    try {
      return await send();
    } catch (error) {
      const refused = error instanceof ApiError && error.status >= 400 && error.status < 500;
      if (!refused) {
        this.over.delete(offer.offer_id);
        this.state.open = stillOpen(withOffer(this.state.open, offer), session.state.now);
      }
      throw error;
    }
  }

  clear(): void {
    this.state.open = [];
    this.over.clear();
  }
}

export const offers = new Offers();
