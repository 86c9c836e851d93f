"""How offers end: as it is kept, and as the person's consoles and the router hear of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.conversations.fanout import ROUTING, Fanout, desk_of
from bot.handoff.model import Offer, Outcome


async def tell_offer_over(fanout: Fanout, offer: Offer, outcome: Outcome) -> None:
    """Tell the person's consoles, and the router, that an offer rings no more."""
    reason = "expired" if outcome is Outcome.no_answer else outcome.value
    frame = {"type": "offer_ended", "offer_id": offer.id, "user_id": offer.user_id, "reason": reason}
    await fanout.publish(desk_of(offer.user_id), {**frame, "conversation_id": offer.conversation_id})
    over = {"type": "offer_over", "handoff_id": offer.handoff_id, "user_id": offer.user_id, "outcome": outcome.value}
    await fanout.publish(ROUTING, over)


def ended_offer(offer: Offer, outcome: Outcome, at: datetime, reason: str | None = None) -> dict[str, Any]:
    """How an offer ended, as it is kept."""
    return {
        "id": offer.id,
        "handoff_id": offer.handoff_id,
        "user_id": offer.user_id,
        "group_id": offer.group_id,
        "offered_at": offer.offered_at,
        "ended_at": at,
        "outcome": outcome.value,
        "reason": reason,
    }
