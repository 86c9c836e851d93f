"""What the repository's data files say, each read once for all tests; nothing in it can be changed."""

from __future__ import annotations

from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from bot.calendars.load import load_calendars
from bot.handoff.collecting import Collecting, load_collecting
from bot.handoff.groups import DeskRules, load_groups
from bot.policies.rules import Policies, load_policies
from bot.resources import DATA
from bot.wording import Wording


@cache
def wording(zone: ZoneInfo) -> Wording:
    return Wording.load(DATA / "responses", zone)


@lru_cache(maxsize=1)
def policies() -> Policies:
    return load_policies(DATA / "policies")


@cache
def desk_rules(zone: ZoneInfo) -> DeskRules:
    return load_groups(
        DATA / "desk" / "groups.yml", load_calendars(DATA / "policies" / "service" / "calendars.yml", zone)
    )


@lru_cache(maxsize=1)
def collecting() -> Collecting:
    return load_collecting(DATA / "desk" / "waiting.yml")
