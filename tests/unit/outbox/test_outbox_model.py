"""Subscriptions' queries, signatures, waiting times and allowed targets. Pure."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta, timezone

import pytest

from bot.errors import BadRequest, SettingsError
from bot.outbox.model import Event, Patience, hub_secret, parse_query, sign
from bot.outbox.targets import CheckedResolver, TargetNotAllowed, Targets

_TYPES = ("TicketCreateEvent", "TicketStatusChangeEvent")
_RESOURCES = {"ticket": ("id", "status", "relatedParty", "severity")}
_BODY = {
    "event": {"ticket": {"id": "T1", "href": "h", "status": "resolved", "relatedParty": [{"id": "c1"}, {"id": "c2"}]}}
}
_EVENT = Event("1", datetime(2026, 11, 21, tzinfo=timezone.utc), "t", "TicketStatusChangeEvent", "T1", _BODY)


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("", True),
        ("eventType=TicketStatusChangeEvent", True),
        ("eventType=ticketstatuschangeevent", True),
        ("eventType=TicketCreateEvent", False),
        ("eventType=TicketCreateEvent,TicketStatusChangeEvent", True),
        ("eventType=TicketCreateEvent&eventType=TicketStatusChangeEvent", True),
        ("status=resolved", True),
        ("status=closed,resolved", True),
        ("ticket.status=closed", False),
        ("event.ticket.status=resolved", True),
        ("relatedParty.id=c2", True),
        ("ticket.relatedParty.id=c3", False),
        ("status=resolved&relatedParty.id=c3", False),
        ("severity=Major", False),
    ],
)
def test_a_query_says_which_events_are_wanted(query: str, fits: bool) -> None:
    assert parse_query(query, _TYPES, _RESOURCES).fits(_EVENT) is fits


@pytest.mark.parametrize(
    "query",
    [
        "eventType=Other",
        "other=1",
        "ticket.other=1",
        "&",
        "x" * 1001,
        "&".join(["status=a"] * 51),
        "status=" + "a," * 20,
    ],
)
def test_a_query_that_cannot_be_read_is_refused(query: str) -> None:
    with pytest.raises(BadRequest):
        parse_query(query, _TYPES, _RESOURCES)


def test_fields_leave_the_rest_of_the_record_out() -> None:
    selected = parse_query("fields=status", _TYPES, _RESOURCES).selected(_EVENT)
    assert selected["event"]["ticket"] == {"id": "T1", "href": "h", "status": "resolved"}
    assert _BODY["event"]["ticket"].keys() > selected["event"]["ticket"].keys()


def test_a_signature_covers_time_and_body() -> None:
    expected = hmac.new(b"s", b'12.{"a": 1}', hashlib.sha256).hexdigest()
    assert sign("s", 12, b'{"a": 1}') == f"sha256={expected}"
    assert len({sign("s", 12, b"a"), sign("s", 13, b"a"), sign("t", 12, b"a"), sign("s", 12, b"b")}) == 4


def test_each_listener_has_a_secret_of_its_own_that_stays() -> None:
    assert hub_secret(b"x", "h1") == hub_secret(b"x", "h1")
    assert len({hub_secret(b"x", "h1"), hub_secret(b"x", "h2"), hub_secret(b"y", "h1")}) == 3


def test_waits_double_up_to_a_limit_and_end() -> None:
    patience = Patience(first_s=2, most_s=60, attempts=8)
    longest = [patience.next_try(n, 1.0) for n in range(1, 8)]
    assert longest == [timedelta(seconds=s) for s in (2, 4, 8, 16, 32, 60, 60)]
    assert patience.next_try(3, 0.0) == timedelta(seconds=4), "at least half of it"
    assert patience.next_try(8, 0.5) is None


@pytest.mark.parametrize(
    ("listed", "url"),
    [
        ("crm.example", "https://crm.example/hook"),
        ("*.example", "https://a.b.example:8443/hook?x=1"),
        ("127.0.0.1", "http://127.0.0.1:9/x"),
        ("10.0.0.0/8", "http://10.1.2.3/x"),
        ("10.0.0.0/8", "https://[::ffff:10.1.2.3]/x"),
        ("fd00::/8", "http://[fd00::1]/x"),
    ],
)
def test_what_is_listed_may_be_called(listed: str, url: str) -> None:
    Targets.parse(listed).check_url(url)


@pytest.mark.parametrize(
    ("listed", "url"),
    [
        ("", "https://crm.example/"),
        ("", "http://127.0.0.1/"),
        ("crm.example", "https://crm.example.evil.test/"),
        ("crm.example", "http://crm.example/"),
        ("*.example", "https://example/"),
        ("*.example", "https://badexample/"),
        ("*", "https://x"),
        ("10.0.0.0/8", "http://11.0.0.1/"),
        ("127.0.0.1", "http://127.0.0.2/"),
        ("crm.example", "https://1.1.1.1/"),
    ],
)
def test_what_is_not_listed_may_not(listed: str, url: str) -> None:
    with pytest.raises((TargetNotAllowed, SettingsError)):
        Targets.parse(listed).check_url(url)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1", "::1", "fe80::1", "0.0.0.0", "::ffff:10.0.0.1"],
)
def test_a_listed_name_that_leads_inside_is_refused(address: str) -> None:
    with pytest.raises(TargetNotAllowed):
        Targets.parse("crm.example").allowed("crm.example", [address], tls=True)


async def test_a_listed_name_that_the_resolver_leads_inside_is_not_called() -> None:
    """`localhost` is a name that every resolver leads inside."""
    with pytest.raises(OSError, match="not allowed"):
        await CheckedResolver(Targets.parse("localhost"), tls=True).resolve("localhost", 443)
    inside = await CheckedResolver(Targets.parse("127.0.0.0/8"), tls=True).resolve("localhost", 443)
    assert {item["host"] for item in inside} == {"127.0.0.1"}


def test_of_a_names_addresses_only_the_allowed_are_called() -> None:
    targets = Targets.parse("crm.example, 10.0.0.0/8")
    assert targets.allowed("crm.example", ["192.168.1.1", "93.184.215.14", "10.2.3.4"], tls=True) == [
        "93.184.215.14",
        "10.2.3.4",
    ]
    assert targets.allowed("crm.example", ["93.184.215.14", "10.2.3.4"], tls=False) == ["10.2.3.4"]
    assert targets.allowed("other.example", ["93.184.215.14", "10.2.3.4"], tls=True) == ["10.2.3.4"]


@pytest.mark.parametrize("listed", ["10.0.0.0/33", "http://crm.example", "*", "."])
def test_a_list_that_cannot_be_read_is_a_wrong_setting(listed: str) -> None:
    with pytest.raises(SettingsError):
        Targets.parse(listed)
