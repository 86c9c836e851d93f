"""Visits between booking and end: technicians, reminders, missed visits, requests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.appointments.model import Appointment, AppointmentStatus, NewVisit
from bot.contracts import Assurance, Author, AuthorKind, Conversation, Draft, Owner
from bot.operator.demo.store import DemoStore, SmsOutbox
from bot.technicians.store import TechnicianStore
from tests.integration.care import AREA, CUSTOMER, NOW, SEARCH, VISIT, Care, is_error


async def _talk(care: Care, customer_id: str = "c-tmf") -> None:
    head = Conversation(
        "talk-1", "en", Owner.bot, 1, 0, 0, Assurance.signed_in, customer_id, None, NOW, NOW, metadata={}
    )
    await care.ledger.create(head, [Draft(Author(AuthorKind.bot), "Hello")], NOW)


async def _booked(care: Care, ahead: int = 3, **more: Any) -> Appointment:
    (window, *_) = await care.visits.windows(
        AREA, start=NOW + timedelta(days=ahead), not_before=NOW, product="broadband"
    )
    new = NewVisit("c-tmf", AREA, "望江区听涛路8号", "broadband", window.id, conversation_id="talk-1", **more)
    visit = await care.visits.book(new, key=f"k{ahead}")
    assert visit is not None
    return visit


async def _texts(care: Care) -> list[str]:
    return [message.text for message in await care.ledger.messages("talk-1")][1:]


async def test_a_planned_technician_with_the_skill_comes_and_never_has_too_much(care: Care) -> None:
    (window, *_) = await care.visits.windows(AREA, start=NOW + timedelta(days=2), not_before=NOW, product="broadband")
    async with care.database.read() as connection:
        team = await TechnicianStore().team(connection, AREA)
    visits = []
    for n in range(9):
        new = NewVisit(f"c{n}", AREA, "x", "broadband", window.id, minutes=60)
        visit = await care.visits.book(new, key=f"k{n}")
        if visit is not None:
            visits.append(visit)
    assert visits, "there was room"
    known = {person.id: person for person in team}
    minutes: dict[str, int] = {}
    for visit in visits:
        assert visit.technician_id is not None and "broadband" in known[visit.technician_id].skills
        assert known[visit.technician_id].can_come("broadband", visit.start, visit.end)
        assert visit.technician["name"]["zh"] == known[visit.technician_id].name.zh
        minutes[visit.technician_id] = minutes.get(visit.technician_id, 0) + visit.minutes
    assert max(minutes.values()) <= 120


async def test_only_windows_in_which_somebody_with_the_skill_has_the_time_are_offered(care: Care) -> None:
    place = {"id": AREA, "role": "visitAddress"}

    async def slots(product: str, minutes: int) -> list[datetime]:
        entity = {"id": product, "role": "product", "@referredType": "Product"}
        body = {"relatedPlace": place, "relatedEntity": [entity], "duration": {"amount": minutes, "units": "minutes"}}
        answer = await care.call("POST", SEARCH, body)
        assert answer.status == 201, answer.body
        found = answer.body["availableTimeSlot"]
        return [datetime.fromisoformat(slot["validFor"]["startDateTime"]) for slot in found]

    assert await slots("broadband", 40)
    assert await slots("telepathy", 40) == []
    assert await slots("broadband", 121) == [], "a window has two hours"


@pytest.mark.parametrize("duration", [{"amount": 0}, {"amount": True}, {"amount": 5, "units": "days"}, 60, {}])
async def test_a_duration_that_is_none_is_refused(care: Care, duration: object) -> None:
    body = {"relatedPlace": {"id": AREA, "role": "visitAddress"}, "duration": duration}
    assert is_error(await care.call("POST", SEARCH, body), 400)


async def test_the_customer_is_reminded_the_day_before_and_two_hours_before_once_each(care: Care) -> None:
    await _talk(care)
    visit = await _booked(care)
    for _ in range(2):
        await care.visit_care.tidy()
    assert await _texts(care) == []
    care.clock.now = visit.start - timedelta(hours=23)
    for _ in range(2):
        await care.visit_care.tidy()
    (day,) = await _texts(care)
    assert "reminder" in day.lower()
    care.clock.now = visit.start - timedelta(hours=1, minutes=50)
    for _ in range(2):
        await care.visit_care.tidy()
    assert len(await _texts(care)) == 2
    newest = (await care.ledger.messages("talk-1"))[-1]
    assert visit.id in newest.buttons[0].payload
    assert newest.data is not None and newest.data["id"] == visit.id


async def test_a_moved_visit_is_reminded_of_its_new_time_and_a_cancelled_one_of_none(care: Care) -> None:
    await _talk(care)
    visit = await _booked(care)
    care.clock.now = visit.start - timedelta(hours=23)
    await care.visit_care.tidy()
    later = await care.visits.windows(AREA, start=visit.start + timedelta(days=3), not_before=NOW, product="broadband")
    moved = await care.visits.book(
        NewVisit("c-tmf", AREA, "x", "broadband", later[0].id, conversation_id="talk-1", replaces=visit.id), key="move"
    )
    assert moved is not None and moved.id == visit.id
    care.clock.now = moved.start - timedelta(hours=23)
    await care.visit_care.tidy()
    assert len(await _texts(care)) == 2
    await care.visits.cancel(moved.id, version=(await care.visits.get(moved.id)).version, key="c")  # type: ignore[union-attr]
    care.clock.now = moved.start - timedelta(hours=1)
    await care.visit_care.tidy()
    assert len(await _texts(care)) == 2


async def test_nobody_is_reminded_at_night(care: Care) -> None:
    await _talk(care)
    visit = await _booked(care)
    care.clock.now = (visit.start - timedelta(days=1)).replace(hour=23)
    await care.visit_care.tidy()
    assert await _texts(care) == []


async def test_a_visit_that_nobody_reports_is_missed_and_has_a_ticket_of_its_own(care: Care) -> None:
    await _talk(care)
    visit = await _booked(care)
    care.clock.now = visit.end + timedelta(hours=1)
    await care.visit_care.tidy()
    assert await _texts(care) == []
    care.clock.now = visit.end + timedelta(hours=3)
    for _ in range(2):
        await care.visit_care.tidy()
    missed = await care.visits.get(visit.id)
    assert missed is not None and missed.status is AppointmentStatus.missed
    found, total = await care.tickets.list_page({"category": "missed_visit", "customer_id": "c-tmf"}, 0, 10)
    assert total == 1 and found[0].facts["appointment_id"] == visit.id
    (text,) = await _texts(care)
    assert "fault" in text


async def test_another_system_reports_a_missed_visit(care: Care) -> None:
    await _talk(care)
    visit = await _booked(care)
    answer = await care.call("PATCH", f"{VISIT}/{visit.id}", {"status": "failed"})
    assert (answer.status, answer.body["status"]) == (200, "failed")
    assert (await care.tickets.list_page({"category": "missed_visit", "customer_id": "c-tmf"}, 0, 10))[1] == 1
    assert len(await _texts(care)) == 1
    assert is_error(await care.call("PATCH", f"{VISIT}/{visit.id}", {"status": "completed"}), 409)


async def test_an_appointment_that_says_only_when_is_a_request_until_it_says_where(care: Care) -> None:
    (window, *_) = await care.visits.windows(AREA, start=NOW + timedelta(days=2), not_before=NOW, product="broadband")
    period = {"startDateTime": window.start.isoformat(), "endDateTime": window.end.isoformat()}
    made = await care.call("POST", VISIT, {"validFor": period})
    assert made.status == 201, made.body
    path = f"{VISIT}/{made.body['id']}"
    assert (made.body["status"], made.body["validFor"]) == ("initialized", period)
    assert made.body["href"] == made.headers["Location"] == care.base + path
    place = {"id": AREA, "role": "visitAddress"}
    booked = await care.call("PATCH", path, {"relatedPlace": place, "relatedParty": [CUSTOMER]})
    assert booked.status == 200, booked.body
    assert (booked.body["id"], booked.body["status"]) == (made.body["id"], "confirmed")
    assert booked.body["calendarEvent"]["id"] == window.id
    assert is_error(await care.call("DELETE", path), 409, "appointment_stands")
    assert (await care.call("PATCH", path, {"status": "cancelled"})).status == 200
    assert (await care.call("DELETE", path)).status == 204
    assert is_error(await care.call("GET", path), 404)


async def test_who_has_no_chat_is_reminded_by_a_text_message(care: Care, redis: Redis) -> None:
    row = (await DemoStore(care.database).customers_at(AREA, "broadband"))[0]
    (window, *_) = await care.visits.windows(AREA, start=NOW + timedelta(days=3), not_before=NOW, product="broadband")
    visit = await care.visits.book(NewVisit(row["id"], AREA, "x", "broadband", window.id), key="k")
    assert visit is not None
    care.clock.now = visit.start - timedelta(hours=1)
    await care.visit_care.tidy()
    assert any("师傅" in text or "technician" in text for text in await SmsOutbox(redis).texts(row["phone"]))
