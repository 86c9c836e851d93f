"""Every conversation of `test_<topic>.yml`, on the real model with its actions and the demo operator."""

from __future__ import annotations

import pytest

from tests.conftest import Pool
from tests.conversations.runner import Case, load_cases, play
from tests.service import Service

_seen: set[str] = set()


@pytest.mark.parametrize("case", load_cases(), ids=str)
def test_the_conversation_goes_as_written(case: Case, service: Service, pool: Pool) -> None:
    if case.topic not in _seen:
        _seen.add(case.topic)
        pool.fresh()  # each topic starts with everybody as the contract describes them
    play(case, service, pool)
