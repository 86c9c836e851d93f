"""Where the first encoder leaves doubt about an English message, the second one is heard; nowhere else."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from bot.assistant.nlu.choices import TrainingChoices
from bot.assistant.nlu.english_encoder import english_encoder
from bot.assistant.nlu.intent_model import IntentModel, Understood
from bot.assistant.nlu.meaning import shared_encoder
from bot.assistant.nlu.second_opinion import NO_SECOND_LIMITS, Heard, SecondLimits

EXAMPLES = {
    "check_bill": [
        "why is my bill so high",
        "show me this month's bill",
        "what was I charged for",
        "账单为什么这么多",
        "查账单",
    ],
    "report_fault": [
        "my internet is down",
        "the wifi stopped working",
        "no connection since noon",
        "宽带断了",
        "没有网",
    ],
    "request_human": ["let me talk to a person", "get me an agent", "a human please", "转人工", "找客服"],
}
TEXTS = [text for texts in EXAMPLES.values() for text in texts]
NAMES = [name for name, texts in EXAMPLES.items() for _ in texts]
MESSAGE = "my web access has gone kaput"


ALWAYS, NEVER = 1.1, 0.0
"""Confidence below which a message is in doubt: so few examples leave none."""


@cache
def _model(share: float = 0.5, below: float = ALWAYS, english: bool = True) -> IntentModel:
    rows = [row for row, text in enumerate(TEXTS) if english or not text.isascii()]
    texts, names = [TEXTS[row] for row in rows], [NAMES[row] for row in rows]
    choices = TrainingChoices(folds=2, tuning_epochs=2, second_share=share, second_below=below)
    return IntentModel.train(texts, shared_encoder().meanings(texts), names, choices, english_encoder().vectors)


def _understood(model: IntentModel, *texts: str) -> list[Understood]:
    return model.understand(texts, shared_encoder().meanings(texts), 3)


def test_an_english_message_is_heard_twice_where_there_is_doubt() -> None:
    [alone], [both], [sure] = (_understood(model, MESSAGE) for model in (_model(0.0), _model(), _model(below=NEVER)))
    assert alone.ranking == sure.ranking != both.ranking
    assert both.ranking[0][0] == "report_fault"


def test_chinese_is_understood_as_without_it() -> None:
    texts = ("网好像有点问题", "我要问个事", "账单")
    assert _understood(_model(0.0), *texts) == _understood(_model(), *texts)


def test_messages_are_heard_together_as_they_are_alone() -> None:
    texts = (MESSAGE, "转人工", "why that amount", "what on earth")
    for text, together in zip(texts, _understood(_model(), *texts), strict=True):
        [alone] = _understood(_model(), text)
        assert [label for label, _ in together.ranking] == [label for label, _ in alone.ranking]
        assert np.allclose([c for _, c in together.ranking], [c for _, c in alone.ranking], atol=1e-4)
        assert together.refused == alone.refused


def test_without_english_examples_nobody_is_asked() -> None:
    model = _model(english=False)
    assert model.second is None
    assert _understood(model, MESSAGE)[0].ranking


def test_a_stored_opinion_says_the_same(tmp_path: Path) -> None:
    _model().save(tmp_path)
    assert _understood(IntentModel.load(tmp_path), MESSAGE) == _understood(_model(), MESSAGE)


def test_explaining_counts_what_the_second_one_heard() -> None:
    texts = [MESSAGE, "my web access has gone"]
    meanings = shared_encoder().meanings(texts)
    (alone, _), (both, _) = (_model(share).parts(texts, meanings) for share in (0.0, 0.5))
    assert not np.allclose(alone, both, atol=0.1)
    assert both[0].argmax() == _model().labels.index("report_fault")


def test_limits_refuse_the_share_that_was_allowed_and_only_what_is_in_doubt() -> None:
    random = np.random.default_rng(2)
    count, share = 2_000, 0.03
    first, nearness, typical = (random.standard_normal(count).astype(np.float32) for _ in range(3))
    none = np.zeros((count, 4), np.float32)
    highest, heard = random.standard_normal(count).astype(np.float32), Heard(none, nearness, none, typical)
    served, doubtful = random.random(count) < 0.8, first < -0.5
    refused = SecondLimits.from_unseen(first, highest, heard, doubtful, served, share).refuses(first, highest, heard)
    assert abs(int((refused & doubtful & served).sum()) - share * served.sum()) <= 1
    few = np.zeros(count, dtype=np.bool_)
    few[:10] = served[:10] = True
    refused = SecondLimits.from_unseen(first, highest, heard, few, served, share).refuses(first, highest, heard)
    assert (refused & few).sum() == 5, "where little is in doubt, half of it is heard all the same"
    assert SecondLimits.from_unseen(first, highest, heard, few & False, served, share) == NO_SECOND_LIMITS
