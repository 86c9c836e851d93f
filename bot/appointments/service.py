"""Find, hold, confirm, move and cancel a technician's visit. A window never takes more visits than it has room for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.appointments.model import (
    HOLD_S,
    Appointment,
    AppointmentStatus,
    NewVisit,
    Technicians,
    VisitChanged,
    VisitNews,
    VisitNotFound,
    VisitWindow,
)
from bot.appointments.store import AppointmentStore
from bot.database import Unit
from bot.technicians.model import DEFAULT_MINUTES

_log = structlog.get_logger(__name__)

_KEY_LIMIT = 120


class AppointmentService:
    """What channels and actions may do with visits."""

    def __init__(self, store: AppointmentStore, *, technicians: Technicians, clock: Callable[[], datetime]) -> None:
        """Wire the service.

        Args:
            clock: gives an aware datetime.
        """
        self._store = store
        self._technicians = technicians
        self._clock = clock

    def unit(self) -> AbstractAsyncContextManager[Unit]:
        """Make several calls one transaction."""
        return self._store.unit()

    async def get(self, appointment_id: str) -> Appointment | None:
        return await self._store.get(appointment_id.strip().upper())

    async def for_customer(self, customer_id: str, *, upcoming: bool = True) -> tuple[Appointment, ...]:
        """A customer's confirmed visits, soonest first; with `upcoming` only those that are not over."""
        return await self._store.upcoming(customer_id, self._clock() if upcoming else None)

    async def list_page(
        self, filters: Mapping[str, str], offset: int, limit: int
    ) -> tuple[tuple[Appointment, ...], int]:
        """One page, newest first, and how many fit in all.

        Args:
            filters: column name to the wanted value; `id`, `status`, `ticket_id` and `conversation_id` take several
                values parted by commas.

        Raises:
            BadRequest: an unknown filter.
        """
        return await self._store.page(filters, offset, limit)

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
        """Windows with room that start within `[start, end)` and not before `not_before`, soonest first.

        Args:
            area: canonical area id.
            limit: most windows to return.
            product: what the technician must know; None: anything.
            minutes: how long the work takes; None: as long as work on the product does.
        """
        return await self._store.windows.free(
            area,
            now=self._clock(),
            not_before=not_before,
            start=start,
            end=end,
            limit=limit,
            product=product,
            minutes=self._minutes(product, minutes),
        )

    async def window_at(
        self, area: str, start: datetime, end: datetime, *, product: str | None = None
    ) -> VisitWindow | None:
        """The window with exactly these times, if it has room and has not begun."""
        now = self._clock()
        found = await self._store.windows.free(
            area,
            now=now,
            not_before=now,
            start=start,
            end=end,
            exactly=True,
            limit=1,
            product=product,
            minutes=self._minutes(product, None),
        )
        return found[0] if found else None

    def _minutes(self, product: str | None, minutes: int | None) -> int:
        return minutes or self._technicians.minutes.get(product or "", DEFAULT_MINUTES)

    async def window(self, window_id: str) -> VisitWindow | None:
        """A window by its id, full ones included."""
        return await self._store.windows.get(window_id)

    async def hold(self, new: NewVisit, *, key: str) -> Appointment | None:
        """Keep a window for ten minutes while the customer decides.

        An earlier hold of the same conversation is let go.

        Args:
            key: the same key again gives back the same hold, or the visit that it became.

        Returns:
            The hold; None when the window is full.

        Raises:
            WindowNotFound: no such window in that area.
            VisitNotFound: the visit to replace does not exist.
            VisitChanged: the visit to replace is no longer confirmed.
        """
        replaced = None
        if new.replaces is not None:
            replaced = await self.get(new.replaces)
            if replaced is None or replaced.customer_id != new.customer_id:
                raise VisitNotFound()
            if replaced.status is not AppointmentStatus.confirmed:
                raise VisitChanged()
        now = self._clock()
        held = await self._store.hold(
            Appointment(
                id="",
                status=AppointmentStatus.held,
                customer_id=new.customer_id,
                line_id=new.line_id,
                ticket_id=new.ticket_id,
                area=new.area,
                address=new.address,
                product=new.product,
                window_id=new.window_id,
                start=now,
                end=now,
                held_until=now + timedelta(seconds=HOLD_S),
                technician=self._technicians.for_area(new.area),
                conversation_id=new.conversation_id,
                idempotency_key=key[:_KEY_LIMIT],
                created_at=now,
                updated_at=now,
                version=1,
                minutes=self._minutes(new.product, new.minutes),
                extras=new.extras,
                replaces=replaced.id if replaced else None,
                replaces_version=replaced.version if replaced else None,
            )
        )
        _log.info("visit_held" if held else "visit_window_full", window_id=new.window_id)
        return held

    async def confirm(self, hold_id: str, *, key: str) -> Appointment | None:
        """Make a hold a visit; a hold that replaces a visit moves that visit, which keeps its number.

        Args:
            key: names the turn in the log; the hold itself makes a second call harmless.

        Returns:
            The confirmed visit, the same one for the same hold. None when the hold has run out, or the visit to move
            was changed since the hold was made.
        """
        return await self.confirm_here(hold_id, key=key)

    async def confirm_here(self, hold_id: str, *, key: str) -> Appointment | None:
        """As `confirm`, without asking anybody else."""
        visit = await self._store.confirm(hold_id, self._clock())
        _log.info("visit_confirmed" if visit else "visit_hold_gone", hold_id=hold_id, key=key)
        return visit

    async def book(self, new: NewVisit, *, key: str) -> Appointment | None:
        """Hold and confirm in one transaction, for callers that need no time to decide; None: the window is full."""
        async with self._store.unit():
            held = await self.hold(new, key=key)
            return None if held is None else await self.confirm_here(held.id, key=key)

    async def booked(self, key: str) -> Appointment | None:
        """The hold or visit that was made with this key, if there is one and it was not moved since."""
        return await self._store.by_key(key[:_KEY_LIMIT])

    async def release(self, hold_id: str) -> None:
        """Let a hold go before it runs out; nothing happens when there is none."""
        await self._store.release(hold_id)

    async def release_expired(self) -> int:
        """Let every hold go that has run out; how many there were."""
        released = await self._store.release_expired(self._clock())
        if released:
            _log.info("visit_holds_expired", count=released)
        return released

    async def cancel(self, appointment_id: str, *, version: int, key: str) -> Appointment:
        """Call a visit off and free its window; a visit that is cancelled already is given back as it is.

        Args:
            version: the one that the caller saw.
            key: names the turn in the log.

        Raises:
            VisitNotFound: no such number.
            VisitChanged: somebody changed it since, or it has taken place.
        """
        visit = await self._store.end(appointment_id, AppointmentStatus.cancelled, version, self._clock())
        _log.info("visit_cancelled", appointment_id=appointment_id, key=key)
        return visit

    async def request(
        self, start: datetime, end: datetime, *, customer_id: str, extras: Mapping[str, Any] | None, key: str
    ) -> Appointment:
        """Take down a wish for a visit that says neither where nor for what; it takes no place.

        Args:
            key: the same key again gives back the same one.
        """
        now = self._clock()
        visit = await self._store.add_request(
            Appointment(
                id="",
                status=AppointmentStatus.requested,
                customer_id=customer_id,
                line_id=None,
                ticket_id=None,
                area="",
                address="",
                product="",
                window_id="",
                start=start,
                end=end,
                held_until=None,
                technician={},
                conversation_id=None,
                idempotency_key=key[:_KEY_LIMIT],
                created_at=now,
                updated_at=now,
                version=1,
                extras=extras,
            )
        )
        _log.info("visit_requested", appointment_id=visit.id)
        return visit

    async def book_request(self, request: Appointment, new: NewVisit, *, key: str) -> Appointment | None:
        """Book what was requested; the request's number stays. None: the window is full.

        Raises:
            VisitChanged: it is no request any more.
        """
        if request.status is not AppointmentStatus.requested:
            raise VisitChanged()
        async with self._store.unit():
            booked = await self.book(new, key=key)
            return None if booked is None else await self._store.take_over(request.id, booked, self._clock())

    async def amend(
        self,
        appointment_id: str,
        *,
        version: int,
        extras: Mapping[str, Any],
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> Appointment:
        """Write what only TM Forum clients use, and the time of a mere request.

        Raises:
            VisitNotFound: no such number.
            VisitChanged: somebody changed it since.
        """
        values: dict[str, Any] = {"extras": dict(extras) or None}
        if start is not None and end is not None:
            values |= {"start": start, "end": end}
        return await self._store.amend(appointment_id, version, self._clock(), **values)

    async def remove(self, appointment_id: str) -> bool:
        """Take a visit that is over, or never took a place, out of the books; False when it still stands."""
        return await self._store.remove(appointment_id)

    async def miss(self, appointment_id: str, *, version: int) -> Appointment:
        """Record that nobody came.

        Raises:
            VisitNotFound: no such number.
            VisitChanged: somebody changed it since, or it is over.
        """
        visit = await self._store.end(appointment_id, AppointmentStatus.missed, version, self._clock())
        _log.warning("visit_missed", appointment_id=appointment_id)
        return visit

    async def starting(self, after: datetime, before: datetime, reminder: str) -> tuple[Appointment, ...]:
        """Confirmed visits that start within a time and whose reminder (a column's name) was not sent."""
        return await self._store.starting(after, before, reminder)

    async def mark_reminded(self, visit: Appointment, reminder: str) -> bool:
        """Note that a reminder goes out; False when it did already, or the visit has changed."""
        return await self._store.mark_reminded(visit.id, visit.version, reminder, self._clock())

    async def unreported(self, ended_before: datetime) -> tuple[Appointment, ...]:
        """Visits whose window ended before a moment, and of which nobody has said that they took place."""
        return await self._store.unreported(ended_before)

    async def news(self, visit: Appointment) -> VisitNews:
        """What is known elsewhere of a confirmed visit and was not known here, recorded here now; `missed` is not."""
        return VisitNews.none

    async def complete(self, appointment_id: str, *, version: int) -> Appointment:
        """Record that the technician has been there.

        Raises:
            VisitNotFound: no such number.
            VisitChanged: somebody changed it since, or it was cancelled.
        """
        return await self._store.end(appointment_id, AppointmentStatus.completed, version, self._clock())
