"""Identity tokens and one-time codes, over a real Redis and the demo operator's outbox."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jwt
import pytest
from redis.asyncio import Redis

from bot.customers.model import CodeOutcome, CodeRateLimited, CodeResult, InvalidIdentityToken
from bot.customers.service import IdentityService
from bot.database import Database
from bot.errors import BackOfficeDown
from bot.operator.demo.identity import identity_token
from bot.operator.demo.needs import DemoNeeds
from bot.operator.demo.operator import demo_operator, set_back_office
from bot.operator.demo.store import SmsOutbox

SECRET = "a secret of the operator's site, long enough to sign with"
ISSUER, AUDIENCE = "site", "frontline"
PHONE = "13912345678"
OK = CodeResult(CodeOutcome.ok)
EXPIRED = CodeResult(CodeOutcome.expired)
EXHAUSTED = CodeResult(CodeOutcome.exhausted)


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(demo_now: datetime) -> Clock:
    return Clock(demo_now)


@pytest.fixture
def identity(demo_database: Database, redis: Redis, clock: Clock, demo_now: datetime) -> IdentityService:
    assert isinstance(demo_now.tzinfo, ZoneInfo)
    operator = demo_operator(demo_database, redis, clock=clock, zone=demo_now.tzinfo)
    return IdentityService(redis, operator, SECRET, ISSUER, AUDIENCE, clock)


@pytest.fixture
def outbox(redis: Redis) -> SmsOutbox:
    return SmsOutbox(redis)


async def sent(outbox: SmsOutbox, conversation_id: str = "c1") -> str:
    return (await outbox.read(conversation_id))[-1].code


def other(code: str) -> str:
    """Six digits that are not the code."""
    return f"{(int(code) + 1) % 10**6:06d}"


# -- codes -----------------------------------------------------------------------------------------------------------


async def test_the_code_that_was_sent_is_accepted_once(identity: IdentityService, outbox: SmsOutbox) -> None:
    await identity.send_code(PHONE, "sign_in", "c1")
    code = await sent(outbox)
    assert len(code) == 6 and code.isdigit()
    assert await identity.check_code(PHONE, "sign_in", "c1", code) == OK
    assert await identity.check_code(PHONE, "sign_in", "c1", code) == EXPIRED


async def test_a_code_is_accepted_as_people_type_it(identity: IdentityService, outbox: SmsOutbox) -> None:
    await identity.send_code("+86 139 1234 5678", "sign_in", "c1")
    code = await sent(outbox)
    wide = code.translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})
    assert await identity.check_code("139-1234-5678", "sign_in", "c1", f" {wide[:3]} {wide[3:]}。") == OK


async def test_three_wrong_codes_end_it_even_for_the_right_one(identity: IdentityService, outbox: SmsOutbox) -> None:
    await identity.send_code(PHONE, "sign_in", "c1")
    code = await sent(outbox)
    wrong = other(code)
    assert await identity.check_code(PHONE, "sign_in", "c1", wrong) == CodeResult(CodeOutcome.wrong, 2)
    assert await identity.check_code(PHONE, "sign_in", "c1", "what code?") == CodeResult(CodeOutcome.wrong, 1)
    assert await identity.check_code(PHONE, "sign_in", "c1", wrong) == EXHAUSTED
    assert await identity.check_code(PHONE, "sign_in", "c1", code) == EXHAUSTED


async def test_the_third_try_may_still_be_right(identity: IdentityService, outbox: SmsOutbox) -> None:
    await identity.send_code(PHONE, "sign_in", "c1")
    code = await sent(outbox)
    for _ in range(2):
        await identity.check_code(PHONE, "sign_in", "c1", other(code))
    assert await identity.check_code(PHONE, "sign_in", "c1", code) == OK


async def test_tries_at_the_same_moment_are_all_counted(identity: IdentityService, outbox: SmsOutbox) -> None:
    await identity.send_code(PHONE, "sign_in", "c1")
    wrong = other(await sent(outbox))
    results = await asyncio.gather(*(identity.check_code(PHONE, "sign_in", "c1", wrong) for _ in range(20)))
    assert sorted(result.tries_left for result in results) == [0] * 18 + [1, 2]


async def test_of_two_right_tries_at_the_same_moment_one_counts(identity: IdentityService, outbox: SmsOutbox) -> None:
    await identity.send_code(PHONE, "sign_in", "c1")
    code = await sent(outbox)
    results = await asyncio.gather(*(identity.check_code(PHONE, "sign_in", "c1", code) for _ in range(2)))
    assert [result.outcome for result in results].count(CodeOutcome.ok) == 1


async def test_a_code_counts_for_five_minutes(identity: IdentityService, outbox: SmsOutbox, clock: Clock) -> None:
    await identity.send_code(PHONE, "sign_in", "c1")
    first = await sent(outbox)
    clock.now += timedelta(seconds=299)
    assert (await identity.check_code(PHONE, "sign_in", "c1", other(first))).outcome is CodeOutcome.wrong
    clock.now += timedelta(seconds=1)
    assert await identity.check_code(PHONE, "sign_in", "c1", first) == EXPIRED


async def test_redis_forgets_a_code_by_itself_and_never_holds_it_or_the_number(
    identity: IdentityService, outbox: SmsOutbox, redis: Redis
) -> None:
    await identity.send_code(PHONE, "sign_in", "c1")
    code = await sent(outbox)
    keys = [key async for key in redis.scan_iter("fl:otp:*")]
    assert len(keys) == 3 and not any(PHONE in key for key in keys)
    for key in keys:
        assert 0 < await redis.ttl(key) <= 1800
    (held,) = [key for key in keys if key.startswith("fl:otp:code:")]
    assert await redis.ttl(held) <= 300 and code not in (await redis.hgetall(held)).values()


async def test_a_code_is_bound_to_number_purpose_and_conversation(identity: IdentityService, outbox: SmsOutbox) -> None:
    await identity.send_code(PHONE, "sign_in", "c1")
    code = await sent(outbox)
    assert await identity.check_code("13912345679", "sign_in", "c1", code) == EXPIRED
    assert await identity.check_code(PHONE, "order", "c1", code) == EXPIRED
    assert await identity.check_code(PHONE, "sign_in", "c2", code) == EXPIRED
    assert await identity.check_code(PHONE, "sign_in", "c1", code) == OK


async def test_a_new_code_replaces_the_old_one_and_gives_new_tries(
    identity: IdentityService, outbox: SmsOutbox
) -> None:
    await identity.send_code(PHONE, "sign_in", "c1")
    old = await sent(outbox)
    for _ in range(3):
        await identity.check_code(PHONE, "sign_in", "c1", other(old))
    await identity.send_code(PHONE, "sign_in", "c1")
    new = await sent(outbox)
    if old != new:  # one time in a million they are the same
        assert await identity.check_code(PHONE, "sign_in", "c1", old) == CodeResult(CodeOutcome.wrong, 2)
    assert await identity.check_code(PHONE, "sign_in", "c1", new) == OK


async def test_a_number_gets_three_codes_in_ten_minutes(identity: IdentityService, clock: Clock) -> None:
    for conversation_id in ("c1", "c2", "c3"):
        await identity.send_code(PHONE, "sign_in", conversation_id)
        clock.now += timedelta(minutes=1)
    with pytest.raises(CodeRateLimited) as refused:
        await identity.send_code(PHONE, "sign_in", "c4")
    assert refused.value.status == 429 and refused.value.retry_after_s == 7 * 60
    clock.now += timedelta(minutes=7)
    await identity.send_code(PHONE, "sign_in", "c4")


async def test_a_conversation_gets_five_codes_in_half_an_hour(identity: IdentityService, clock: Clock) -> None:
    for number in range(5):
        await identity.send_code(f"1391234560{number}", "sign_in", "c1")
    with pytest.raises(CodeRateLimited):
        await identity.send_code("13912345609", "sign_in", "c1")
    await identity.send_code("13912345609", "sign_in", "c2")
    clock.now += timedelta(minutes=30)
    await identity.send_code("13912345608", "sign_in", "c1")


async def test_codes_asked_for_at_the_same_moment_keep_the_limit(identity: IdentityService, outbox: SmsOutbox) -> None:
    asked = (identity.send_code(PHONE, "sign_in", "c1") for _ in range(10))
    results = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(result) for result in results].count(CodeRateLimited) == 7
    assert len(await outbox.read("c1")) == 3


async def test_a_code_that_could_not_be_sent_does_not_count(
    identity: IdentityService, demo_database: Database, redis: Redis
) -> None:
    await set_back_office(demo_database, down=True)
    with pytest.raises(BackOfficeDown):
        await identity.send_code(PHONE, "sign_in", "c1")
    assert [key async for key in redis.scan_iter("fl:otp:code:*")] == []


async def test_a_demo_customer_always_gets_their_own_code(
    identity: IdentityService, seeded_demo: tuple[Path, DemoNeeds], outbox: SmsOutbox
) -> None:
    facts = seeded_demo[1].needs["customer_otp"][0]
    await identity.send_code(facts["phone"], "sign_in", "c1")
    assert await sent(outbox) == facts["otp"]
    assert await identity.check_code(facts["phone"], "sign_in", "c1", "000001") == CodeResult(CodeOutcome.wrong, 2)
    assert await identity.check_code(facts["phone"], "sign_in", "c1", facts["otp"]) == OK


# -- tokens ----------------------------------------------------------------------------------------------------------


def test_the_token_of_the_site_names_the_customer(identity: IdentityService, demo_now: datetime) -> None:
    token = identity_token(SECRET, "demo-0001", issuer=ISSUER, audience=AUDIENCE, now=demo_now)
    assert identity.verify_token(token) == "demo-0001"


def test_a_token_ends_by_the_clock_of_the_service(identity: IdentityService, clock: Clock, demo_now: datetime) -> None:
    token = identity_token(SECRET, "demo-0001", issuer=ISSUER, audience=AUDIENCE, now=demo_now, ttl_s=60)
    clock.now += timedelta(seconds=59)
    assert identity.verify_token(token) == "demo-0001"
    clock.now += timedelta(seconds=1)
    with pytest.raises(InvalidIdentityToken):
        identity.verify_token(token)


@pytest.mark.parametrize(
    "change",
    [
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 200},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": True},
        {"iss": "another site"},
        {"iss": None},
        {"aud": "another service"},
        {"aud": None},
        {"nbf": 4_000_000_000},
    ],
)
def test_a_token_with_wrong_claims_is_refused(
    change: dict[str, Any], identity: IdentityService, demo_now: datetime
) -> None:
    exp = int((demo_now + timedelta(hours=1)).timestamp())
    claims: dict[str, Any] = {"sub": "demo-0001", "iss": ISSUER, "aud": AUDIENCE, "exp": exp}
    assert identity.verify_token(jwt.encode(claims, SECRET, algorithm="HS256")) == "demo-0001"
    claims = {name: value for name, value in {**claims, **change}.items() if value is not None}
    header = {"alg": "HS256", "typ": "JWT"}
    token = jwt.api_jws.encode(_json(claims), SECRET, algorithm="HS256", headers=header)
    with pytest.raises(InvalidIdentityToken) as refused:
        identity.verify_token(token)
    assert refused.value.status == 401


@pytest.mark.parametrize("token", ["", "a.b.c", "not a token", "x" * 5000, "ü.ü.ü"])
def test_what_is_no_token_is_refused(token: str, identity: IdentityService) -> None:
    with pytest.raises(InvalidIdentityToken):
        identity.verify_token(token)


def test_a_forged_or_unsigned_token_is_refused(identity: IdentityService, demo_now: datetime) -> None:
    claims = {"sub": "demo-0001", "iss": ISSUER, "aud": AUDIENCE, "exp": demo_now + timedelta(hours=1)}
    forged = jwt.encode(claims, "another secret that is just as long as ours", algorithm="HS256")
    other_way = jwt.encode(claims, SECRET * 2, algorithm="HS512")
    unsigned = jwt.encode(claims, "", algorithm="none")
    for token in (forged, other_way, unsigned):
        with pytest.raises(InvalidIdentityToken):
            identity.verify_token(token)


def _json(claims: dict[str, Any]) -> bytes:
    return json.dumps(claims).encode()
