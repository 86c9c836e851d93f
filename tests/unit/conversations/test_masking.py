"""What is masked before storage, and what must stay readable."""

from __future__ import annotations

import pytest

from bot.conversations.masking import mask


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("我的身份证 11010519491231002X", "我的身份证 **************002X"),
        ("id 440308199901010012 thanks", "id **************0012 thanks"),
        ("card 4111-1111-1111-1111", "card ****-****-****-1111"),
        ("服务密码是123456", "服务密码是******"),
        ("密码：abc123!", "密码：*******"),
        ("my password is hunter2x", "my password is ********"),
        ("PIN: 4821", "PIN: ****"),
    ],
)
def test_identity_numbers_cards_and_passwords_do_not_survive(typed: str, kept: str) -> None:
    assert mask(typed) == kept
    assert len(kept) == len(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "我的手机号是13812345678",
        "call me at +86 138 1234 5678",
        "工单号 TT20611234",
        "户号 FL1234567890",
        "验证码 482913",
        "I forgot my password",
        "my password is wrong",
        "服务密码忘了怎么办",
        "账单 128.50 元",
        "订单 123456789012345",
        "wifi密码怎么改",
    ],
)
def test_what_the_service_needs_stays_as_typed(typed: str) -> None:
    assert mask(typed) == typed
