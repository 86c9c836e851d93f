"""Outages from the first report to the last customer's word that it is back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.errors import BadRequest
from bot.notices.service import Notice, NoticeService
from bot.operator.ports import OperatorPorts, Words
from bot.outages.model import (
    NOWHERE,
    PLANNED_WORKS,
    NewOutage,
    OutageIsOver,
    OutageRecord,
    OutageStands,
    OutageStatus,
    OutageUpdate,
    UpdateKind,
    check_move,
    hit_by,
)
from bot.outages.store import OutageStore
from bot.outages.wording import APART, CALLED_OFF, JOINED, PLANNED, RESTORED, notice_of
from bot.tickets.model import NewTicket, Ticket, TicketStatus, TicketType, ticket_json
from bot.tickets.service import TicketService
from bot.wording import Wording

_log = structlog.get_logger(__name__)

_SYSTEM = "system"
#: what holds for the parts of an outage as for itself
_SHARED = ("status", "started_at", "restored_at", "restore_at")
_OPEN = "acknowledged,inProgress,pending,held"
_AT_ONCE = 200
#: planned works are told this long ahead
_AHEAD = timedelta(hours=24)
#: faults reported so shortly before an outage became known belong to it
_BEFORE = timedelta(hours=12)
#: an outage that ended longer ago is not looked at any more
_AFTER = timedelta(days=2)


class OutageService:
    """Report, change, join; and tell everybody who waits. Each customer is told each thing once."""

    def __init__(
        self,
        store: OutageStore,
        tickets: TicketService,
        operator: OperatorPorts,
        wording: Wording,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._tickets = tickets
        self._operator = operator
        self._wording = wording
        self._clock = clock

    # -- records -------------------------------------------------------------------------------------------------

    async def report(self, new: NewOutage, *, author: str) -> OutageRecord:
        """Record a new outage; its further places become parts of it."""
        now = self._clock()
        status = OutageStatus.planned if new.planned else OutageStatus.running
        stored: list[OutageRecord] = []
        async with self._store.database.unit():
            for area, product in new.places:
                record = OutageRecord(
                    id="",
                    area=area,
                    product=product,
                    status=status,
                    started_at=new.started_at,
                    restore_at=new.restore_at,
                    cause=new.cause,
                    parent_id=stored[0].id if stored else new.parent_id,
                    updated_at=now,
                    extras={} if stored else new.extras,
                )
                stored.append(await self._store.insert(record, author, new.reason))
            await self._store.announce(*stored)
        _log.info("outage_reported", outage_id=stored[0].id, status=status.value, places=len(new.places))
        return stored[0]

    async def get(self, outage_id: str) -> OutageRecord:
        """One outage; raises `OutageNotFound`."""
        return await self._store.found(outage_id.strip().upper())

    async def parts(self, *outage_ids: str) -> tuple[OutageRecord, ...]:
        """The outages that are parts of these."""
        return await self._store.parts(outage_ids)

    async def list_page(
        self, filters: Mapping[str, str], offset: int, limit: int
    ) -> tuple[tuple[OutageRecord, ...], int]:
        """One page, newest first, and how many fit in all; raises `BadRequest` for an unknown filter."""
        return await self._store.page(filters, offset, limit)

    async def updates(self, *outage_ids: str) -> Mapping[str, tuple[OutageUpdate, ...]]:
        """What became of each outage, oldest line first."""
        return await self._store.updates(outage_ids)

    async def change(
        self,
        outage: OutageRecord,
        *,
        author: str,
        status: OutageStatus | None = None,
        started_at: datetime | None = None,
        restore_at: datetime | None = None,
        cause: Words | None = None,
        note: str | None = None,
        reason: str | None = None,
        extras: Mapping[str, Any] | None = None,
    ) -> OutageRecord:
        """Change an outage as the caller saw it; state and times hold for its parts too.

        Args:
            started_at: when planned works begin instead.

        Raises:
            OutageIsOver: works that have begun are to begin at another time.
            IllegalOutageMove: that state does not follow the present one.
            OutageChanged: somebody changed it meanwhile.
        """
        now, values = self._clock(), dict[str, Any]()
        updates: list[tuple[UpdateKind, str | None, str | None]] = []
        if status is not None and status is not outage.status:
            check_move(outage.status, status)
            values |= {"status": status, "restored_at": now if status.over else None}
            updates.append((UpdateKind.status, status.value, reason))
        if started_at is not None and started_at != outage.started_at:
            if outage.status is not OutageStatus.planned:
                raise OutageIsOver("What has begun begins at no other time. Change its estimate.")
            values["started_at"] = started_at
            updates.append((UpdateKind.estimate, None, started_at.isoformat()))
        if restore_at is not None and restore_at != outage.restore_at:
            values["restore_at"] = restore_at
            updates.append((UpdateKind.estimate, None, restore_at.isoformat()))
        if cause is not None and cause != outage.cause:
            values["cause"] = cause
        if extras is not None and dict(extras) != dict(outage.extras):
            values["extras"] = extras
            word = extras.get("status")
            if "status" not in values and word != outage.extras.get("status"):  # finer than our states
                updates.append((UpdateKind.status, word or outage.status.value, reason))
        if note:
            updates.append((UpdateKind.note, None, note))
        if not values and not updates:
            return outage
        async with self._store.database.unit():
            changed = await self._store.change(outage, now, author, updates, **values)
            shared = {name: values[name] for name in _SHARED if name in values}
            told = [item for item in updates if item[0] is not UpdateKind.note]
            for part in await self._store.parts([outage.id]) if shared else ():
                await self._store.change(part, now, author, told, **shared)
        _log.info("outage_changed", outage_id=outage.id, status=changed.status.value)
        return changed

    async def place(self, outage: OutageRecord, places: Sequence[tuple[str, str]], *, author: str) -> OutageRecord:
        """Let an outage concern exactly these areas and products: new ones become parts, others are called off.

        Raises:
            OutageIsOver: nothing is concerned any more.
            OutageChanged: somebody changed it meanwhile.
        """
        parts = await self._store.parts([outage.id])
        present = {(part.area, part.product): part for part in parts if not part.status.over}
        fresh = [place for place in places if place not in present and place != (outage.area, outage.product)]
        gone = [part for place, part in present.items() if place not in places]
        if not fresh and not gone and (outage.area, outage.product) in places:
            return outage
        if outage.status.over:
            raise OutageIsOver()
        now = self._clock()
        async with self._store.database.unit():
            if (outage.area, outage.product) not in places:
                area, product = fresh.pop(0) if fresh else (NOWHERE, outage.product)
                told = [(UpdateKind.place, None, f"{product} {area}".strip())]
                outage = await self._store.change(outage, now, author, told, area=area, product=product)
            for area, product in fresh:
                part = replace(outage, area=area, product=product, parent_id=outage.id, version=1, extras={})
                await self._store.announce(await self._store.insert(replace(part, updated_at=now), author))
            for part in gone:
                over = [(UpdateKind.status, OutageStatus.cancelled.value, None)]
                ended = {"status": OutageStatus.cancelled, "restored_at": now}
                await self._store.change(part, now, author, over, **ended)
        return outage

    async def attach(self, outage: OutageRecord, ticket_ids: Sequence[str], *, author: str) -> None:
        """Let tickets belong to an outage; those that do already stay as they are.

        Raises:
            BadRequest: there is no such ticket.
        """
        async with self._tickets.unit():
            for ticket_id in ticket_ids:
                ticket = await self._tickets.get(ticket_id)
                if ticket is None:
                    raise BadRequest(f"There is no ticket {ticket_id}.")
                if ticket.outage_id != outage.id:
                    await self._tickets.amend(ticket.id, author=author, outage_id=outage.id)

    async def remove(self, outage: OutageRecord) -> None:
        """Take an outage that is over, and its parts, out of sight; tickets still name it.

        Raises:
            OutageStands: it is not over.
        """
        now = self._clock()
        if not all(item.as_of(now).over for item in (outage, *await self._store.parts([outage.id]))):
            raise OutageStands()
        await self._store.hide(outage.id, now)
        _log.info("outage_removed", outage_id=outage.id)

    async def event_page(
        self, filters: Mapping[str, str], offset: int, limit: int
    ) -> tuple[tuple[tuple[str, OutageUpdate], ...], int]:
        """Lines of what became of outages, each with the outage's number; newest first, and how many fit in all."""
        return await self._store.event_page(filters, offset, limit)

    async def task(self, outage: OutageRecord, text: str, *, author: str) -> OutageRecord:
        """Record that somebody acknowledged it, or the like."""
        return await self._store.change(outage, self._clock(), author, [(UpdateKind.task, None, text)])

    async def regroup(self, outage: OutageRecord, parent_id: str | None, *, author: str) -> OutageRecord:
        """Make an outage a part of another one, or of none."""
        text = f"part of {parent_id}" if parent_id else "on its own"
        updates = [(UpdateKind.task, None, text)]
        return await self._store.change(outage, self._clock(), author, updates, parent_id=parent_id)

    # -- joining -------------------------------------------------------------------------------------------------

    async def joined(self, new: NewTicket) -> NewTicket:
        """A fault inside a running outage as one that belongs to it; anything else as it is."""
        if new.ticket_type is not TicketType.fault or new.outage_id or not new.customer_id or not new.product:
            return new
        customer = await self._operator.customers.by_id(new.customer_id)
        if customer is None:
            return new
        running = [
            outage
            for outage in await self._operator.network.outages(customer.area, new.product)
            if outage.status == "running"
        ]
        return replace(new, outage_id=running[0].id) if running else new

    async def gather(self, outage: OutageRecord, notices: NoticeService) -> int:
        """Let open faults that were reported shortly before an outage became known join it; how many did."""
        since = outage.started_at - _BEFORE
        count = 0
        for product in hit_by(outage.product):
            filters = {"status": _OPEN, "ticket_type": "fault", "product": product, "created_at>=": since.isoformat()}
            for ticket in await self._all(filters):
                if ticket.outage_id is None and await self._area_of(ticket) == outage.area:
                    count += await self._tell_member(outage, ticket, JOINED, notices)
        return count

    async def _area_of(self, ticket: Ticket) -> str | None:
        named = ticket.facts.get("area")
        if isinstance(named, str):
            return named
        customer = await self._operator.customers.by_id(ticket.customer_id) if ticket.customer_id else None
        return customer.area if customer else None

    async def settle(self, ticket_id: str, *, back: bool, words: str | None = None) -> Ticket:
        """The customer says whether it is back: yes closes their ticket, no takes it up again, more urgently.

        Raises:
            TicketNotFound: no such number.
        """
        return await self._tickets.confirm(ticket_id, solved=back, author="customer", text=words)

    # -- telling -------------------------------------------------------------------------------------------------

    async def tidy(self, notices: NoticeService) -> int:
        """One round: planned works begin and end by the clock, and everybody who waits is told; how many were.

        Safe to run twice and in several processes at once.
        """
        now, told = self._clock(), 0
        for outage in await self._store.unsettled(now - _AFTER, now + _AHEAD):
            current = await self._by_the_clock(outage, now)
            told += await self.tell_all(current, notices)
        for outage_id in await self._waited_for():
            told += await self._ended_elsewhere(outage_id, notices)
        return told

    async def tell_all(self, outage: OutageRecord, notices: NoticeService) -> int:
        """Tell everybody whom the present state of an outage concerns, and has not been told."""
        now = self._clock()
        if outage.status is OutageStatus.planned:
            return await self._tell_of_works(outage, now, notices)
        if outage.status is OutageStatus.running:
            newest = await self._newest_estimate(outage)
            return await self._tell_members(outage, f"estimate:{newest}", notices) if newest else 0
        if (outage.restored_at or now) <= now - _AFTER:
            return 0
        if outage.status is OutageStatus.restored:
            return await self._tell_members(outage, RESTORED, notices)
        announced = await self._store.told(outage.id, PLANNED)
        told = await self._announce(outage, CALLED_OFF, notices, among=announced)
        return told + await self._tell_members(outage, APART, notices)

    async def _tell_of_works(self, outage: OutageRecord, now: datetime, notices: NoticeService) -> int:
        """The day before; whoever was told of another time hears the new one at once."""
        moved, before = await self._newest_estimate(outage), await self._store.told(outage.id, PLANNED)
        if moved and before:
            return await self._announce(outage, f"{PLANNED}:{moved}", notices, among=before)
        return await self._announce(outage, PLANNED, notices) if now < outage.started_at <= now + _AHEAD else 0

    async def _by_the_clock(self, outage: OutageRecord, now: datetime) -> OutageRecord:
        status = outage.as_of(now)
        if status is outage.status:
            return outage
        extras = {name: value for name, value in outage.extras.items() if name != "status"}
        extras["category"] = PLANNED_WORKS
        return await self.change(outage, author=_SYSTEM, status=status, extras=extras)

    async def _newest_estimate(self, outage: OutageRecord) -> int | None:
        """Number of the newest line with another time; None when it was never put off."""
        lines = (await self._store.updates([outage.id])).get(outage.id, ())
        changes = [line.n for line in lines if line.kind is UpdateKind.estimate]
        return changes[-1] if changes else None

    async def _tell_members(self, outage: OutageRecord, kind: str, notices: NoticeService) -> int:
        told, count = await self._store.told(outage.id, kind), 0
        for ticket in await self._all({"outage_id": outage.id, "status": _OPEN}):
            if ticket.id not in told:
                count += await self._tell_member(outage, ticket, kind, notices)
        return count

    async def _tell_member(self, outage: OutageRecord, ticket: Ticket, kind: str, notices: NoticeService) -> int:
        async def when(conversation_id: str | None) -> bool:
            if not await self._store.mark_told(outage.id, ticket.id, kind, self._clock(), conversation_id):
                return False
            current = await self._tickets.get(ticket.id)
            if current is None or not current.status.open:
                return False
            if kind == JOINED:
                await self._tickets.amend(ticket.id, author=_SYSTEM, outage_id=outage.id)
            if kind == APART:
                await self._tickets.amend(ticket.id, author=_SYSTEM, removed=["outage_id"])
            if kind == RESTORED:
                await self._resolve(current, outage)
            return True

        data = ticket_json(replace(ticket, status=TicketStatus.resolved) if kind == RESTORED else ticket)
        done = await notices.tell(
            await self._notice(outage, kind, ticket.id, data),
            customer_id=ticket.customer_id,
            conversation_id=ticket.conversation_id,
            key=f"{outage.id}:{ticket.id}:{kind}",
            when=when,
        )
        return int(done)

    async def _resolve(self, ticket: Ticket, outage: OutageRecord) -> None:
        if ticket.status is TicketStatus.acknowledged:
            await self._tickets.move(ticket.id, TicketStatus.in_progress, author=_SYSTEM, reason=outage.id)
        await self._tickets.move(ticket.id, TicketStatus.resolved, author=_SYSTEM, reason=outage.id)
        await self._tickets.mark_asked(ticket.id)  # the same message asks whether it is back

    async def _announce(
        self, outage: OutageRecord, kind: str, notices: NoticeService, among: Collection[str] | None = None
    ) -> int:
        """Tell the customers of an area, or those among them, of works to come, at another time, or not at all."""
        if among is not None and not among:
            return 0
        told, count = await self._store.told(outage.id, kind), 0
        notice = await self._notice(outage, kind, None, {"type": "outage", "id": outage.id, "area": outage.area})
        for product in hit_by(outage.product):
            for customer in await self._operator.customers.at(outage.area, product):
                if customer.id in told or (among is not None and customer.id not in among):
                    continue

                async def when(conversation_id: str | None, member: str = customer.id) -> bool:
                    return await self._store.mark_told(outage.id, member, kind, self._clock(), conversation_id)

                key = f"{outage.id}:{customer.id}:{kind}"
                count += await notices.tell(notice, customer_id=customer.id, conversation_id=None, key=key, when=when)
        return count

    async def _waited_for(self) -> list[str]:
        """Outages of the operator's own system that open tickets hang on."""
        found = await self._all({"category": "outage_member", "status": _OPEN})
        ids = sorted({ticket.outage_id for ticket in found if ticket.outage_id})
        return [outage_id for outage_id in ids if await self._store.get(outage_id) is None]

    async def _ended_elsewhere(self, outage_id: str, notices: NoticeService) -> int:
        outage = await self._operator.network.outage(outage_id)
        if outage is None or outage.status != OutageStatus.restored.value:
            return 0
        record = OutageRecord(
            id=outage.id,
            area=outage.area,
            product=outage.product,
            status=OutageStatus.restored,
            started_at=outage.started_at,
            restore_at=outage.restore_at,
            cause=outage.cause,
        )
        return await self._tell_members(record, RESTORED, notices)

    async def _notice(self, outage: OutageRecord, kind: str, ticket_id: str | None, data: Mapping[str, Any]) -> Notice:
        areas = {area.id: area.name for area in await self._operator.network.areas()}
        return notice_of(outage, kind, ticket_id, data, areas, self._wording)

    async def _all(self, filters: Mapping[str, str]) -> list[Ticket]:
        """Every ticket that fits, newest first."""
        found: list[Ticket] = []
        while True:
            page, _ = await self._tickets.list_page(filters, len(found), _AT_ONCE)
            found += page
            if len(page) < _AT_ONCE:
                return found
