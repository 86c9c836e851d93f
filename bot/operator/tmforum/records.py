"""Tickets and visits in the operator's own systems: TMF621 and TMF646."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.errors import Conflict
from bot.operator.ports import RemoteSlot, RemoteTicket, RemoteVisit
from bot.operator.tmforum.client import Resource, TmfClient


class TmfTickets:
    """`TicketSystem` over TMF621."""

    def __init__(self, tickets: TmfClient) -> None:
        self._api = tickets

    async def open(
        self, *, ticket_type: str, severity: str, description: str, customer_id: str | None, external_id: str, key: str
    ) -> RemoteTicket:
        body: dict[str, Any] = {
            "ticketType": ticket_type,
            "severity": severity,
            "description": description,
            "externalId": external_id,
        }
        if customer_id:
            body["relatedParty"] = [{"id": customer_id, "role": "customer", "@referredType": "Customer"}]
        return _ticket(await self._api.create("/troubleTicket", body, key=key))

    async def get(self, ticket_id: str) -> RemoteTicket | None:
        body = await self._api.get(f"/troubleTicket/{ticket_id}")
        return None if body is None else _ticket(body)

    async def move(self, ticket_id: str, status: str, *, reason: str | None = None) -> RemoteTicket:
        change = {"status": status, **({"statusChangeReason": reason} if reason else {})}
        return _ticket(await self._api.change(f"/troubleTicket/{ticket_id}", change))

    async def note(self, ticket_id: str, text: str, *, author: str) -> RemoteTicket:
        return _ticket(
            await self._api.change(f"/troubleTicket/{ticket_id}", {"note": [{"author": author, "text": text}]})
        )


class TmfVisits:
    """`VisitSystem` over TMF646."""

    def __init__(self, appointments: TmfClient) -> None:
        self._api = appointments

    async def slots(self, area: str, product: str, start: datetime, end: datetime) -> tuple[RemoteSlot, ...]:
        body = await self._api.create(
            "/searchTimeSlot",
            {
                "relatedPlace": {"id": area, "role": "visitAddress"},
                "relatedEntity": [{"id": product, "role": "product", "@referredType": "Product"}],
                "requestedTimeSlot": [{"validFor": _period(start, end)}],
            },
        )
        return tuple(
            RemoteSlot(str(item.get("id") or ""), *_times(item["validFor"]))
            for item in body.get("availableTimeSlot") or ()
        )

    async def book(
        self, slot: RemoteSlot, *, area: str, address: str, customer_id: str, ticket_id: str | None, key: str
    ) -> RemoteVisit | None:
        """None: somebody else was quicker."""
        entities = [{"id": ticket_id, "role": "troubleTicket", "@referredType": "TroubleTicket"}] if ticket_id else []
        body: dict[str, Any] = {
            "validFor": _period(slot.start, slot.end),
            "calendarEvent": {"id": slot.id},
            "relatedPlace": {"id": area, "name": address, "role": "visitAddress"},
            "relatedParty": [{"id": customer_id, "role": "customer", "@referredType": "Customer"}],
            "relatedEntity": entities,
        }
        try:
            return _visit(await self._api.create("/appointment", body, key=key))
        except Conflict:
            return None

    async def move(self, visit_id: str, slot: RemoteSlot) -> RemoteVisit | None:
        """None: somebody else was quicker."""
        change = {"validFor": _period(slot.start, slot.end), "calendarEvent": {"id": slot.id}}
        try:
            return _visit(await self._api.change(f"/appointment/{visit_id}", change))
        except Conflict:
            return None

    async def get(self, visit_id: str) -> RemoteVisit | None:
        body = await self._api.get(f"/appointment/{visit_id}")
        return None if body is None else _visit(body)

    async def cancel(self, visit_id: str) -> RemoteVisit:
        return _visit(await self._api.change(f"/appointment/{visit_id}", {"status": "cancelled"}))


def _ticket(body: Resource) -> RemoteTicket:
    due = body.get("expectedResolutionDate")
    return RemoteTicket(
        id=str(body["id"]), status=str(body["status"]), due_at=datetime.fromisoformat(due) if due else None
    )


def _visit(body: Resource) -> RemoteVisit:
    return RemoteVisit(str(body["id"]), str(body["status"]), *_times(body["validFor"]))


def _times(period: Mapping[str, str]) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(period["startDateTime"]), datetime.fromisoformat(period["endDateTime"])


def _period(start: datetime, end: datetime) -> dict[str, str]:
    return {"startDateTime": start.isoformat(), "endDateTime": end.isoformat()}
