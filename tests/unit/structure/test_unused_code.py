"""Code whose memory was given back runs again when it is called."""

from __future__ import annotations

import numpy as np

from bot.unused_code import give_back


def test_code_that_was_given_back_still_runs() -> None:
    matrix = np.arange(9.0).reshape(3, 3)
    before = matrix @ matrix
    assert give_back("numpy") > 0
    assert (matrix @ matrix == before).all()


def test_nothing_is_given_back_of_a_package_that_is_not_loaded() -> None:
    assert give_back("no_such_package") == 0
