"""Attachments, parties, records elsewhere and related tickets: what belongs to a ticket beside its history."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from bot.tickets.links.store import LinkStore
from bot.tickets.model import EntryKind, InvalidTicket, Link, LinkKind, NewLink, Ticket
from bot.tickets.store import TicketStore

#: things that one kind of list may hold
MOST = 200


class TicketLinks:
    """Every addition and removal leaves a line in the ticket's history."""

    def __init__(self, store: TicketStore, clock: Callable[[], datetime]) -> None:
        self._tickets = store
        self._links = LinkStore(store.database, store.zone)
        self._clock = clock

    async def of(self, *ticket_ids: str) -> Mapping[str, tuple[Link, ...]]:
        """What belongs to several tickets, by ticket; a ticket of the archive has it in its record."""
        return await self._links.of(ticket_ids) if ticket_ids else {}

    async def of_one(self, ticket_id: str) -> tuple[Link, ...]:
        """What belongs to a ticket, be it in the archive or not."""
        found = (await self._links.of([ticket_id])).get(ticket_id, ())
        archived = None if found else await self._tickets.from_archive(ticket_id)
        return archived[2] if archived else found

    async def add(self, ticket_id: str, new: NewLink, *, author: str) -> Link:
        """Add one thing; the same thing in the same role again changes nothing.

        Raises:
            TicketNotFound: no such number.
            InvalidTicket: a ticket related to itself or to one that is not here, or two hundred things of the kind.
        """
        if new.kind is LinkKind.relationship and await self._tickets.get(new.ref_id) is None:
            raise InvalidTicket(f"A ticket is related to another one that exists; {new.ref_id} is none.")
        async with self._tickets.edit(ticket_id) as edit:
            known = (await self._links.of([ticket_id])).get(ticket_id, ())
            same = next((item for item in known if _key(item) == _key(new)), None)
            if same is not None:
                return same
            _check(edit.ticket, new)
            if sum(item.kind is new.kind for item in known) >= MOST:
                raise InvalidTicket(f"A ticket has at most {MOST} of a kind ({new.kind.value}).")
            link = await self._links.add(ticket_id, self._clock(), new.kind, new.ref_id, new.role, new.body)
            data = {"kind": new.kind.value, "ref_id": new.ref_id, "role": new.role, "n": link.n}
            await edit.apply(self._clock(), EntryKind.link, author, data=data)
        return link

    async def remove(self, ticket_id: str, n: int, *, author: str) -> Ticket:
        """Remove what `add` added; nothing happens when it is gone already.

        Raises:
            TicketNotFound: no such ticket.
        """
        async with self._tickets.edit(ticket_id) as edit:
            if not await self._links.remove(ticket_id, n):
                return edit.ticket
            return await edit.apply(self._clock(), EntryKind.link, author, data={"removed": n})

    async def replace(self, ticket_id: str, kind: LinkKind, wanted: Sequence[NewLink], *, author: str) -> bool:
        """Make the things of one kind exactly these; those that stay keep their numbers. Whether anything changed.

        Raises:
            TicketNotFound: no such ticket.
            InvalidTicket: more than two hundred, or a ticket related to itself.
        """
        if len(wanted) > MOST:
            raise InvalidTicket(f"A list holds at most {MOST} items.")
        async with self._tickets.edit(ticket_id) as edit:
            present = [item for item in (await self._links.of([ticket_id])).get(ticket_id, ()) if item.kind is kind]
            stays = {_whole(item) for item in wanted}
            gone = [item for item in present if _whole(item) not in stays]
            kept = {_whole(item) for item in present} - {_whole(item) for item in gone}
            fresh = {_whole(item): item for item in wanted if _whole(item) not in kept}
            if not gone and not fresh:
                return False
            for item in gone:
                await self._links.remove(ticket_id, item.n)
            for new in fresh.values():
                _check(edit.ticket, new)
                await self._links.add(ticket_id, self._clock(), kind, new.ref_id, new.role, new.body)
            data = {"kind": kind.value, "added": [item.ref_id for item in fresh.values()]}
            data["removed"] = [item.ref_id for item in gone]
            await edit.apply(self._clock(), EntryKind.link, author, data=data)
        return True


def _check(ticket: Ticket, new: NewLink) -> None:
    if new.kind is LinkKind.relationship and new.ref_id == ticket.id:
        raise InvalidTicket("A ticket is related to another one, not to itself.")


def _key(item: Link | NewLink) -> tuple[LinkKind, str, str]:
    return item.kind, item.ref_id, item.role


def _whole(item: Link | NewLink) -> tuple[LinkKind, str, str, str]:
    return (*_key(item), json.dumps(item.body, sort_keys=True))
