"""The pure part of visits: who comes, what is free, the card."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.appointments.model import (
    Appointment,
    AppointmentStatus,
    VisitWindow,
    appointment_json,
    technicians_from,
)

_START = datetime(2026, 11, 25, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
_END = _START + timedelta(hours=2)
_NAMES = [{"zh": f"师傅{n}", "en": f"Technician {n}"} for n in range(8)]


def _visit(ticket_id: str | None) -> Appointment:
    return Appointment(
        id="AP00000001",
        status=AppointmentStatus.confirmed,
        customer_id="c1",
        line_id=None,
        ticket_id=ticket_id,
        area="nanpu",
        address="南浦区柳堤路1号",
        product="broadband",
        window_id="w1",
        start=_START,
        end=_END,
        held_until=None,
        technician={},
        conversation_id=None,
        idempotency_key=None,
        created_at=_START,
        updated_at=_START,
        version=1,
    )


def test_an_area_gets_the_technician_who_is_named_for_it() -> None:
    team = technicians_from({"nanpu": _NAMES[3]})
    assert team.for_area("nanpu") == {"name": _NAMES[3]}
    assert team.for_area("elsewhere") == {}


def test_without_areas_the_same_area_always_gets_the_same_technician() -> None:
    first, again = technicians_from(_NAMES), technicians_from(list(_NAMES))
    areas = [f"area{n}" for n in range(40)]
    assert [first.for_area(area) for area in areas] == [again.for_area(area) for area in areas]
    assert len({first.for_area(area)["name"]["en"] for area in areas}) > 1


def test_a_window_is_never_less_than_full() -> None:
    assert VisitWindow("w", "nanpu", _START, _END, capacity=3, taken=1).free == 2
    assert VisitWindow("w", "nanpu", _START, _END, capacity=1, taken=2).free == 0


def test_the_card_has_the_contracts_keys_and_the_operators_offset() -> None:
    card = appointment_json(_visit("TT00000001"))
    assert card == {
        "type": "appointment",
        "id": "AP00000001",
        "status": "confirmed",
        "start": "2026-11-25T08:00:00+08:00",
        "end": "2026-11-25T10:00:00+08:00",
        "ticket_id": "TT00000001",
    }
    assert "ticket_id" not in appointment_json(_visit(None))
