"""Policies: what may be quoted, what stays off, and which files are refused."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from bot.errors import BotError
from bot.policies.rules import (
    LANGUAGES,
    Policies,
    PolicyDataInvalid,
    PolicyNotFound,
    PolicyRule,
    Region,
    SourceKind,
    Unit,
    load_policies,
)

SHIPPED = Path(__file__).resolve().parents[3] / "data" / "policies"


def row(**changes: object) -> dict[str, object]:
    """Return one good row with some fields changed."""
    good: dict[str, object] = {
        "id": "repair",
        "value": {"number": 48, "unit": "hour"},
        "text": {"zh": "{number}小时内修好。", "en": "Fixed within {number} hours."},
        "source": "a page",
        "source_kind": "secondary",
        "effective_date": dt.date(2020, 1, 1),
        "region": "CN",
        "enabled": True,
    }
    return {**good, **changes}


def write(folder: Path, *rows: object, name: str = "rules.yml") -> Path:
    """Write rows as a policy file and return its folder."""
    (folder / name).write_text(yaml.safe_dump({"policies": list(rows)}, allow_unicode=True), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def shipped() -> Policies:
    return load_policies(SHIPPED)


def test_a_rule_arrives_typed_with_its_number_in_both_texts(tmp_path: Path) -> None:
    rule = load_policies(write(tmp_path, row())).get("repair")
    assert rule == PolicyRule(
        id="repair",
        number=Decimal(48),
        unit=Unit.HOUR,
        text={"zh": "48小时内修好。", "en": "Fixed within 48 hours."},
        source="a page",
        source_kind=SourceKind.SECONDARY,
        effective_date=dt.date(2020, 1, 1),
        region=Region.CN,
        enabled=True,
    )
    assert rule.duration() == dt.timedelta(hours=48)


def test_amounts_keep_their_pence(tmp_path: Path) -> None:
    text = {"zh": "{number}英镑", "en": "£{number}"}
    rule = load_policies(write(tmp_path, row(value={"number": 10.34, "unit": "gbp"}, text=text))).get("repair")
    assert rule.number == Decimal("10.34")
    assert rule.text["en"] == "£10.34"


def test_the_same_id_can_differ_by_region(tmp_path: Path) -> None:
    abroad = row(region="GB", value={"number": 24, "unit": "hour"})
    policies = load_policies(write(tmp_path, row(), abroad))
    assert policies.get("repair").number == Decimal(48)
    assert policies.get("repair", "GB").number == Decimal(24)


@pytest.mark.parametrize(("rule_id", "region"), [("nothing", "CN"), ("repair", "GB"), ("repair", "Mars")])
def test_an_unknown_rule_is_not_found(tmp_path: Path, rule_id: str, region: str) -> None:
    policies = load_policies(write(tmp_path, row()))
    with pytest.raises(PolicyNotFound, match=rule_id):
        policies.get(rule_id, region)


def test_a_disabled_rule_is_not_found_and_not_listed(tmp_path: Path) -> None:
    policies = load_policies(write(tmp_path, row(enabled=False, source_kind="memory"), row(id="other")))
    with pytest.raises(PolicyNotFound, match="switched off"):
        policies.get("repair")
    assert [rule.id for rule in policies.enabled()] == ["other"]
    assert [rule.id for rule in policies.all()] == ["other", "repair"]


def test_a_rule_from_memory_cannot_be_enabled(tmp_path: Path) -> None:
    with pytest.raises(PolicyDataInvalid, match="memory"):
        load_policies(write(tmp_path, row(source_kind="memory")))


def test_a_rule_that_stands_twice_is_refused_even_across_files(tmp_path: Path) -> None:
    write(tmp_path, row(), name="one.yml")
    write(tmp_path, row(enabled=False), name="two.yml")
    with pytest.raises(PolicyDataInvalid, match="twice"):
        load_policies(tmp_path)


@pytest.mark.parametrize(
    ("bad", "complaint"),
    [
        ("text", "not a mapping"),
        ({"id": "short"}, "missing or unknown fields"),
        (row(colour="red"), "colour"),
        (row(id=" "), "id is empty"),
        (row(source=""), "source is empty"),
        (row(value=48), "a number and a unit"),
        (row(value={"number": "48", "unit": "hour"}), "above 0"),
        (row(value={"number": True, "unit": "hour"}), "above 0"),
        (row(value={"number": 0, "unit": "hour"}), "above 0"),
        (row(value={"number": float("nan"), "unit": "hour"}), "above 0"),
        (row(value={"number": 48, "unit": "fortnight"}), "fortnight"),
        (row(text={"zh": "{number}小时"}), "zh and en"),
        (row(text={"zh": "{number}小时", "en": ""}), "text en is empty"),
        (row(text={"zh": "{number}小时", "en": "48 hours"}), "must name"),
        (row(value={"number": 1, "unit": "condition"}), "must not name"),
        (row(source_kind="hearsay"), "hearsay"),
        (row(region="FR"), "FR"),
        (row(enabled="yes"), "true or false"),
        (row(effective_date="2020"), "effective_date"),
        (row(effective_date=dt.datetime(2020, 1, 1, 12)), "effective_date"),
    ],
)
def test_a_bad_row_is_refused_with_what_to_put_right(tmp_path: Path, bad: object, complaint: str) -> None:
    with pytest.raises(PolicyDataInvalid, match=complaint):
        load_policies(write(tmp_path, bad))


@pytest.mark.parametrize("content", ["", "policies: []", "- id: x", "policies: [", "policies: {a: b}"])
def test_a_broken_or_empty_file_is_refused_by_name(tmp_path: Path, content: str) -> None:
    (tmp_path / "broken.yml").write_text(content, encoding="utf-8")
    with pytest.raises(PolicyDataInvalid, match=r"broken\.yml"):
        load_policies(tmp_path)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyDataInvalid, match="no policy files"):
        load_policies(tmp_path)


@pytest.mark.parametrize("unit", ["working_day", "month", "condition"])
def test_a_unit_without_fixed_length_has_no_duration(tmp_path: Path, unit: str) -> None:
    text = {"zh": "可以。", "en": "Yes."} if unit == "condition" else row()["text"]
    rule = load_policies(write(tmp_path, row(value={"number": 1, "unit": unit}, text=text))).get("repair")
    with pytest.raises(ValueError, match=unit):
        rule.duration()


def test_errors_belong_to_the_one_tree() -> None:
    assert issubclass(PolicyNotFound, BotError)
    assert issubclass(PolicyDataInvalid, BotError)
    assert (PolicyNotFound.status, PolicyNotFound.code) == (404, "policy_not_found")


@pytest.mark.parametrize(
    ("rule_id", "region", "length"),
    [
        ("repair_fixed_urban", "CN", dt.timedelta(hours=48)),
        ("repair_fixed_rural", "CN", dt.timedelta(hours=72)),
        ("repair_mobile_max", "CN", dt.timedelta(hours=48)),
        ("complaint_answer", "CN", dt.timedelta(days=15)),
        ("porting_min_days_in_network", "CN", dt.timedelta(days=120)),
        ("porting_code_valid", "CN", dt.timedelta(minutes=60)),
        ("complaint_to_adr", "GB", dt.timedelta(weeks=6)),
        ("identity_code_valid", "operator", dt.timedelta(minutes=5)),
        ("sla_ordinary_answer", "operator", dt.timedelta(hours=1)),
        ("sla_ordinary_solve", "operator", dt.timedelta(hours=48)),
        ("sla_serious_answer", "operator", dt.timedelta(hours=24)),
        ("sla_serious_solve", "operator", dt.timedelta(hours=72)),
    ],
)
def test_the_shipped_clocks_are_these(shipped: Policies, rule_id: str, region: str, length: dt.timedelta) -> None:
    assert shipped.get(rule_id, region).duration() == length


def test_what_rests_on_memory_ships_switched_off(shipped: Policies) -> None:
    from_memory = [rule for rule in shipped.all() if rule.source_kind is SourceKind.MEMORY]
    assert from_memory, "the table keeps the rules that still wait for a reader"
    assert not [rule.id for rule in from_memory if rule.enabled]


def test_another_operators_money_promises_ship_switched_off(shipped: Policies) -> None:
    operators_own = [rule for rule in shipped.enabled() if rule.region is Region.OPERATOR]
    assert {rule.source_kind for rule in operators_own} == {SourceKind.OPERATOR}


def test_china_telecom_is_asked_at_its_porting_number_not_its_hotline(shipped: Policies) -> None:
    for rule_id in ("porting_check_sms", "porting_code_sms"):
        for language in LANGUAGES:
            text = shipped.get(rule_id).text[language]
            assert "10001" in text
            assert "10000" not in text
