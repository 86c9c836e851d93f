"""Edits of the data files: what was not touched stays byte for byte, and what is wrong is said with file and line."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from bot.errors import BadRequest
from bot.training.data.files import (
    add_example,
    add_intent,
    change_example,
    edited,
    examples_of,
    load,
    nlu_files,
    read_examples,
    read_text,
    remove_example,
)
from bot.training.data.merge import resolved, three_way
from bot.training.data.model import (
    DataFileWrong,
    ExampleKnown,
    ExampleNotFound,
    Mark,
    MarksOverlap,
    checked_text,
    read_marks,
    with_marks,
)

ROOT = Path(__file__).resolve().parents[3]
DATA_FILES = sorted(
    file.relative_to(ROOT).as_posix()
    for folder in ("nlu", "responses", "knowledge")
    for file in (ROOT / "data" / folder).glob("*.yml")
)
SMALL = """version: "3.1"

# what people owe
nlu:
- intent: check_bill  # the newest one
  examples: |
    - show me my bill
    - 账单 please

# and what they have
- intent: check_balance
  examples: |
    - balance
"""


def changed_lines(before: str, after: str) -> list[str]:
    return [
        line
        for line in difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
        if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]


@pytest.mark.parametrize("path", DATA_FILES)
def test_a_file_in_which_nothing_is_changed_stays_byte_for_byte(path: str) -> None:
    text = read_text(ROOT, path)
    assert edited(text, path, lambda _document: None) == text


@pytest.mark.parametrize("path", [path for path in DATA_FILES if "/nlu/" in path][::5])
def test_an_added_example_is_one_line(path: str) -> None:
    text = read_text(ROOT, path)
    intent = examples_of(text, path)[0].intent
    after, edit = add_example(text, path, intent, "a sentence that nobody: ever # wrote")
    assert changed_lines(text, after) == ["+    - a sentence that nobody: ever # wrote"]
    assert after.splitlines()[edit.line - 1] == "    - a sentence that nobody: ever # wrote"
    assert remove_example(after, path, intent, edit.text) == text


def test_one_variation_of_a_response_is_one_line_even_where_lists_are_laid_out_in_two_ways() -> None:
    path = "data/responses/faults.yml"
    text = read_text(ROOT, path)
    for name, variations in list(load(text, path)["responses"].items())[::20]:

        def change(document: object, name: str = name) -> None:
            document["responses"][name][-1]["text"] = "Other words: {area}."  # type: ignore[index]

        after = edited(text, path, change)
        lines = changed_lines(text, after)
        assert all("Other words" in line for line in lines if line[0] == "+"), name
        assert load(after, path)["responses"][name][-1]["text"] == "Other words: {area}."
        assert len(load(after, path)["responses"][name]) == len(variations)
        assert len(lines) <= 2 + variations[-1]["text"].count("\n") + 1


def test_comments_stay_where_they_are_when_examples_around_them_change() -> None:
    after, _ = add_example(SMALL, "data/nlu/a.en.yml", "check_bill", "what do I pay")
    after, _ = change_example(after, "data/nlu/a.en.yml", "check_balance", "balance", "my balance")
    after = remove_example(after, "data/nlu/a.en.yml", "check_bill", "show me my bill")
    assert changed_lines(SMALL, after) == [
        "-    - show me my bill",
        "+    - what do I pay",
        "-    - balance",
        "+    - my balance",
    ]


def test_line_ends_of_another_system_stay() -> None:
    text = SMALL.replace("\n", "\r\n")
    after, _ = add_example(text, "data/nlu/a.en.yml", "check_bill", "what do I pay")
    assert after.replace("\r\n", "\n").count("\n") == after.count("\r\n") == text.count("\r\n") + 1


def test_an_intent_is_added_at_the_end_and_goes_with_its_last_example() -> None:
    path = "data/nlu/a.en.yml"
    after = add_intent(SMALL, path, "ask_moon", ["to the moon"])
    assert [item.intent for item in examples_of(after, path)][-1] == "ask_moon"
    assert remove_example(after, path, "ask_moon", "to the moon") == SMALL
    assert [item.text for item in examples_of(add_intent("", path, "ask_moon", ["moon"]), path)] == ["moon"]


def test_an_example_that_stands_there_already_is_refused_with_its_line() -> None:
    with pytest.raises(ExampleKnown, match="line 7"):
        add_example(SMALL, "data/nlu/a.en.yml", "check_bill", "Show me  my bill!")
    with pytest.raises(ExampleNotFound):
        change_example(SMALL, "data/nlu/a.en.yml", "check_bill", "nothing like it", "x")
    more, _ = add_example(SMALL, "data/nlu/a.en.yml", "check_bill", "show me my biil")
    with pytest.raises(ExampleKnown, match="line 7"):
        change_example(more, "data/nlu/a.en.yml", "check_bill", "show me my biil", "Show me my bill")
    changed, _ = change_example(more, "data/nlu/a.en.yml", "check_bill", "show me my biil", "Show me my biil!")
    assert changed == more.replace("show me my biil", "Show me my biil!")


@pytest.mark.parametrize(
    ("text", "line", "words", "case"),
    [
        (SMALL.replace("nlu:", "nlu: ["), 5, "no YAML", "file_yaml_indent"),
        (SMALL.replace("- intent: check_balance", "- intent: check_balance: x"), 11, "no YAML", "file_yaml_colon"),
        (SMALL.replace("- intent: check_balance", "\t- intent: check_balance"), 11, "no YAML", "file_yaml_sign"),
        (SMALL.replace("- intent: check_balance", '- intent: "check_balance'), 14, "no YAML", "file_yaml_quote"),
        (SMALL.replace("    - balance", "    balance"), 13, "begins with", "file_dash"),
        (SMALL.replace("- intent: check_balance", "- intnet: check_balance"), 11, "has an intent", "file_block"),
        (SMALL.replace("examples: |\n    - balance", "examples: [balance]"), 11, "has an intent", "file_block"),
        ("version: '3.1'\n", 1, "begins with version and nlu", "file_examples"),
        ("", 1, "empty", "file_empty"),
    ],
)
def test_what_was_broken_by_hand_is_told_with_file_and_line(text: str, line: int, words: str, case: str) -> None:
    with pytest.raises(DataFileWrong) as told:
        examples_of(text, "data/nlu/a.en.yml")
    assert told.value.message.startswith(f"data/nlu/a.en.yml, line {line}: ")
    assert words in told.value.message
    assert told.value.more["cause"] == {"case": case, "values": {"path": "data/nlu/a.en.yml", "line": line}}


def test_a_file_in_another_encoding_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.zh.yml").write_bytes("version: '3.1'\nnlu: 账单\n".encode("gb18030"))
    with pytest.raises(DataFileWrong, match=r"a.zh.yml, line 2: .*UTF-8"):
        read_text(tmp_path, "a.zh.yml")


def test_every_example_of_the_product_is_read_with_its_line() -> None:
    for path in nlu_files(ROOT):
        lines = read_text(ROOT, path).splitlines()
        for example in read_examples(ROOT, path):
            assert lines[example.line - 1].strip() == f"- {example.text}"


def test_marks_are_written_as_rasa_reads_them() -> None:
    from rasa.shared.nlu.training_data.entities_parser import find_entities_in_training_example, replace_entities

    plain = "把流量包 A 换成 5G畅享"
    marks = (Mark("addon", 1, 4), Mark("plan", 10, 14, value="five_g_plus"))
    text = with_marks(plain, marks)
    assert replace_entities(text) == plain
    found = find_entities_in_training_example(text)
    assert [(item["entity"], item["start"], item["end"], item["value"]) for item in found] == [
        ("addon", 1, 4, "流量包"),
        ("plan", 10, 14, "five_g_plus"),
    ]
    assert read_marks(text) == (plain, marks)


def test_marks_that_overlap_are_refused_by_name() -> None:
    with pytest.raises(MarksOverlap, match=r"plan \(5G畅\) and addon \(畅享\)"):
        with_marks("5G畅享", [Mark("addon", 2, 4), Mark("plan", 0, 3)])
    with pytest.raises(BadRequest, match="does not lie"):
        with_marks("short", [Mark("plan", 3, 9)])


@pytest.mark.parametrize("text", ["", "  ", "two\nlines", "tab\there", "nul\x00", "x" * 1_001, None, 7])
def test_what_cannot_be_an_example_is_refused(text: object) -> None:
    with pytest.raises(BadRequest):
        checked_text(text)


def rows(*texts: str) -> list[str]:
    return [f"    - {text}\n" for text in texts]


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "merged"),
    [
        (["a"], ["a", "b"], ["a", "c"], ["a", "b", "c"]),
        (["a"], ["a", "b"], ["a", "b"], ["a", "b"]),
        (["a", "b"], ["a"], ["a", "b", "c"], ["a", "c"]),
        (["a", "b"], ["a2", "b"], ["a", "b2"], ["a2", "b2"]),
        (["a"], ["a2"], [], ["a2"]),
        (["a"], ["a2"], ["a2"], ["a2"]),
        (["a"], ["a2"], ["a3"], None),
    ],
)
def test_what_two_did_to_examples_is_put_together_unless_they_changed_the_same_one(
    base: list[str], ours: list[str], theirs: list[str], merged: list[str] | None
) -> None:
    got = three_way(rows(*base), rows(*ours), rows(*theirs))
    assert got == (None if merged is None else rows(*merged))


def test_a_clash_names_line_and_intent() -> None:
    marked = (
        "nlu:\n- intent: check_bill\n  examples: |\n<<<<<<< ours\n    - a2\n||||||| base\n    - a\n=======\n"
        "    - a3\n>>>>>>> theirs\n"
    )
    _, clashes = resolved(marked, examples=True)
    assert [(one.line, one.intent, one.ours, one.theirs) for one in clashes] == [
        (4, "check_bill", ("- a2",), ("- a3",)),
    ]
