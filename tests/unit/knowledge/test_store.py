"""Knowledge files: what is accepted, what is refused with the file's name, and what the shipped folder holds."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import numpy as np
import pytest
import yaml

from bot.errors import BotError
from bot.knowledge.model import LANGUAGES, KnowledgeDataInvalid, Question
from bot.knowledge.store import VectorCache, fingerprint_of, load_articles, load_questions

DATA = Path(__file__).resolve().parents[3] / "data"
WRITTEN_ON = dt.date(2026, 11, 22)
MIN_ARTICLES = 40
MIN_QUESTIONS = 30
ANSWER_LINES = range(2, 7)


def row(**changes: object) -> dict[str, object]:
    """Return one good article with some fields changed; None removes a field."""
    good: dict[str, object] = {
        "id": "data_rollover",
        "title": {"zh": "流量结转", "en": "Rollover"},
        "owner": "plans-content",
        "review_date": dt.date(2027, 3, 1),
        "source": "operator handbook",
        "leads_to": ["check_usage"],
        "answer": {"zh": "可以。\n结转一次。\n", "en": "Yes.\nOnce.\n"},
    }
    return {key: value for key, value in (good | changes).items() if value is not None}


def write(folder: Path, data: object, name: str = "data_rollover.yml") -> Path:
    """Write one YAML file and return the folder."""
    (folder / name).write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return folder


def test_a_good_file_becomes_an_article(tmp_path: Path) -> None:
    article = load_articles(write(tmp_path, row()))["data_rollover"]
    assert article.intent == "faq/data_rollover"
    assert article.title == {"zh": "流量结转", "en": "Rollover"}
    assert article.answer["en"] == "Yes.\nOnce."
    assert article.owner == "plans-content"
    assert article.review_date == dt.date(2027, 3, 1)
    assert article.source == "operator handbook"
    assert article.leads_to == ("check_usage",)


def test_buttons_may_be_left_out(tmp_path: Path) -> None:
    assert load_articles(write(tmp_path, row(leads_to=None)))["data_rollover"].leads_to == ()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (row(id="rollover"), "'rollover'"),
        (row(price="5"), "price"),
        (row(answers={"zh": "x"}), "answers"),
        (row(owner=None), "lacks owner"),
        (row(source=None), "lacks source"),
        (row(review_date=None), "lacks review_date"),
        (row(review_date="next spring"), "'next spring'"),
        (row(review_date="2027-03-01"), "'2027-03-01'"),
        (row(review_date=dt.datetime(2027, 3, 1, 8, 0)), "review_date"),
        (row(title={"zh": "流量结转"}), "title"),
        (row(answer={"zh": "可以。"}), "answer"),
        (row(answer={"zh": "可以。", "en": "  "}), "answer.en"),
        (row(answer={"zh": "可以。", "en": "Yes.", "fr": "Oui."}), "answer"),
        (row(answer="Yes."), "answer"),
        (row(owner=7), "owner"),
        (row(leads_to="check_usage"), "leads_to"),
        (row(leads_to=["Check usage"]), "leads_to"),
        (row(leads_to=["a", "b", "c", "d"]), "3"),
        (row(leads_to=["a", "a"]), "different"),
        (["not", "an", "article"], "one article"),
        (None, "one article"),
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path: Path, data: object, said: str) -> None:
    with pytest.raises(KnowledgeDataInvalid, match=re.escape(said)) as caught:
        load_articles(write(tmp_path, data))
    assert caught.value.message.startswith("data_rollover.yml")


@pytest.mark.parametrize("text", ["id: [", "review_date: 2027-13-01", "a: b: c"])
def test_broken_yaml_is_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "data_rollover.yml").write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeDataInvalid, match=r"^data_rollover\.yml is not valid YAML"):
        load_articles(tmp_path)


def test_a_file_in_another_encoding_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "data_rollover.yml").write_bytes("title: 流量".encode("gbk"))
    with pytest.raises(KnowledgeDataInvalid, match=r"^data_rollover\.yml is not valid YAML in UTF-8"):
        load_articles(tmp_path)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeDataInvalid, match="no article"):
        load_articles(tmp_path)


def test_a_review_that_is_past_due_is_an_error_only_when_asked_for(tmp_path: Path) -> None:
    folder = write(tmp_path, row())
    due = dt.date(2027, 3, 1)
    assert "data_rollover" in load_articles(folder, today=due)
    with pytest.raises(KnowledgeDataInvalid, match=r"^data_rollover\.yml was due for review on 2027-03-01"):
        load_articles(folder, today=due + dt.timedelta(days=1))
    assert load_articles(folder)["data_rollover"].is_overdue(due + dt.timedelta(days=1))


def test_errors_belong_to_the_one_tree() -> None:
    assert issubclass(KnowledgeDataInvalid, BotError)


def test_questions_carry_article_language_and_text(tmp_path: Path) -> None:
    rows = {"nlu": [{"intent": "faq/data_rollover", "examples": "- 流量能结转吗\n- wi-fi - 5G\n\n"}]}
    assert load_questions(write(tmp_path, rows, "knowledge_x.zh.yml")) == (
        Question("data_rollover", "zh", "流量能结转吗"),
        Question("data_rollover", "zh", "wi-fi - 5G"),
    )


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("knowledge_x.zh.yml", {"nlu": [{"intent": "check_bill", "examples": "- 账单"}]}),
        ("knowledge_x.zh.yml", {"nlu": [{"intent": "faq/data_rollover"}]}),
        ("knowledge_x.zh.yml", {"nlu": "nothing"}),
        ("knowledge_x.zh.yml", []),
        ("knowledge_x.fr.yml", {"nlu": []}),
        ("knowledge_x.yml", {"nlu": []}),
    ],
)
def test_a_wrong_question_file_is_refused_by_name(tmp_path: Path, name: str, data: object) -> None:
    with pytest.raises(KnowledgeDataInvalid, match=f"^{re.escape(name)}"):
        load_questions(write(tmp_path, data, name))


def test_no_question_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeDataInvalid, match="no knowledge_"):
        load_questions(tmp_path)


class TestVectorCache:
    vectors = np.arange(6, dtype=np.float32).reshape(3, 2)

    def test_what_was_written_is_read(self, tmp_path: Path) -> None:
        cache = VectorCache(tmp_path / "new" / "folder")
        cache.write("abc", self.vectors)
        found = cache.read("abc", rows=3)
        assert found is not None and np.array_equal(found, self.vectors)

    def test_nothing_is_found_under_another_fingerprint(self, tmp_path: Path) -> None:
        cache = VectorCache(tmp_path)
        cache.write("abc", self.vectors)
        assert cache.read("abd", rows=3) is None

    def test_a_newer_matrix_replaces_the_older_file(self, tmp_path: Path) -> None:
        cache = VectorCache(tmp_path)
        cache.write("old", self.vectors)
        cache.write("new", self.vectors)
        assert {path.name for path in tmp_path.iterdir()} == {"knowledge-new.npy", "knowledge-new.json"}

    def test_a_text_is_known_from_another_list_of_the_same_encoder(self, tmp_path: Path) -> None:
        cache = VectorCache(tmp_path)
        cache.write("old", self.vectors, ["a", "b", "c"], "one")
        assert np.array_equal(cache.known("one")["b"], self.vectors[1])
        assert cache.known("two") == {}
        (tmp_path / "knowledge-old.json").write_text("{", encoding="utf-8")
        assert cache.known("one") == {}

    @pytest.mark.parametrize("content", [b"", b"half a file", b"\x93NUMPY\x01\x00"])
    def test_a_damaged_file_counts_as_absent(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "knowledge-abc.npy").write_bytes(content)
        assert VectorCache(tmp_path).read("abc", rows=3) is None

    def test_a_matrix_of_another_size_counts_as_absent(self, tmp_path: Path) -> None:
        cache = VectorCache(tmp_path)
        cache.write("abc", self.vectors)
        assert cache.read("abc", rows=4) is None

    def test_a_folder_that_cannot_be_made_is_no_error(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way", encoding="utf-8")
        cache = VectorCache(tmp_path / "file")
        cache.write("abc", self.vectors)
        assert cache.read("abc", rows=3) is None

    def test_the_fingerprint_follows_texts_order_borders_and_encoder(self) -> None:
        prints = {
            fingerprint_of(["a", "b"], "one"),
            fingerprint_of(["b", "a"], "one"),
            fingerprint_of(["ab"], "one"),
            fingerprint_of(["a", "b"], "two"),
        }
        assert len(prints) == 4
        assert fingerprint_of(["a", "b"], "one") in prints


class TestShippedArticles:
    articles = load_articles(DATA / "knowledge", today=WRITTEN_ON)

    def test_there_are_at_least_forty(self) -> None:
        assert len(self.articles) >= MIN_ARTICLES

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_each_has_a_title_and_a_short_answer_in_both_languages(self, language: str) -> None:
        for article in self.articles.values():
            lines = article.answer[language].splitlines()
            assert len(lines) in ANSWER_LINES and all(line.strip() for line in lines), article.id
            assert bool(re.search(r"[\u4e00-\u9fff]", article.title[language])) == (language == "zh"), article.id
            assert bool(re.search(r"[\u4e00-\u9fff]", article.answer[language])) == (language == "zh"), article.id

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_each_has_thirty_different_questions_in_both_languages(self, language: str) -> None:
        asked: dict[str, set[str]] = {article_id: set() for article_id in self.articles}
        for question in load_questions(DATA / "nlu"):
            if question.language == language:
                asked[question.article_id].add(question.text.casefold())
        few = {article_id: len(texts) for article_id, texts in asked.items() if len(texts) < MIN_QUESTIONS}
        assert few == {}

    def test_titles_are_unique(self) -> None:
        titles = [title for article in self.articles.values() for title in article.title.values()]
        assert len(set(titles)) == len(titles)

    def test_buttons_name_intents_that_customers_language_data_knows(self) -> None:
        known = {
            entry["intent"]
            for path in (DATA / "nlu").glob("*.yml")
            for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
            if "intent" in entry
        }
        wanted = {intent for article in self.articles.values() for intent in article.leads_to}
        assert wanted - known == set()
