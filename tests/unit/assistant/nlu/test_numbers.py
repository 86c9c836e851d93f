"""Numbers of every kind, and digits that belong to none of them."""

import pytest

from bot.assistant.nlu.normalise import Normaliser
from bot.assistant.nlu.numbers import chinese_number, find_numbers


@pytest.fixture(scope="module")
def normalise() -> Normaliser:
    return Normaliser()


def found(normalise: Normaliser, text: str) -> list[tuple[str, str, str]]:
    return [(m.entity, m.value, text[m.start : m.end]) for m in find_numbers(normalise(text))]


@pytest.mark.parametrize(
    ("text", "number", "piece"),
    [
        ("打13800138000", "+8613800138000", "13800138000"),
        ("138-0013-8000是我", "+8613800138000", "138-0013-8000"),
        ("138 0013 8000", "+8613800138000", "138 0013 8000"),
        ("+86 138 0013 8000", "+8613800138000", "+86 138 0013 8000"),
        ("手机一三八零零一三八零零零", "+8613800138000", "一三八零零一三八零零零"),
        ("一三八、零零一三、八零零零", "+8613800138000", "一三八、零零一三、八零零零"),
        ("１３８００１３８０００", "+8613800138000", "１３８００１３８０００"),
        ("call +44 7700 900123 now", "+447700900123", "+44 7700 900123"),
        ("0044 7700 900123", "+447700900123", "0044 7700 900123"),
        ("010-62345678", "+861062345678", "010-62345678"),
        ("（0571）8765 4321", "+8657187654321", "（0571）8765 4321"),
        ("number is 1 3 8 0 0 1 3 8 0 0 0", "+8613800138000", "1 3 8 0 0 1 3 8 0 0 0"),
        ("打400-800-1234", "+864008001234", "400-800-1234"),
        (
            "one three eight double oh one three eight triple zero",
            "+8613800138000",
            "one three eight double oh one three eight triple zero",
        ),
    ],
)
def test_a_phone_number_becomes_e164(normalise: Normaliser, text: str, number: str, piece: str) -> None:
    assert found(normalise, text) == [("phone_number", number, piece)]


