"""What a job's process says went wrong."""

from __future__ import annotations

import errno
from itertools import pairwise

import pytest

from bot.training.jobs.order import Limits
from bot.training.jobs.worker import _lacks_memory

#: nothing is allowed or forbidden
_FREE = Limits(memory_mb=0, nice=0)


def _chained(*errors: Exception) -> Exception:
    """The first, caused by the second, and so on."""
    for error, cause in pairwise(errors):
        error.__cause__ = cause
    return errors[0]


@pytest.mark.parametrize("last", [MemoryError(), OSError(errno.ENOMEM, "Cannot allocate memory")])
def test_a_lack_of_memory_is_found_below_other_errors(last: Exception) -> None:
    assert _lacks_memory(_chained(RuntimeError(), ValueError(), last), _FREE)


def test_another_error_is_no_lack_of_memory() -> None:
    assert not _lacks_memory(_chained(RuntimeError(), OSError(errno.ENOENT, "No such file")), _FREE)


@pytest.mark.timeout(10)
def test_errors_that_cause_one_another_come_to_an_end() -> None:
    one, other = RuntimeError(), ValueError()
    assert not _lacks_memory(_chained(one, other, one), _FREE)
