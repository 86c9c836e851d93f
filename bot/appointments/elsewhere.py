"""Visits of an operator that plans its technicians in a system of its own: asked there first, then kept here."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.appointments.model import Appointment, AppointmentStatus, NewVisit, VisitNews, VisitWindow
from bot.appointments.service import AppointmentService
from bot.operator.ports import RemoteSlot, VisitSystem

_log = structlog.get_logger(__name__)

#: how far ahead slots are asked for when nobody names an end
_HORIZON = timedelta(days=14)
_KEY_CHARACTERS = 40
_WINDOW_ID_MOST = 64
_ANY_PRODUCT = "broadband"
#: attribute of a visit that holds its number there
_NUMBER = "externalId"
#: states of TMF646 in which a visit there is over
_OVER = {
    "completed": VisitNews.completed,
    "cancelled": VisitNews.cancelled,
    "rejected": VisitNews.cancelled,
    "failed": VisitNews.missed,
}


class VisitsElsewhere(AppointmentService):
    """Windows here are the slots that the other system has offered; it has the last word on each."""

    def __init__(
        self, *args: Any, system: VisitSystem, ticket_number: Callable[[str], Awaitable[str | None]], **more: Any
    ) -> None:
        """Args:
        ticket_number: the number that one of our tickets has in the operator's system.
        """
        super().__init__(*args, **more)
        self._system = system
        self._ticket_number = ticket_number

    async def windows(
        self,
        area: str,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        not_before: datetime,
        limit: int = 6,
        product: str | None = None,
        minutes: int | None = None,
    ) -> tuple[VisitWindow, ...]:
        """As the base; raises `BackOfficeDown` when the other system does not answer."""
        first = max(start or not_before, not_before)
        last = end if end is not None and end > first else first + _HORIZON
        slots = await self._system.slots(area, product or _ANY_PRODUCT, first, last)
        offered = [
            VisitWindow(slot.id, area, slot.start, slot.end, 1, 0) for slot in slots if len(slot.id) <= _WINDOW_ID_MOST
        ]
        await self._store.windows.offer(area, first, last, offered)
        return await super().windows(
            area, start=start, end=end, not_before=not_before, limit=limit, product=product, minutes=minutes
        )

    async def confirm(self, hold_id: str, *, key: str) -> Appointment | None:
        """As the base; None also when the slot has gone there."""
        hold = await self.get(hold_id)
        if hold is None or hold.status is not AppointmentStatus.held:
            return await self.confirm_here(hold_id, key=key)
        moved = await self.get(hold.replaces) if hold.replaces else None
        number = await self._booked_there(hold, moved, f"hold:{hold.id}")
        if number is None:
            await self.release(hold.id)
            return None
        return await self._kept(await self.confirm_here(hold_id, key=key), number, is_new=moved is None)

    async def book(self, new: NewVisit, *, key: str) -> Appointment | None:
        """As the base; nothing is written before the other system has said yes."""
        window = await self.window(new.window_id)
        if window is None or await self.booked(key) is not None:
            return await super().book(new, key=key)
        moved = await self.get(new.replaces) if new.replaces else None
        number = await self._booked_there((new, window), moved, f"book:{key}")
        if number is None:
            return None
        return await self._kept(await super().book(new, key=key), number, is_new=moved is None)

    async def cancel(self, appointment_id: str, *, version: int, key: str) -> Appointment:
        """As the base, and there too."""
        visit = await self.get(appointment_id)
        if visit is not None and visit.status is AppointmentStatus.confirmed and visit.version == version:
            number = (visit.extras or {}).get(_NUMBER)
            if number:
                await self._system.cancel(str(number))
        return await super().cancel(appointment_id, version=version, key=key)

    async def news(self, visit: Appointment) -> VisitNews:
        """As the base; raises `BackOfficeDown` when the other system does not answer."""
        number = (visit.extras or {}).get(_NUMBER)
        remote = await self._system.get(str(number)) if number else None
        if remote is None:
            return VisitNews.none
        news = _OVER.get(remote.status, VisitNews.none)
        if news is VisitNews.completed:
            await self.complete(visit.id, version=visit.version)
        elif news is VisitNews.cancelled:
            await super().cancel(visit.id, version=visit.version, key=f"elsewhere:{visit.id}")
        elif news is VisitNews.none and (remote.start, remote.end) != (visit.start, visit.end):
            await self._store.reschedule(visit.id, visit.version, remote.start, remote.end, self._clock())
            news = VisitNews.moved
        if news is not VisitNews.none:
            _log.info("visit_elsewhere.news", appointment_id=visit.id, news=news.value)
        return news

    async def _booked_there(
        self, wanted: Appointment | tuple[NewVisit, VisitWindow], moved: Appointment | None, key: str
    ) -> str | None:
        """The visit's number there; None when the slot has gone."""
        new, window = wanted if isinstance(wanted, tuple) else (wanted, wanted)
        slot = RemoteSlot(new.window_id, window.start, window.end)
        known = (moved.extras or {}).get(_NUMBER) if moved else None
        if known:
            remote = await self._system.move(str(known), slot)
        else:
            remote = await self._system.book(
                slot,
                area=new.area,
                address=new.address,
                customer_id=new.customer_id,
                ticket_id=await self._ticket_number(new.ticket_id) if new.ticket_id else None,
                key=f"frontline-{hashlib.sha256(key.encode()).hexdigest()[:_KEY_CHARACTERS]}",
            )
        return remote.id if remote else None

    async def _kept(self, visit: Appointment | None, number: str, *, is_new: bool) -> Appointment | None:
        """Note the number there; a visit that could not be kept here is called off there."""
        if visit is None:
            if is_new:
                await self._system.cancel(number)
            _log.warning("visit_elsewhere.not_kept", number=number)
            return None
        if (visit.extras or {}).get(_NUMBER) == number:
            return visit
        extras = {**(visit.extras or {}), _NUMBER: number}
        return await self.amend(visit.id, version=visit.version, extras=extras)
