"""Visits that the operator plans in a system of its own: what becomes of them there is heard before anybody is told."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.appointments.care import VisitCare
from bot.appointments.elsewhere import VisitsElsewhere
from bot.appointments.model import Appointment, AppointmentStatus, NewVisit, Technicians
from bot.appointments.store import AppointmentStore
from bot.contracts import Assurance, Author, AuthorKind, Conversation, Draft, Owner
from bot.conversations.fanout import Fanout
from bot.conversations.locks import TurnLocks
from bot.conversations.store import ConversationStore
from bot.database import Database
from bot.notices.service import NoticeService
from bot.operator.ports import OperatorPorts, VisitSystem
from bot.operator.tmforum.client import Limits
from bot.operator.tmforum.operator import Sessions, api_urls, tmforum_operator
from bot.tickets.service import TicketService
from bot.tickets.store import TicketStore
from tests.integration.care import AREA, NOW, VISIT, ZONE, Care
from tests.shipped import policies, wording

_TALK = "talk-1"
#: `discard`, where nothing listens
_PORT_OF_NOBODY = 9


@dataclass(frozen=True)
class Here:
    """Our side, with a database of its own."""

    visits: VisitsElsewhere
    care: VisitCare
    #: the same while nobody answers at the operator's
    care_alone: VisitCare
    tickets: TicketService
    ledger: ConversationStore

    async def booked(self) -> Appointment:
        (window, *_) = await self.visits.windows(
            AREA, start=NOW + timedelta(days=3), not_before=NOW, product="broadband"
        )
        new = NewVisit("c-tmf", AREA, "望江区听涛路8号", "broadband", window.id, conversation_id=_TALK)
        visit = await self.visits.book(new, key="k1")
        assert visit is not None
        return visit

    async def status(self, visit: Appointment) -> AppointmentStatus:
        now_is = await self.visits.get(visit.id)
        assert now_is is not None
        return now_is.status

    async def told(self) -> list[str]:
        return [message.text for message in await self.ledger.messages(_TALK)][1:]


@pytest.fixture
async def here(care: Care, seeded_file: Path, tmp_path: Path, redis: Redis) -> AsyncIterator[Here]:
    file = tmp_path / "here.sqlite3"
    shutil.copy(seeded_file, file)
    database, sessions = Database(f"sqlite+aiosqlite:///{file}"), Sessions()

    def operator(root: str) -> OperatorPorts:
        return tmforum_operator(api_urls(root, ""), care.key, sessions, clock=care.clock, limits=Limits(10, 30, 1))

    def planned_by(system: VisitSystem | None) -> VisitsElsewhere:
        assert system is not None
        return VisitsElsewhere(
            AppointmentStore(database, ZONE),
            technicians=Technicians(),
            clock=care.clock,
            system=system,
            ticket_number=_no_ticket,
        )

    there, nobody = operator(f"{care.base}/tmf-api"), operator(f"http://127.0.0.1:{_PORT_OF_NOBODY}")
    visits = planned_by(there.visits)
    tickets = TicketService(TicketStore(database, ZONE), policies(), clock=care.clock)
    ledger = ConversationStore(database)

    fanout, locks = Fanout(redis, False), TurnLocks(redis, False)
    notices = NoticeService(database, ledger, fanout, locks, there, wording(ZONE), care.clock, lambda _id: None)
    head = Conversation(_TALK, "en", Owner.bot, 1, 0, 0, Assurance.signed_in, "c-tmf", None, NOW, NOW, metadata={})
    await ledger.create(head, [Draft(Author(AuthorKind.bot), "Hello")], NOW)
    with_them, alone = (
        VisitCare(planned, tickets, notices, wording(ZONE), ZONE, care.clock)
        for planned in (visits, planned_by(nobody.visits))
    )
    yield Here(visits, with_them, alone, tickets, ledger)
    await sessions.close()
    await database.close()


async def _no_ticket(_ticket_id: str) -> str | None:
    return None


async def _there(care: Care, visit: Appointment, **change: object) -> None:
    """Somebody at the operator changes a visit in their own system."""
    number = (visit.extras or {})["externalId"]
    answer = await care.call("PATCH", f"{VISIT}/{number}", change)
    assert answer.status == 200, answer.body


async def test_a_visit_that_took_place_there_is_over_here_and_nobody_is_told_that_nobody_came(
    care: Care, here: Here
) -> None:
    visit = await here.booked()
    care.clock.now = visit.end + timedelta(minutes=1)
    await _there(care, visit, status="completed")
    care.clock.now = visit.end + timedelta(hours=5)
    for _ in range(2):
        await here.care.tidy()
    assert await here.status(visit) is AppointmentStatus.completed
    assert await here.told() == []


async def test_a_visit_called_off_there_is_not_reminded_of_but_said_to_be_off(care: Care, here: Here) -> None:
    visit = await here.booked()
    await _there(care, visit, status="cancelled")
    care.clock.now = visit.start - timedelta(hours=1)
    for _ in range(2):
        await here.care.tidy()
    assert await here.status(visit) is AppointmentStatus.cancelled
    (said,) = await here.told()
    assert "called off" in said


async def test_a_visit_moved_there_is_moved_here_and_the_customer_hears_the_new_time(care: Care, here: Here) -> None:
    visit = await here.booked()
    windows = await here.visits.windows(
        AREA, start=visit.start + timedelta(days=1), not_before=NOW, product="broadband"
    )
    later = windows[0]
    period = {"startDateTime": later.start.isoformat(), "endDateTime": later.end.isoformat()}
    await _there(care, visit, validFor=period, calendarEvent={"id": later.id})
    care.clock.now = visit.start - timedelta(hours=1)
    for _ in range(2):
        await here.care.tidy()
    moved = await here.visits.get(visit.id)
    assert moved is not None and (moved.start, moved.end) == (later.start, later.end)
    assert len(await here.told()) == 1
    care.clock.now = later.start - timedelta(hours=1)
    await here.care.tidy()
    assert len(await here.told()) == 2, "reminded of the new time"


async def test_nobody_came_there_opens_a_ticket_at_once_and_says_so(care: Care, here: Here) -> None:
    visit = await here.booked()
    care.clock.now = visit.end + timedelta(minutes=1)
    await _there(care, visit, status="failed")
    for _ in range(2):
        await here.care.tidy()
    assert await here.status(visit) is AppointmentStatus.missed
    assert len(await here.told()) == 1
    (ticket,) = await here.tickets.for_customer("c-tmf")
    assert (ticket.category, ticket.conversation_id) == ("missed_visit", _TALK)


async def test_while_the_operators_system_is_away_nobody_is_said_not_to_have_come(care: Care, here: Here) -> None:
    visit = await here.booked()
    care.clock.now = visit.end + timedelta(hours=5)
    await here.care_alone.tidy()
    assert (await here.status(visit), await here.told()) == (AppointmentStatus.confirmed, [])


async def test_without_a_word_from_there_the_visit_counts_as_missed_two_hours_later(care: Care, here: Here) -> None:
    visit = await here.booked()
    care.clock.now = visit.end + timedelta(hours=1)
    await here.care.tidy()
    assert await here.status(visit) is AppointmentStatus.confirmed
    care.clock.now = visit.end + timedelta(hours=2)
    await here.care.tidy()
    assert await here.status(visit) is AppointmentStatus.missed
