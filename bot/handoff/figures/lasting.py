"""What lasts for seven days: chats that the bot had alone, and chats solved at the first contact. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

#: who comes back within this time was not helped for good
BACK_WITHIN = timedelta(days=7)


@dataclass(frozen=True)
class Contact:
    """A conversation in which the customer wrote, as it ended."""

    conversation_id: str
    #: None: nobody known, so that nobody can tell whether they came back
    customer_id: str | None
    ended_at: datetime
    handoffs: int
    #: closed by a person as solved, or not; None: no person closed it
    solved: bool | None


def lasting(contacts: Sequence[Contact], opened: Iterable[tuple[str, str, datetime]]) -> Mapping[str, Any]:
    """Shares of chats that ended at least `BACK_WITHIN` ago.

    Args:
        opened: (customer, conversation, when) of conversations of these customers.

    Returns:
        `{chats, alone, alone_share, alone_known, alone_lasting, closed_known, first_contact}`: `alone` had no
        hand-over; `alone_lasting` of the known ones among them did not come back; `first_contact` of known ones whom a
        person closed had one hand-over, were solved, and did not come back. Shares of nothing are None.
    """
    by_customer: dict[str, list[tuple[str, datetime]]] = {}
    for customer_id, conversation_id, at in opened:
        by_customer.setdefault(customer_id, []).append((conversation_id, at))

    def came_back(contact: Contact) -> bool:
        return any(
            id_ != contact.conversation_id and contact.ended_at < at <= contact.ended_at + BACK_WITHIN
            for id_, at in by_customer.get(contact.customer_id or "", ())
        )

    alone = [contact for contact in contacts if contact.handoffs == 0]
    known = [contact for contact in alone if contact.customer_id]
    closed = [contact for contact in contacts if contact.customer_id and contact.solved is not None]
    first = [contact for contact in closed if contact.solved and contact.handoffs == 1 and not came_back(contact)]
    return {
        "chats": len(contacts),
        "alone": len(alone),
        "alone_share": _share(len(alone), len(contacts)),
        "alone_known": len(known),
        "alone_lasting": _share(sum(not came_back(contact) for contact in known), len(known)),
        "closed_known": len(closed),
        "first_contact": _share(len(first), len(closed)),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None
