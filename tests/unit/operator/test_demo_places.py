"""Areas and streets in free words."""

from __future__ import annotations

import pytest

from bot.operator.demo.files import load_files
from bot.operator.demo.places import Gazetteer


@pytest.fixture(scope="module")
def places() -> Gazetteer:
    return Gazetteer(load_files())


@pytest.mark.parametrize(
    ("said", "area"),
    [
        ("临江市望江区滨江大道118号", "wangjiang"),
        ("我在望江，断网了", "wangjiang"),
        ("臨江市望江區", "wangjiang"),
        ("118 Binjiang Avenue", "wangjiang"),
        ("binjiang ave 118", "wangjiang"),
        ("I live in WANGJIANG district", "wangjiang"),
        ("wang jiang", None),
        ("江湾新区", "jiangwan"),
        ("Jiangwan", "jiangwan"),
        ("jiangwan new area", "jiangwan"),
        ("high-tech zone", "gaoxin"),
        ("High Tech", "gaoxin"),
        ("gaoxin", "gaoxin"),
        ("高新区云谷街", "gaoxin"),
        ("Yungu Street 16", "gaoxin"),
        ("白石镇", "baishi"),
        ("采石路", "baishi"),
        # the street counts when only a short name stands against it
        ("白石的溪口路", "qingxi"),
        # the whole name of an area counts more than a street
        ("石桥镇溪口路", "shiqiao"),
        ("北京路1号", None),
        ("临江市", None),
        ("", None),
    ],
)
def test_an_address_in_free_words_lies_in_its_area(said: str, area: str | None, places: Gazetteer) -> None:
    found = places.area_of(said)
    assert (found.id if found else None) == area


@pytest.mark.parametrize(
    ("said", "covered"),
    [
        ("望江区滨江大道118号", True),
        ("wangjiang district", True),
        ("竹坞乡云深路3号", False),
        ("3 Yunshen Road", False),
        ("竹坞乡笋市街9号", True),
        # it depends on the street
        ("竹坞乡", None),
        ("somewhere else", None),
    ],
)
def test_an_address_is_covered_or_not_or_we_do_not_know(said: str, covered: bool | None, places: Gazetteer) -> None:
    assert places.covered(said) is covered


def test_every_area_and_street_is_found_by_its_own_names(places: Gazetteer) -> None:
    for item in load_files().areas:
        for words in (item.area.name, *item.streets):
            for said in (words.zh, words.en, words.en.upper()):
                found = places.area_of(said)
                assert found is not None and found.id == item.area.id, said
