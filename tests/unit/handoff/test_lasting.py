"""What lasts: who came back within seven days was not helped for good."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from bot.handoff.figures.lasting import BACK_WITHIN, Contact, lasting

T0 = datetime(2026, 11, 1, 9, 0, tzinfo=timezone.utc)


def _contact(id_: str, customer: str | None, handoffs: int = 0, solved: bool | None = None) -> Contact:
    return Contact(id_, customer, T0, handoffs, solved)


def test_a_chat_that_the_bot_had_alone_lasts_unless_its_customer_comes_back_within_seven_days() -> None:
    contacts = [
        _contact("a", "cu1"),
        _contact("b", "cu2"),
        _contact("c", "cu3"),
        _contact("d", None),
        _contact("e", "x", 1),
    ]
    opened = [
        ("cu1", "a", T0 - timedelta(minutes=5)),
        ("cu1", "a2", T0 + BACK_WITHIN),
        ("cu2", "b2", T0 + BACK_WITHIN + timedelta(seconds=1)),
        ("cu3", "c0", T0 - timedelta(days=1)),
    ]
    found = lasting(contacts, opened)
    assert (found["chats"], found["alone"], found["alone_share"]) == (5, 4, 0.8)
    assert (found["alone_known"], found["alone_lasting"]) == (3, 0.667), "of nobody known nobody can tell"


def test_the_first_contact_counts_when_one_person_solved_it_for_good() -> None:
    contacts = [
        _contact("solved", "cu1", 1, True),
        _contact("not", "cu2", 1, False),
        _contact("twice", "cu3", 2, True),
        _contact("back", "cu4", 1, True),
        _contact("returned", "cu5", 1, None),
        _contact("unknown", None, 1, True),
    ]
    found = lasting(contacts, [("cu4", "later", T0 + timedelta(days=2))])
    assert (found["closed_known"], found["first_contact"]) == (4, 0.25)


def test_of_nothing_there_are_no_shares() -> None:
    found = lasting([], [])
    assert found["chats"] == 0
    assert [found[name] for name in ("alone_share", "alone_lasting", "first_contact")] == [None, None, None]
