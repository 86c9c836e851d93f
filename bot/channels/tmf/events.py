"""What happens to our records, as TM Forum's events: written to the outbox in the transaction of the change."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.appointments.model import Appointment
from bot.channels.tmf.interaction_resources import interaction_resource, transcript_attachment
from bot.channels.tmf.lists import Resource
from bot.channels.tmf.problem_resources import problem_resource, status_of
from bot.channels.tmf.references import Links
from bot.channels.tmf.store import HistoryTails, Surroundings
from bot.channels.tmf.ticket_resources import ticket_resource
from bot.channels.tmf.visit_resources import APPOINTMENT_STATES, appointment_resource
from bot.contracts import Conversation
from bot.database import Database
from bot.outages.model import OutageRecord
from bot.outbox.model import Event
from bot.outbox.store import OutboxStore, new_event_id
from bot.tickets.links.store import LinkStore
from bot.tickets.model import Ticket, TicketStatus

_TICKET, _APPOINTMENT, _INTERACTION, _PROBLEM = (
    "troubleTicket",
    "appointment",
    "partyInteraction",
    "serviceProblemManagement",
)
#: name before the kind of change → API and the resource's key in `event`
_OWNERS = {
    "TroubleTicket": (_TICKET, "troubleTicket"),
    "Appointment": (_APPOINTMENT, "appointment"),
    "SearchTimeSlot": (_APPOINTMENT, "searchTimeSlot"),
    "PartyInteraction": (_INTERACTION, "partyInteraction"),
    "ServiceProblem": (_PROBLEM, "serviceProblem"),
}
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")


class TmfEvents:
    """Writes events; nothing is built or written for an API that nobody listens to."""

    def __init__(
        self,
        database: Database,
        store: OutboxStore,
        tails: HistoryTails,
        belongings: LinkStore,
        around: Surroundings,
        links: Links,
        clock: Callable[[], datetime],
    ) -> None:
        """Args:
        links: where this service is seen from, for every `href`.
        """
        self._db = database
        self._store = store
        self._tails = tails
        self._belongings = belongings
        self._around = around
        self.links = links
        self._clock = clock

    async def ticket(self, connection: AsyncConnection, before: Ticket | None, after: Ticket | None) -> None:
        """A ticket was opened, changed or destroyed."""
        if not await self._store.heard(connection, _TICKET):
            return
        if after is None:
            if before is not None:
                await self._ticket_removed(connection, before)
            return
        kinds = ["Create"] if before is None else ["AttributeValueChange"]
        if before is not None and before.status is not after.status:
            kinds = ["StatusChange"]
            if after.status is TicketStatus.resolved:
                kinds.append("Resolved")
        if after.status is TicketStatus.pending and (before is None or before.status is not after.status):
            kinds.append("InformationRequired")
        history = (await self._tails.of_with(connection, [after.id])).get(after.id, ())
        belongings = (await self._belongings.of([after.id])).get(after.id, ())
        resource = ticket_resource(after, history, self.links, belongings)
        await self._write(connection, [f"TroubleTicket{kind}" for kind in kinds], resource, after.conversation_id)

    async def _ticket_removed(self, connection: AsyncConnection, ticket: Ticket) -> None:
        """The event carries the number and what it was, no more."""
        resource = ticket_resource(ticket, (), self.links)
        kept = {name: resource[name] for name in ("id", "href", "@type", "ticketType", "status")}
        await self._write(connection, ["TroubleTicketDelete"], kept, None)

    async def appointment(
        self, connection: AsyncConnection, before: Appointment | None, after: Appointment | None
    ) -> None:
        """A visit was held, booked, changed or let go."""
        visit = after or before
        if visit is None or not await self._store.heard(connection, _APPOINTMENT):
            return
        if before is None or after is None:
            kind = "Create" if before is None else "Delete"
        else:
            same = APPOINTMENT_STATES[before.status] == APPOINTMENT_STATES[after.status]
            kind = "AttributeValueChange" if same else "StateChange"
        resource = appointment_resource(visit, self.links)
        await self._write(connection, [f"Appointment{kind}"], resource, visit.conversation_id)

    async def conversation(self, connection: AsyncConnection, head: Conversation, *, opened: bool) -> None:
        """A conversation was opened, handed on or closed."""
        if not await self._store.heard(connection, _INTERACTION):
            return
        tickets, visits = await self._around.of_talk(head.id)
        resource = interaction_resource(head, tickets, visits, self.links)
        resource["attachment"] = [transcript_attachment(head, self.links)]
        kind = "Create" if opened else "AttributeValueChange" if head.closed_at is None else "StatusChange"
        await self._write(connection, [f"PartyInteraction{kind}"], resource, head.id)

    async def outage(self, connection: AsyncConnection, before: OutageRecord | None, after: OutageRecord) -> None:
        """An outage was reported or changed."""
        if not await self._store.heard(connection, _PROBLEM):
            return
        if before is None:
            kinds = ["Create"]
        else:
            words = [status_of(item.status, item.extras) for item in (before, after)]
            kinds = ["StateChange" if words[0] != words[1] else "AttributeValueChange"]
            if after.extras.get("status") == "pending" and before.extras.get("status") != "pending":
                kinds.append("InformationRequired")
        parts, tickets, updates = await self._around.of_outage(after.id)
        resource = problem_resource(after, parts, tickets, updates, {}, self.links, "zh", self._clock())
        await self._write(connection, [f"ServiceProblem{kind}" for kind in kinds], resource, None)

    async def of_record(self, kind: str, resource: Resource) -> None:
        """Something happened to a record of this channel, such as `SearchTimeSlotCreate`; joins the ambient unit."""
        async with self._db.write() as connection:
            await self.of(connection, [kind], resource)

    async def of(self, connection: AsyncConnection, kinds: list[str], resource: Resource) -> None:
        """Write events with a resource that is built already, if anybody listens."""
        if await self._store.heard(connection, _owner(kinds[0])[0]):
            await self._write(connection, kinds, resource, None)

    async def _write(
        self, connection: AsyncConnection, kinds: list[str], resource: Resource, correlation_id: str | None
    ) -> None:
        now = self._clock()
        events = []
        for kind in kinds:
            api, key = _owner(kind)
            event_id, event_type = new_event_id(), f"{kind}Event"
            body: dict[str, Any] = {
                "id": event_id,
                "eventId": event_id,
                "eventTime": now.isoformat(),
                "timeOcurred": now.isoformat(),
                "eventType": event_type,
                "domain": api,
                "title": _WORDS.sub(" ", kind),
                "description": f"{_WORDS.sub(' ', kind)}: {resource['id']}",
                "priority": str(resource.get("priority") or "Normal"),
                "@type": event_type,
                "event": {key: resource},
            }
            if correlation_id:
                body["correlationId"] = correlation_id
            events.append(Event(event_id, now, api, event_type, str(resource["id"]), body))
        await self._store.add(connection, events)


def _owner(kind: str) -> tuple[str, str]:
    return next(owner for name, owner in _OWNERS.items() if kind.startswith(name))
