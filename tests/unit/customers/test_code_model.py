"""What a one-time code is, without Redis."""

from __future__ import annotations

import pytest

from bot.customers.model import CodeScope, code_digest, plain_code, same_digest

SCOPE = CodeScope("+8613912345678", "sign_in", "c1")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("123456", "123456"),
        (" 123 456。", "123456"),
        ("１２３４５６", "123456"),
        ("验证码是123456", "123456"),
        ("no", ""),
    ],
)
def test_a_code_is_read_as_people_type_it(typed: str, code: str) -> None:
    assert plain_code(typed) == code


def test_the_digest_depends_on_everything_that_the_code_is_bound_to() -> None:
    digests = {
        code_digest("secret", SCOPE, "123456"),
        code_digest("other", SCOPE, "123456"),
        code_digest("secret", SCOPE, "123457"),
        code_digest("secret", CodeScope("+8613912345679", "sign_in", "c1"), "123456"),
        code_digest("secret", CodeScope("+8613912345678", "order", "c1"), "123456"),
        code_digest("secret", CodeScope("+8613912345678", "sign_in", "c2"), "123456"),
    }
    assert len(digests) == 6
    assert not any("123456" in digest for digest in digests)


def test_the_same_code_has_the_same_digest() -> None:
    first, second = code_digest("secret", SCOPE, "123456"), code_digest("secret", SCOPE, "123456")
    assert same_digest(first, second) and not same_digest(first, first[:-1] + "!")
