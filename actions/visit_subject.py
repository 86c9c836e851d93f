"""What a visit is about, for the actions that choose and hold its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from rasa_sdk import Tracker

from actions.base import ServiceAction
from actions.visit_windows import FreeWindow
from bot.appointments.model import Appointment, NewVisit
from bot.assistant.nlu.words.visits import KEEPS
from bot.operator.ports import Customer

_MOST_WINDOWS = 200


@dataclass(frozen=True)
class VisitSubject:
    """What the visit is about."""

    customer: Customer
    area: str
    address: str
    product: str
    line_id: str | None
    ticket_id: str | None
    #: the visit that moves
    moved: Appointment | None


class VisitAction(ServiceAction):
    async def subject(self, tracker: Tracker) -> VisitSubject | None:
        """Who gets a visit for what, from the slots customer_id and visit_for."""
        wanted = tracker.get_slot("visit_for") or {}
        customer = await self.services.operator.customers.by_id(str(tracker.get_slot("customer_id")))
        if customer is None:
            return None
        moved = await self.services.appointments.get(wanted["replaces"]) if wanted.get("replaces") else None
        if moved is not None:
            return VisitSubject(
                customer, moved.area, moved.address, moved.product, moved.line_id, moved.ticket_id, moved
            )
        return VisitSubject(
            customer=customer,
            area=customer.area,
            address=customer.address.in_language(self.language(tracker)),
            product=str(wanted.get("product") or "broadband"),
            line_id=wanted.get("line_id"),
            ticket_id=wanted.get("ticket_id"),
            moved=None,
        )

    async def free(self, subject: VisitSubject, now: datetime) -> tuple[FreeWindow, ...]:
        """Every window from tomorrow on that has room, soonest first; not the one that the visit has now."""
        tomorrow = datetime.combine(
            now.astimezone(self.services.zone).date() + timedelta(days=1), time(0), self.services.zone
        )
        windows = await self.services.appointments.windows(
            subject.area, not_before=tomorrow, limit=_MOST_WINDOWS, product=subject.product
        )
        own = subject.moved.window_id if subject.moved else None
        return tuple(FreeWindow(item.id, item.start, item.end) for item in windows if item.id != own)

    def stays(self, tracker: Tracker) -> bool:
        """Whether the customer would leave the visit that was to be moved where it is."""
        moves = (tracker.get_slot("visit_for") or {}).get("replaces")
        return bool(moves) and KEEPS.search(self.customer_text(tracker)) is not None

    def wish_words(self, tracker: Tracker) -> str:
        """The piece of the message that names the time."""
        found = [item for item in tracker.latest_message.get("entities") or [] if item["entity"] == "time"]
        return str(found[-1].get("text") or "") if found else ""


def new_visit(subject: VisitSubject, tracker: Tracker, window_id: str) -> NewVisit:
    """The visit to book in that window."""
    return NewVisit(
        customer_id=subject.customer.id,
        area=subject.area,
        address=subject.address,
        product=subject.product,
        window_id=window_id,
        line_id=subject.line_id,
        ticket_id=subject.ticket_id,
        conversation_id=tracker.sender_id,
        replaces=subject.moved.id if subject.moved else None,
    )
