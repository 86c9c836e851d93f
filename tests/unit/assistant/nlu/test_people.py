"""Names and addresses, and sentences that only look like them."""

import pytest

from bot.assistant.nlu.people import find_addresses, find_people


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我叫张伟想报修", "张伟"),
        ("我叫王小明,住在杭州", "王小明"),
        ("户主陈大明是我爸", "陈大明"),
        ("我姓周,周志强", "周志强"),
        ("it's in my husband's name, David Brown", "David Brown"),
        ("account holder is Helen Parker", "Helen Parker"),
        ("I'm called Emma Watts", "Emma Watts"),
        ("姓名:欧阳娜娜", "欧阳娜娜"),
        ("我是李雷", "李雷"),
        ("机主是赵丽颖手机139", "赵丽颖"),
        ("联系人改成刘洋", "刘洋"),
        ("我姓陈", "陈"),
        ("我姓欧阳 叫欧阳小兰", "欧阳小兰"),
        ("联系人写王建国", "王建国"),
        ("the visitor should ask for Li Wei at the door", "Li Wei"),
        ("我姓赵,叫赵桂英", "赵桂英"),
        ("my name is John Smith", "John Smith"),
        ("Myself Anita Desai from flat 9", "Anita Desai"),
        ("please transfer my account to Grace Lim", "Grace Lim"),
        ("my name's Mary O'Brien and", "Mary O'Brien"),
        ("name is john", "john"),
        ("预约人改成陈思远,电话13890214456", "陈思远"),
        ("到时候是我室友李沐阳开门", "李沐阳"),
        ("明天上门请联系吴海燕", "吴海燕"),
        ("找我儿媳妇林晓彤", "林晓彤"),
        ("the engineer should ask for Margaret", "Margaret"),
        ("contact for the visit is Daniel Wu", "Daniel Wu"),
        ("Put my flatmate Priya down as the contact", "Priya"),
        ("Put down Sofia as contact", "Sofia"),
        ("hello, Sarah Mitchell speaking", "Sarah Mitchell"),
        ("this is David Lee calling", "David Lee"),
    ],
)
def test_a_name_is_found(text: str, name: str) -> None:
    assert [mention.value for mention in find_people(text)] == [name]


@pytest.mark.parametrize(
    "text",
    [
        "我是移动用户",
        "改成周五下午",
        "I'm not happy",
        "this is the third time",
        "我叫你们经理来",
        "transfer the call to someone",
        "i did it myself today",
        "PUT ME THROUGH TO A REAL PERSON",
        "let me speak to Customer Support",
        "师傅联系方式",
        "my neighbour has the same problem",
        "",
    ],
)
def test_no_name_is_made_up(text: str) -> None:
    assert find_people(text) == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("我住在杭州市西湖区文三路12号3幢2单元501", "杭州市西湖区文三路12号3幢2单元501"),
        ("阳光小区3栋2单元502", "阳光小区3栋2单元502"),
        ("I live at 5 Software Park Road, Gaoxin", "5 Software Park Road, Gaoxin"),
        ("搬到海淀区中关村大街27号", "海淀区中关村大街27号"),
        ("地址是浦东新区世纪大道100号环球金融中心15楼", "浦东新区世纪大道100号环球金融中心15楼"),
        ("I live at 12 Elm Road", "12 Elm Road"),
        ("Flat 4, 22 Baker Street, London", "Flat 4, 22 Baker Street, London"),
        ("Room 302, Unit 2, Building 5, Sunshine Garden", "Room 302, Unit 2, Building 5, Sunshine Garden"),
    ],
)
def test_an_address_is_found_as_written(text: str, address: str) -> None:
    found = find_addresses(text)
    assert [mention.value for mention in found] == [address]
    assert [text[mention.start : mention.end] for mention in found] == [address]


@pytest.mark.parametrize(
    "text", ["我家在幸福路", "1号楼没网", "大学路附近停电了吗", "从3月1号到5号都不行", "10 minutes ago"]
)
def test_a_place_without_a_house_is_no_address(text: str) -> None:
    assert find_addresses(text) == []
