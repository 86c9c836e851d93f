/** Chats that are offered to me, each with its end. */
import { reactive } from "vue";
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
    this.state.open = withoutOffer(this.state.open, offer.offer_id);
    await this.onTaken(await api.accept(offer.offer_id));
  }

  async decline(offer: Offer): Promise<void> {
    this.state.open = withoutOffer(this.state.open, offer.offer_id);
    await api.decline(offer.offer_id);
  }

  clear(): void {
    this.state.open = [];
  }
}

export const offers = new Offers();
