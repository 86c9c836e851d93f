"""The desk's views of tickets in SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, case, func, or_, select

from bot.schema import tickets
from bot.tickets.lists.model import BY_DEADLINE, Sort, View, Wanted
from bot.tickets.model import ENDED, OPEN, Priority, Ticket, TicketStatus, TicketType
from bot.tickets.store import TicketStore, conditions_of, read_ticket

_OPEN = sorted(status.value for status in OPEN)
_NOT_OVER = sorted(status.value for status in TicketStatus if status not in ENDED)
_T = tickets.c


class ListStore:
    """Reads only."""

    def __init__(self, store: TicketStore) -> None:
        self._store = store
        self._db = store.database
        self._zone = store.zone

    async def page(self, wanted: Wanted, offset: int, limit: int) -> tuple[tuple[Ticket, ...], int]:
        """One page and how many fit in all (above 10,000: as of the last minute).

        Raises:
            BadRequest: a filter that tickets do not have.
        """
        condition = and_(_view(wanted, wanted.view), *_narrowed(wanted))
        query = tickets.select().where(condition).order_by(*_order(wanted)).offset(offset).limit(limit)
        key = tuple(sorted({**wanted.filters, "view": wanted.view.value, "user": wanted.user_id}.items()))
        key += (("number", wanted.number or ""), ("soon", str(wanted.soon)))
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
            total = offset + len(rows)
            if len(rows) == limit or not rows:
                total = await self._store.total(connection, key, condition)
        return tuple(read_ticket(row, self._zone) for row in rows), total

    async def counts(self, wanted: Wanted) -> dict[str, int]:
        """How many each view but `all` has, read in one go."""
        views = [view for view in View if view is not View.all]
        columns = [func.coalesce(func.sum(case([(_view(wanted, view), 1)], else_=0)), 0) for view in views]
        query = select(columns).where(_T.status.in_(_NOT_OVER), *_narrowed(wanted))
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        return {view.value: int(count) for view, count in zip(views, row or (), strict=False)}


def _view(wanted: Wanted, view: View) -> Any:
    open_, now = _T.status.in_(_OPEN), wanted.now
    late_answer = and_(_T.responded_at.is_(None), _T.respond_by < now)
    late_solution = and_(_T.status != TicketStatus.pending.value, _T.solve_by < now)
    late = or_(late_answer, late_solution, _T.legal_due_at < now)
    soon = now + wanted.soon
    coming = or_(
        and_(_T.due_at >= now, _T.due_at <= soon),
        and_(_T.responded_at.is_(None), _T.respond_by >= now, _T.respond_by <= soon),
    )
    return {
        View.all: and_(True),
        View.open: open_,
        View.mine: and_(open_, _T.assignee_id == wanted.user_id),
        View.unassigned: and_(open_, _T.assignee_id.is_(None)),
        View.due_soon: and_(open_, coming),
        View.breached: and_(open_, late),
        View.waiting: _T.status == TicketStatus.pending.value,
        View.to_confirm: and_(_T.status == TicketStatus.resolved.value, _T.ticket_type != TicketType.complaint.value),
        View.complaints: and_(_T.ticket_type == TicketType.complaint.value, _T.status.in_(_NOT_OVER)),
        View.escalated: and_(open_, _T.escalated_to.isnot(None)),
    }[view]


def _narrowed(wanted: Wanted) -> list[Any]:
    found = list(conditions_of(wanted.filters))
    if wanted.number is not None:
        found.append(or_(_T.id == wanted.number.upper(), _T.external_id == wanted.number))
    return found


def _order(wanted: Wanted) -> tuple[Any, ...]:
    sort = wanted.sort or (Sort.due if wanted.view in BY_DEADLINE else Sort.created)
    by_deadline = (case([(_T.due_at.is_(None), 1)], else_=0), _T.due_at, _T.id)
    if sort is Sort.due:
        return by_deadline
    if sort is Sort.priority:
        urgency = case([(_T.priority == item.value, place) for place, item in enumerate(Priority)], else_=len(Priority))
        return (urgency, _T.rank, *by_deadline)
    return (_T.updated_at.desc(), _T.id) if sort is Sort.updated else (_T.created_at.desc(), _T.id.desc())
