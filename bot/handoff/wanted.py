"""Why a person is wanted, and what the desk's rules may ask of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.contracts import ReasonCode
from bot.handoff.groups import Case
from bot.handoff.model import ORDINARY, VULNERABLE, Handoff


@dataclass(frozen=True)
class Wanted:
    """Why a person is wanted, as far as the dialogue knows."""

    reason: ReasonCode
    slots: Mapping[str, Any]
    #: `customer_facts`, asked for before anything was written: nobody writes while the operator is slow
    customer: Mapping[str, Any] | None
    #: the flow that was open, or the wish that was heard
    topic: str | None = None


def service_class(customer: Mapping[str, Any]) -> str | None:
    """The class by which a chat is ranked and routed: `vulnerable` for an ordinary customer who needs care.

    Args:
        customer: as `customer_facts` gives it; empty for nobody known.
    """
    named = customer.get("customer_class")
    return VULNERABLE if customer.get("vulnerable") and named in ORDINARY else named


def case_of(handoff: Handoff, topic: str | None) -> Case:
    """What the desk's rules may ask of a hand-over."""
    return Case(handoff.reason_code.value, handoff.language, handoff.product, handoff.customer_class, topic)
