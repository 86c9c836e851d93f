"""Working copies, proposals and publishing on real git repositories."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from bot.errors import BadRequest, Forbidden
from bot.handoff.model import User
from bot.training.data.copies import WorkingCopies
from bot.training.data.files import add_example, change_example, edited, read_text, remove_example, write_text
from bot.training.data.model import NoWorkingCopy
from bot.training.data.service import LanguageData, StillNeeded
from tests.integration.training_repository import LEI, XUE, files_of, git, installation_in

EN, ZH = "data/nlu/billing.en.yml", "data/nlu/billing.zh.yml"


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    return installation_in(tmp_path / "installation")


@pytest.fixture
def data(installation: Path, tmp_path: Path) -> LanguageData:
    return LanguageData(WorkingCopies(installation, tmp_path / "copies"))


async def add(data: LanguageData, user: User, path: str, intent: str, text: str) -> None:
    async with data.copies.of(user) as root:
        write_text(root, path, add_example(read_text(root, path), path, intent, text)[0])


async def change(data: LanguageData, user: User, path: str, intent: str, old: str, new: str) -> None:
    async with data.copies.of(user) as root:
        write_text(root, path, change_example(read_text(root, path), path, intent, old, new)[0])


async def test_an_edit_goes_from_the_copy_over_a_proposal_to_the_installation(
    data: LanguageData, installation: Path
) -> None:
    await add(data, XUE, ZH, "check_bill", "账单给我看看")
    state = await data.state(XUE)
    assert state["changed"] == [{"path": ZH, "status": "modified", "added": 1, "removed": 0}]
    [file] = await data.diff(XUE, None)
    assert [line for line in file["hunks"][0]["lines"] if line["kind"] != "same"] == [
        {"kind": "added", "old": None, "new": 9, "text": "    - 账单给我看看"}
    ]
    assert "账单给我看看" not in (installation / ZH).read_text("utf-8")

    proposal = await data.propose(XUE, "Asking to be shown a bill", "from the inbox")
    assert (proposal["branch"], proposal["author"], proposal["state"]) == ("training/xue/1", "Xue Zhao", "open")
    assert git(installation, "log", "-1", "--format=%an <%ae> %s", "training/xue/1").strip() == (
        "Xue Zhao <xue@trainers.invalid> Asking to be shown a bill"
    )
    assert (await data.state(XUE))["changed"] == []

    published = await data.publish(XUE, proposal["id"])
    assert published.commit == git(installation, "rev-parse", "main").strip()
    assert (await data.state(XUE))["behind"] == 0
    assert "    - 账单给我看看\n" in (installation / ZH).read_text("utf-8")
    assert git(installation, "status", "--porcelain") == ""
    assert [item["state"] for item in await data.proposals()] == ["published"]
    assert [file["path"] for file in await data.proposal_diff(proposal["id"])] == [ZH]
    with pytest.raises(BadRequest, match="published already"):
        await data.publish(XUE, proposal["id"])


async def test_two_trainers_at_the_same_place_get_both_their_examples(data: LanguageData, installation: Path) -> None:
    await asyncio.gather(
        add(data, XUE, EN, "check_bill", "read me the bill"), add(data, LEI, EN, "check_bill", "bill of this month")
    )
    one, other = await data.propose(XUE, "One", None), await data.propose(LEI, "Other", None)
    results = await asyncio.gather(data.publish(XUE, one["id"]), data.publish(LEI, other["id"]))
    assert all(result.commit for result in results)
    text = (installation / EN).read_text("utf-8")
    assert text.count("    - read me the bill\n") == text.count("    - bill of this month\n") == 1


async def test_one_sentence_changed_by_two_is_a_conflict_told_in_words(data: LanguageData, installation: Path) -> None:
    await change(data, XUE, EN, "check_bill", "last bill", "my last bill")
    await change(data, LEI, EN, "check_bill", "last bill", "the last bill")
    one, other = await data.propose(XUE, "One", None), await data.propose(LEI, "Other", None)
    assert (await data.publish(XUE, one["id"])).commit
    before = git(installation, "rev-parse", "main")
    refused = await data.publish(LEI, other["id"])
    assert refused.commit is None
    [conflict] = [item.as_json() for item in refused.conflicts]
    assert (conflict["path"], conflict["line"], conflict["intent"]) == (EN, 9, "check_bill")
    assert (conflict["mine"], conflict["theirs"]) == (["- the last bill"], ["- my last bill"])
    assert conflict["message"].startswith(f"{EN}, line 9 (check_bill): two people changed")
    assert git(installation, "rev-parse", "main") == before
    assert git(installation, "status", "--porcelain") == ""


async def test_a_clash_with_what_is_published_is_settled_by_an_edit_and_either_side_can_be_kept(
    data: LanguageData, installation: Path
) -> None:
    await change(data, XUE, EN, "check_bill", "last bill", "my last bill")
    await change(data, LEI, EN, "check_bill", "last bill", "the last bill")
    await add(data, LEI, ZH, "check_bill", "账单给我看看")
    one, _ = await data.propose(XUE, "One", None), await data.propose(LEI, "Other", None)
    await data.publish(XUE, one["id"])
    [conflict] = (await data.refresh(LEI))["conflicts"]
    assert (conflict["mine"], conflict["theirs"]) == (["- the last bill"], ["- my last bill"])

    await change(data, LEI, EN, "check_bill", "the last bill", "my last bill")
    assert (await data.refresh(LEI))["conflicts"] == []
    assert [item["path"] for item in (await data.state(LEI))["changed"]] == [ZH]
    await change(data, LEI, EN, "check_bill", "my last bill", "the last bill")
    settled = await data.propose(LEI, "Other, settled", None)
    assert (await data.publish(LEI, settled["id"])).commit
    assert "    - the last bill\n" in (installation / EN).read_text("utf-8")
    assert "    - 账单给我看看\n" in (installation / ZH).read_text("utf-8")


async def test_one_press_keeps_ones_own_side_of_a_clash(data: LanguageData, installation: Path) -> None:
    await change(data, XUE, EN, "check_bill", "last bill", "my last bill")
    await change(data, LEI, EN, "check_bill", "last bill", "the last bill")
    one, other = await data.propose(XUE, "One", None), await data.propose(LEI, "Other", None)
    await add(data, LEI, ZH, "check_bill", "账单给我看看")
    await data.propose(LEI, "A second", None)
    await data.publish(XUE, one["id"])
    [conflict] = [item.as_json() for item in (await data.publish(LEI, other["id"])).conflicts]

    answer = await data.refresh(LEI, [{**conflict, "keep": "mine"}])
    assert answer["merged"] and answer["conflicts"] == []
    assert {item["title"]: item["state"] for item in await data.proposals()} == {
        "One": "published",
        "Other": "taken_back",
        "A second": "open",
    }
    [file] = await data.diff(LEI, None)
    assert [line["text"] for line in file["hunks"][0]["lines"] if line["kind"] != "same"] == [
        "    - my last bill",
        "    - the last bill",
    ]
    with pytest.raises(BadRequest, match="Lei Chen has taken this proposal back"):
        await data.publish(LEI, other["id"])
    assert (await data.publish(LEI, (await data.propose(LEI, "Settled", None))["id"])).commit
    assert "    - the last bill\n" in (installation / EN).read_text("utf-8")
    assert "账单给我看看" not in (installation / ZH).read_text("utf-8")


async def test_the_other_side_of_a_clash_can_be_kept_too(data: LanguageData) -> None:
    await change(data, XUE, EN, "check_bill", "last bill", "my last bill")
    await change(data, LEI, EN, "check_bill", "last bill", "the last bill")
    await data.publish(XUE, (await data.propose(XUE, "One", None))["id"])
    [conflict] = (await data.refresh(LEI))["conflicts"]
    assert (await data.refresh(LEI, [{**conflict, "keep": "theirs"}]))["conflicts"] == []
    assert (await data.state(LEI))["changed"] == []
    async with data.copies.of(LEI) as root:
        assert "    - my last bill\n" in read_text(root, EN)


async def test_a_clash_that_changed_since_is_asked_again(data: LanguageData) -> None:
    await change(data, XUE, EN, "check_bill", "last bill", "my last bill")
    await change(data, LEI, EN, "check_bill", "last bill", "the last bill")
    await data.publish(XUE, (await data.propose(XUE, "One", None))["id"])
    [conflict] = (await data.refresh(LEI))["conflicts"]
    await change(data, LEI, EN, "check_bill", "the last bill", "that last bill")
    [again] = (await data.refresh(LEI, [{**conflict, "keep": "mine"}]))["conflicts"]
    assert again["mine"] == ["- that last bill"]


@pytest.mark.parametrize("settled", ["mine", [{"path": EN}], [{"path": 1, "keep": "mine"}], [{"path": EN, "keep": 1}]])
async def test_what_settles_nothing_is_refused(data: LanguageData, settled: object) -> None:
    with pytest.raises(BadRequest, match="settled is a list"):
        await data.refresh(XUE, settled)


async def test_a_second_proposal_does_not_hold_the_first(data: LanguageData, installation: Path) -> None:
    await add(data, XUE, EN, "check_bill", "read me the bill")
    first = await data.propose(XUE, "One", None)
    await add(data, XUE, EN, "check_bill", "bill of this month")
    second = await data.propose(XUE, "Two", None)
    assert (await data.state(XUE))["changed"] == []
    for proposal, words in ((first, "read me the bill"), (second, "bill of this month")):
        [file] = await data.proposal_diff(proposal["id"])
        added = [line["text"] for line in file["hunks"][0]["lines"] if line["kind"] == "added"]
        assert (added, proposal["holds"]) == ([f"    - {words}"], [])

    assert (await data.publish(XUE, second["id"])).commit
    assert "read me the bill" not in (installation / EN).read_text("utf-8")
    assert (await data.refresh(XUE))["merged"]
    await add(data, XUE, ZH, "check_bill", "账单给我看看")
    third = await data.propose(XUE, "Three", None)
    assert (await data.publish(XUE, third["id"])).commit
    assert {item["title"]: item["state"] for item in await data.proposals()}["One"] == "open"
    assert (await data.publish(XUE, first["id"])).commit
    text = (installation / EN).read_text("utf-8")
    assert text.count("    - read me the bill\n") == text.count("    - bill of this month\n") == 1
    assert (await data.refresh(XUE))["merged"]
    assert (await data.state(XUE))["changed"] == []


async def test_a_proposal_that_changes_what_an_open_one_adds_holds_it_and_says_so(
    data: LanguageData, installation: Path
) -> None:
    await add(data, XUE, EN, "check_bill", "read me the bill")
    first = await data.propose(XUE, "One", None)
    await change(data, XUE, EN, "check_bill", "read me the bill", "please read me the bill")
    second = await data.propose(XUE, "Two", None)
    assert second["holds"] == [first["id"]]
    assert (await data.publish(XUE, second["id"])).commit
    assert [item["state"] for item in await data.proposals()] == ["published", "published"]
    assert "    - please read me the bill\n" in (installation / EN).read_text("utf-8")


async def test_taking_out_what_an_open_proposal_adds_can_be_proposed(data: LanguageData, installation: Path) -> None:
    await add(data, XUE, EN, "check_bill", "read me the bill")
    first = await data.propose(XUE, "One", None)
    async with data.copies.of(XUE) as root:
        write_text(root, EN, remove_example(read_text(root, EN), EN, "check_bill", "read me the bill"))
    second = await data.propose(XUE, "Not after all", None)
    assert second["holds"] == [first["id"]]
    assert (await data.publish(XUE, second["id"])).commit
    assert "read me the bill" not in (installation / EN).read_text("utf-8")


async def test_a_proposal_that_is_taken_back_is_edits_again_beside_all_others(
    data: LanguageData, installation: Path
) -> None:
    await add(data, XUE, EN, "check_bill", "read me the bill")
    first = await data.propose(XUE, "One", None)
    await add(data, XUE, ZH, "check_bill", "账单给我看看")
    second = await data.propose(XUE, "Two", None)
    await add(data, XUE, EN, "check_balance", "what is left of it")

    taken = await data.take_back(XUE, first["id"])
    assert taken["state"] == "taken_back"
    assert {item["title"]: item["state"] for item in await data.proposals()} == {"One": "taken_back", "Two": "open"}
    [file] = await data.diff(XUE, None)
    lines = [line for hunk in file["hunks"] for line in hunk["lines"]]
    added = [line["text"].strip() for line in lines if line["kind"] == "added"]
    assert (file["path"], added) == (EN, ["- read me the bill", "- what is left of it"])

    again = await data.propose(XUE, "Both", None)
    assert again["holds"] == []
    assert (await data.publish(XUE, again["id"])).commit
    assert (await data.publish(XUE, second["id"])).commit
    text = (installation / EN).read_text("utf-8")
    assert text.count("- read me the bill\n") == text.count("- what is left of it\n") == 1
    assert (await data.state(XUE))["changed"] == []


async def test_a_proposal_is_taken_back_by_its_author_while_it_is_open_and_nothing_builds_on_it(
    data: LanguageData,
) -> None:
    await add(data, XUE, EN, "check_bill", "read me the bill")
    first = await data.propose(XUE, "One", None)
    with pytest.raises(Forbidden):
        await data.take_back(LEI, first["id"])
    await change(data, XUE, EN, "check_bill", "read me the bill", "please read me the bill")
    second = await data.propose(XUE, "Two", None)
    with pytest.raises(StillNeeded, match="Two"):
        await data.take_back(XUE, first["id"])
    await data.take_back(XUE, second["id"])
    await data.take_back(XUE, first["id"])
    for proposal in (first, second):
        with pytest.raises(BadRequest):
            await data.take_back(XUE, proposal["id"])
        with pytest.raises(BadRequest, match="taken this proposal back"):
            await data.publish(LEI, proposal["id"])
    assert [item["path"] for item in (await data.state(XUE))["changed"]] == [EN]


async def test_taking_back_in_a_copy_that_was_made_anew_finds_the_edits(data: LanguageData, tmp_path: Path) -> None:
    await add(data, XUE, EN, "check_bill", "read me the bill")
    proposal = await data.propose(XUE, "One", None)
    shutil.rmtree(tmp_path / "copies" / "xue")
    await data.take_back(XUE, proposal["id"])
    [changed] = (await data.state(XUE))["changed"]
    assert (changed["path"], changed["added"], changed["removed"]) == (EN, 1, 0)


async def test_refreshing_brings_in_what_others_published_and_keeps_what_is_not_proposed(data: LanguageData) -> None:
    await add(data, LEI, EN, "check_bill", "bill of this month")
    await add(data, XUE, EN, "check_bill", "read me the bill")
    await data.publish(LEI, (await data.propose(LEI, "Other", None))["id"])
    assert (await data.state(XUE))["behind"] == 1

    assert (await data.refresh(XUE))["merged"]
    state = await data.state(XUE)
    assert state["behind"] == 0
    assert state["changed"] == [{"path": EN, "status": "modified", "added": 1, "removed": 0}]
    async with data.copies.of(XUE) as root:
        text = read_text(root, EN)
    assert "    - read me the bill\n" in text and "    - bill of this month\n" in text
    assert (await data.publish(XUE, (await data.propose(XUE, "One", None))["id"])).commit


async def test_refreshing_on_top_of_an_open_proposal_keeps_both(data: LanguageData) -> None:
    await add(data, XUE, EN, "check_bill", "read me the bill")
    await data.propose(XUE, "One", None)
    await add(data, XUE, ZH, "check_bill", "账单给我看看")
    await add(data, LEI, EN, "check_balance", "money left")
    await data.publish(LEI, (await data.propose(LEI, "Other", None))["id"])
    assert (await data.refresh(XUE))["merged"]
    assert [item["path"] for item in (await data.state(XUE))["changed"]] == [ZH]
    async with data.copies.of(XUE) as root:
        assert "read me the bill" in read_text(root, EN) and "money left" in read_text(root, EN)


async def test_a_refresh_that_clashes_changes_nothing(data: LanguageData) -> None:
    await change(data, XUE, EN, "check_bill", "last bill", "my last bill")
    await change(data, LEI, EN, "check_bill", "last bill", "the last bill")
    await data.publish(LEI, (await data.propose(LEI, "Other", None))["id"])
    before = await data.diff(XUE, None)
    answer = await data.refresh(XUE)
    assert not answer["merged"] and answer["conflicts"][0]["line"] == 9
    assert await data.diff(XUE, None) == before


async def test_edits_are_dropped_by_file_or_all(data: LanguageData) -> None:
    await add(data, XUE, EN, "check_bill", "read me the bill")
    await add(data, XUE, ZH, "check_bill", "账单给我看看")
    async with data.copies.of(XUE) as root:
        write_text(root, "data/nlu/fresh.en.yml", 'version: "3.1"\n\nnlu: []\n')
    kinds = {item["path"]: item["status"] for item in (await data.state(XUE))["changed"]}
    assert kinds == {EN: "modified", ZH: "modified", "data/nlu/fresh.en.yml": "added"}
    assert await data.discard(XUE, EN) == [EN]
    assert sorted(await data.discard(XUE, None)) == [ZH, "data/nlu/fresh.en.yml"]
    assert (await data.state(XUE))["changed"] == []
    with pytest.raises(BadRequest, match="Nothing is edited"):
        await data.propose(XUE, "Nothing", None)


@pytest.mark.parametrize("path", ["../secret", "config.yml", "data/../README.md", "/etc/passwd"])
async def test_files_that_trainers_do_not_edit_cannot_be_named(data: LanguageData, path: str) -> None:
    with pytest.raises(BadRequest):
        await data.discard(XUE, path)


@pytest.mark.parametrize(
    ("path", "text", "rule", "words"),
    [
        (EN, 'version: "3.1"\nnlu:\n- intent: check_bill\n  examples: [\n', "files_read", f"{EN}, line"),
        (EN, None, "one_intent", "stands for"),
        ("data/nlu/more.en.yml", "ask_moon", "intent_known", "no intent ask_moon"),
        (ZH, "tests", "tests_unseen", "is a test sentence"),
        (EN, "[my [last](period) bill](thing)", "files_read", f"{EN}, line 12: marks of entities overlap"),
        (EN, 'my [last]{"entity": bill', "files_read", f"{EN}, line 12: marks of entities overlap or are not closed"),
        (
            "data/knowledge/late_payment.yml",
            "id: late_payment\n",
            "files_read",
            "data/knowledge/late_payment.yml: lacks",
        ),
    ],
)
async def test_data_that_would_do_harm_is_not_published(
    data: LanguageData, installation: Path, path: str, text: str | None, rule: str, words: str
) -> None:
    async with data.copies.of(XUE) as root:
        if text is None:
            wrong = add_example(read_text(root, EN), EN, "check_balance", "Last bill!")[0]
        elif text == "ask_moon":
            wrong = 'version: "3.1"\n\nnlu:\n- intent: ask_moon\n  examples: |\n    - moon\n'
        elif "](" in text or "]{" in text:
            wrong = read_text(root, EN).replace("    - balance\n", f"    - {text}\n")
        elif text == "tests":
            wrong = add_example(read_text(root, ZH), ZH, "check_bill", "could you read my invoice to me")[0]
        else:
            wrong = text
        write_text(root, path, wrong)
    proposal = await data.propose(XUE, "Wrong", None)
    before = git(installation, "rev-parse", "main")
    refused = await data.publish(XUE, proposal["id"])
    assert refused.commit is None
    told = {item.rule: item for item in refused.refusals}
    assert words in told[rule].why and told[rule].todo
    assert git(installation, "rev-parse", "main") == before


async def test_an_edit_by_hand_in_the_installation_is_not_overwritten(data: LanguageData, installation: Path) -> None:
    await add(data, XUE, EN, "check_bill", "read me the bill")
    proposal = await data.propose(XUE, "One", None)
    (installation / EN).write_text((installation / EN).read_text("utf-8") + "# by hand\n", "utf-8")
    with pytest.raises(NoWorkingCopy, match=rf"{EN} was changed by hand") as refused:
        await data.publish(XUE, proposal["id"])
    assert refused.value.cause.values == {"files": EN}
    assert (installation / EN).read_text("utf-8").endswith("# by hand\n")


async def test_other_files_clash_as_text(data: LanguageData) -> None:
    path = "data/responses/billing.yml"
    for user, words in ((XUE, "You owe us {amount}."), (LEI, "{amount} is due.")):
        async with data.copies.of(user) as root:

            def change(document: object, words: str = words) -> None:
                document["responses"]["utter_billing_due"][0]["text"] = words  # type: ignore[index]

            write_text(root, path, edited(read_text(root, path), path, change))
    one, other = await data.propose(XUE, "One", None), await data.propose(LEI, "Other", None)
    assert (await data.publish(XUE, one["id"])).commit
    refused = await data.publish(LEI, other["id"])
    assert [(item.path, item.line) for item in refused.conflicts] == [(path, 5)]


async def test_without_a_checkout_it_is_said_what_is_missing(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    files_of(plain)
    data = LanguageData(WorkingCopies(plain, tmp_path / "copies"))
    state = await data.state(XUE)
    assert not state["available"] and "no git checkout" in state["missing"]
    assert state["cause"] == {"case": "no_checkout", "values": {}}
    with pytest.raises(NoWorkingCopy, match="no git checkout") as refused:
        await data.diff(XUE, None)
    assert refused.value.more == {"cause": state["cause"]}, "a page says it in its language"
    git(plain, "init", "-q", "-b", "main")
    assert "no commit" in (await data.state(XUE))["missing"]


async def test_a_checkout_on_no_branch_is_told(installation: Path, data: LanguageData) -> None:
    git(installation, "checkout", "-q", "--detach")
    assert "on no branch" in (await data.state(XUE))["missing"]


async def test_a_copy_that_was_cut_short_is_made_again(data: LanguageData, tmp_path: Path) -> None:
    await add(data, XUE, EN, "check_bill", "read me the bill")
    shutil.rmtree(tmp_path / "copies" / "xue" / ".git")
    assert (await data.state(XUE))["changed"] == []
