"""What a knowledge article is, and what the questions and search results around it look like."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from bot.errors import BotError, NotFound

LANGUAGES = ("zh", "en")
INTENT_PREFIX = "faq/"


class ArticleNotFound(NotFound):
    """No knowledge article has this id. Search for it, or offer a person."""

    code = "article_not_found"


class KnowledgeDataInvalid(BotError):
    """A knowledge file cannot be used. The message names the file and what to put right."""

    status, code = 500, "knowledge_data_invalid"


@dataclass(frozen=True)
class Article:
    """One answer that the operator's people keep true, in every language of `LANGUAGES`."""

    #: snake_case; the file's name without its ending
    id: str
    #: by language
    title: Mapping[str, str]
    #: by language; lines are separated by "\n", no blank line at either end
    answer: Mapping[str, str]
    #: the team that keeps it
    owner: str
    #: the day on which its owner has to read it again
    review_date: dt.date
    #: where its facts come from; for people, not shown to customers
    source: str
    #: intents offered as buttons, in order, three at most
    leads_to: tuple[str, ...] = ()

    @property
    def intent(self) -> str:
        """The intent of a customer who asks this: `faq/<id>`."""
        return INTENT_PREFIX + self.id

    def is_overdue(self, today: dt.date) -> bool:
        """Whether the day of its review has passed."""
        return self.review_date < today


@dataclass(frozen=True)
class Question:
    """One way in which customers ask for an article."""

    article_id: str
    language: str
    text: str


@dataclass(frozen=True)
class Hit:
    """An article that a search found."""

    article: Article
    #: -1 to 1, higher is nearer; comparable between searches
    score: float
