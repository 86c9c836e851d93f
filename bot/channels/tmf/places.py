"""Where a technician would go, for whom, and to do what, as bodies of TMF646 say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.channels.tmf.keys import ApiKey
from bot.channels.tmf.query import objects_of, reference, text_of
from bot.channels.tmf.ticket_bodies import customer_of
from bot.errors import BadRequest, NotFound
from bot.filters import moment_of
from bot.operator.ports import Customer, OperatorPorts
from bot.tickets.model import Ticket
from bot.tickets.service import TicketService

_ADDRESS_MOST = 400
_ID_MOST = 40
_MINUTES_MOST = 480


class NotToldEnough(BadRequest):
    """It is not known yet where a technician would go, or for whom. Name both."""


@dataclass(frozen=True)
class Place:
    area: str
    address: str
    customer: Customer | None
    ticket: Ticket | None
    #: what the technician must know
    product: str | None
    #: how long the work takes, if the caller says so
    minutes: int | None


class PlaceFinder:
    """Finds the area by its id, by the words of an address, or by who the customer is."""

    def __init__(self, tickets: TicketService, operator: OperatorPorts) -> None:
        self._tickets = tickets
        self._operator = operator

    async def find(self, body: Mapping[str, Any], caller: ApiKey) -> Place:
        """The place that a body names.

        Raises:
            NotToldEnough: it names none that is known.
            BadRequest: something in it cannot be read, or there is no such ticket.
            NotFound: its ticket belongs to another customer.
        """
        entities = objects_of(body, "relatedEntity")
        ticket_id, rest = reference(entities, "TroubleTicket", "troubleTicket")
        customer_id = customer_of(body, caller)
        ticket = await self._tickets.get(ticket_id) if ticket_id else None
        if ticket_id and ticket is None:
            raise BadRequest(f"There is no ticket {ticket_id}.")
        if ticket is not None and customer_id is not None and ticket.customer_id not in (None, customer_id):
            raise NotFound("This customer has no such ticket. Check its id.")
        customer_id = customer_id or (ticket.customer_id if ticket else None)
        customer = await self._operator.customers.by_id(customer_id) if customer_id else None
        named = objects_of(body, "relatedPlace")
        place: Mapping[str, Any] = named[0] if named else {}
        area_id, words = text_of(place, "id", _ID_MOST), text_of(place, "name", _ADDRESS_MOST)
        areas = {area.id for area in await self._operator.network.areas()} if area_id else set()
        if area_id not in areas:
            found = await self._operator.network.area_of(words) if words else None
            area_id = found.id if found else (customer.area if customer else None)
        if area_id is None:
            raise NotToldEnough(
                "relatedPlace names an area by id, or an address by name; or relatedParty a known customer."
            )
        product, _ = reference(rest, "Product", "product", most=16)
        return Place(
            area=area_id,
            address=words or (customer.address.zh if customer else area_id),
            customer=customer,
            ticket=ticket,
            product=product or (ticket.product if ticket else None),
            minutes=_minutes(body),
        )


def period_of(body: Mapping[str, Any], name: str = "validFor") -> tuple[datetime, datetime]:
    """A time period with start and end.

    Raises:
        BadRequest: something else.
    """
    period = body.get(name)
    if not isinstance(period, dict):
        raise BadRequest(f"{name} holds startDateTime and endDateTime.")
    start = moment_of(period.get("startDateTime"), f"{name}.startDateTime")
    end = moment_of(period.get("endDateTime"), f"{name}.endDateTime")
    if end <= start:
        raise BadRequest(f"{name} ends after it starts.")
    return start, end


def _minutes(body: Mapping[str, Any]) -> int | None:
    """Our own `duration` of a search: `{"amount": 60, "units": "minutes"}`."""
    given = body.get("duration")
    if given is None:
        return None
    amount = given.get("amount") if isinstance(given, dict) else None
    if (
        not isinstance(amount, int)
        or isinstance(amount, bool)
        or not 1 <= amount <= _MINUTES_MOST
        or given.get("units", "minutes") not in ("min", "minutes")
    ):
        raise BadRequest(f'duration is {{"amount": 1 to {_MINUTES_MOST}, "units": "minutes"}}.')
    return amount