@pytest.mark.parametrize(
    "text",
    [
        "身份证11010519491231002X",
        "110105194912310021",
        "卡号6222 0213 8001 3800 000",
        "6222021380013800138",
        "订单号20260501138001380001",
        "订单13800138000123",
        "10086一直打不通",
        "下午3点到5点",
        "2小时30分钟",
        "从3月1号到5号",
        "TT2061123",
        "邮编100086",
        "5G套餐",
        "一个月用不了20G",
        "合约24个月",
        "上个月15号办的",
        "现在10086的电话打不通",
        "用了12个月才修好",
        "24 month contract",
        "一共3个人用",
        "花了三十多天",
        "paying 12 months ahead",
        "took 30 minutes",
        "now 10:30",
        "paid on 15 December",
        "",
    ],
)
def test_other_digits_are_nothing(normalise: Normaliser, text: str) -> None:
    assert found(normalise, text) == []


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("TT20611234怎么样了", "ticket_id", "TT20611234"),
        ("tt 2061 1234", "ticket_id", "TT20611234"),
        ("tt2O611234", "ticket_id", "TT20611234"),
        ("TT-2061-1234", "ticket_id", "TT20611234"),
        ("ＴＴ２０６１１２３４", "ticket_id", "TT20611234"),
        ("工单20611234到哪了", "ticket_id", "TT20611234"),
        ("my ticket number is 20611234", "ticket_id", "TT20611234"),
        ("ap20611234改时间", "appointment_id", "AP20611234"),
        ("预约号是20611234", "appointment_id", "AP20611234"),
        ("FL1234567890", "account_number", "FL1234567890"),
        ("fl12345678O1", "account_number", "FL1234567801"),
        ("宽带账号1234567890", "account_number", "FL1234567890"),
        ("account number: 1234567890", "account_number", "FL1234567890"),
        ("128块5", "amount", "128.50"),
        ("话费一下子用掉三百五", "amount", "350.00"),
        ("滞纳金12.5怎么来的", "amount", "12.50"),
        ("there's an extra 25.60 on my bill", "amount", "25.60"),
        ("a late fee of 12.5, really", "amount", "12.50"),
        ("there's only 2.30 left on my balance", "amount", "2.30"),
        ("¥128.5", "amount", "128.50"),
        ("￥1,280", "amount", "1280.00"),
        ("一百二十八元", "amount", "128.00"),
        ("一百二十块五", "amount", "120.50"),
        ("128块5毛", "amount", "128.50"),
        ("一块半", "amount", "1.50"),
        ("5毛钱", "amount", "0.50"),
        ("增值八十蚊", "amount", "80.00"),
        ("廿八块", "amount", "28.00"),
        ("1.5万元", "amount", "15000.00"),
        ("128 yuan", "amount", "128.00"),
        ("RMB 99.9", "amount", "99.90"),
        ("充100", "amount", "100.00"),
        ("top up 50", "amount", "50.00"),
        ("99一个月", "amount", "99.00"),
        ("一个月一百二太贵了", "amount", "120.00"),
        ("月租19", "amount", "19.00"),
        ("话费涨到168了", "amount", "168.00"),
        ("9.9的流量包", "amount", "9.90"),
        ("发票开500的", "amount", "500.00"),
        ("充3百", "amount", "300.00"),
        ("充了2次50", "amount", "50.00"),
        ("一千二的违约金", "amount", "1200.00"),
        ("120 a month is too much", "amount", "120.00"),
        ("charged 38.60 extra", "amount", "38.60"),
        ("you took 9.90 off me", "amount", "9.90"),
        ("paid a hundred and fifty", "amount", "150.00"),
        ("my bill jumped to 168", "amount", "168.00"),
        ("花了我五十多", "amount", "50.00"),
        ("账单写着87.4", "amount", "87.40"),
        ("topped up 100 and nothing", "amount", "100.00"),
        ("paid a 600 deposit", "amount", "600.00"),
        ("654321", "otp_code", "654321"),
        ("验证码是654321", "otp_code", "654321"),
        ("code 123 456", "otp_code", "123456"),
    ],
)
def test_references_amounts_and_codes_have_one_form(normalise: Normaliser, text: str, entity: str, value: str) -> None:
    assert [(kind, canonical) for kind, canonical, _ in found(normalise, text)] == [(entity, value)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("说好99一个月的怎么变成129了", ["99.00", "129.00"]),
        ("上个月才88 这个月就152了", ["88.00", "152.00"]),
        ("原来39的现在要收59", ["39.00", "59.00"]),
        ("套餐59怎么扣了72", ["59.00", "72.00"]),
        ("my plan's 59 but I paid 72", ["59.00", "72.00"]),
        ("you said 99 a month now it's 129", ["99.00", "129.00"]),
        ("bill was 88 last month and 152 this month", ["88.00", "152.00"]),
    ],
)
def test_both_prices_of_a_comparison_are_found(normalise: Normaliser, text: str, values: list[str]) -> None:
    assert [value for _, value, _ in found(normalise, text)] == values


def test_two_numbers_in_one_message_are_both_found(normalise: Normaliser) -> None:
    assert [value for _, value, _ in found(normalise, "从13800138000换到13900139000，充50元")] == [
        "+8613800138000",
        "+8613900139000",
        "50.00",
    ]


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("十", 10),
        ("十二", 12),
        ("一百二", 120),
        ("一百零二", 102),
        ("两千五", 2500),
        ("三万", 30000),
        ("二五", 25),
        ("元", None),
    ],
)
def test_chinese_numerals_have_their_value(numeral: str, value: int | None) -> None:
    assert chinese_number(numeral) == value
