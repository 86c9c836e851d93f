"""Groups, the order of service, and hours."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.calendars.load import load_calendars
from bot.errors import SettingsError
from bot.handoff.collecting import load_collecting
from bot.handoff.groups import Case, DeskRules, load_groups
from bot.resources import DATA

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=ZONE)
_CALENDARS = DATA / "policies" / "service" / "calendars.yml"


@lru_cache
def rules(path: Path = DATA / "desk" / "groups.yml") -> DeskRules:
    return load_groups(path, load_calendars(_CALENDARS, ZONE))


@pytest.mark.parametrize(
    ("case", "group"),
    [
        (Case("customer_request", "zh"), "general"),
        (Case("customer_request", "zh", topic="report_fault", product="broadband"), "technical"),
        (Case("misunderstood", "en", topic="check_bill"), "billing"),
        (Case("complaint", "zh", topic="check_bill"), "complaints"),
        (Case("regulator", "zh", customer_class="business"), "complaints"),
        (Case("customer_request", "zh", topic="report_fault", customer_class="business"), "business"),
    ],
)
def test_a_chat_belongs_to_the_first_group_that_fits(case: Case, group: str) -> None:
    assert rules().group_of(case).id == group


def test_waiting_raises_a_chat_past_more_urgent_ones_that_came_later() -> None:
    desk = rules()
    plain, complaint = Case("customer_request", "zh"), Case("complaint", "zh")
    assert desk.rank(complaint, NOON).at < desk.rank(plain, NOON).at, "at the same moment the complaint goes first"
    step = timedelta(seconds=desk.ages_every_s)
    steps = desk.rank(plain, NOON).priority - desk.rank(complaint, NOON).priority
    later = NOON + steps * step + timedelta(seconds=1)
    assert desk.rank(plain, NOON).at < desk.rank(complaint, later).at, "and not when it came that much later"
    assert desk.effective(4, 2 * desk.ages_every_s) == 2.0


def test_an_emergency_goes_ahead_of_everybody_and_a_returned_chat_ahead_of_new_ones() -> None:
    desk = rules()
    old = desk.rank(Case("regulator", "zh"), NOON - timedelta(hours=20)).at
    emergency = desk.rank(Case("emergency", "zh"), NOON)
    back = desk.in_front(desk.rank(Case("customer_request", "zh"), NOON).at, NOON)
    assert emergency.jumps and emergency.at < back < old
    assert desk.in_front(emergency.at, NOON) == emergency.at


def test_a_closed_group_says_when_it_opens() -> None:
    general = rules().groups["general"]
    night = datetime(2026, 11, 25, 23, 30, tzinfo=ZONE)
    assert general.opens_at(NOON) is None
    assert general.opens_at(night) == datetime(2026, 11, 26, 8, 0, tzinfo=ZONE)
    assert general.calendar.closes_at(NOON) == datetime(2026, 11, 25, 22, 0, tzinfo=ZONE)
    assert general.calendar.closes_at(night) is None
    holiday = datetime(2026, 10, 1, 8, 30, tzinfo=ZONE)
    assert general.opens_at(holiday) == datetime(2026, 10, 1, 9, 0, tzinfo=ZONE), "public holidays begin later"


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("- {group: general}", "- {when: {reason: anger}, group: general}", "fits everything"),
        ("- {group: general}", "- {group: nobody}", "nobody"),
        ("calendar: office", "calendar: never", "never"),
        ("{when: {reason: regulator}", "{when: {mood: bad}", "mood"),
        ("want: [group, language]}", "want: [luck]}", "rings begin at 0 and want some of"),
        ("offer_s: 30", "offer_s: soon", "soon"),
    ],
)
def test_a_wrong_file_says_what_to_put_right(tmp_path: Path, old: str, new: str, named: str) -> None:
    text = (DATA / "desk" / "groups.yml").read_text("utf-8")
    assert old in text
    file = tmp_path / "groups.yml"
    file.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(SettingsError, match=named):
        rules(file)


def test_only_what_is_missing_is_asked_for_one_after_the_other() -> None:
    table = load_collecting(DATA / "desk" / "waiting.yml")
    fault = Case("customer_request", "zh", product="broadband", topic="report_fault")
    first = table.following(fault, ())
    assert first is not None and first.name == "router_lights"
    known = table.following(fault, ["device_light"])
    assert known is not None and known.name == "since_when", "the lights are known already"
    photo = table.following(fault, ["device_light"], after="since_when")
    assert photo is not None and photo.kind == "photo"
    assert table.following(fault, (), after="best_time") is None
    assert table.following(Case("emergency", "zh"), ()) is None, "nobody in danger is asked anything"


@pytest.mark.parametrize(
    ("typed", "wish"),
    [
        ("回电", "callback"),
        ("Call me back!", "callback"),
        ("留单。", "ticket"),
        ("退出排队", "leave"),
        ("I don't want to wait", "leave"),
        ("算了，你帮我查流量吧", "instead"),
        ("never mind, just show me my usage", "instead"),
        ("算了", "leave"),
        ("跳过", "skip"),
        ("路由器红灯，给我回电", None),
        ("the red light is on", None),
    ],
)
def test_a_wish_is_heard_when_it_is_all_that_was_typed(typed: str, wish: str | None) -> None:
    assert load_collecting(DATA / "desk" / "waiting.yml").wish(typed) == wish
