"""Knowledge articles on a trainer's working copy: read, changed, contributed."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.errors import BadRequest, BotError, Conflict, NotFound
from bot.handoff.model import User
from bot.knowledge.model import INTENT_PREFIX, KnowledgeDataInvalid
from bot.knowledge.store import load_articles
from bot.training.causes import Cause
from bot.training.data.copies import WorkingCopies
from bot.training.data.files import edited, read_text, styled, write_text
from bot.training.data.intents import checked_sides, make_intent
from bot.training.data.model import LANGUAGES, DataFileWrong, checked_topic
from bot.training.data.texts import ARTICLES, checked_words, read_articles

_ARTICLE_ID = re.compile(r"[a-z][a-z0-9_]*")
_NEEDED = ("title", "answer", "owner", "source", "review_date")
#: an article's file before anything is in it, in the order and form of the others
_EMPTY = """\
id: {id}
title: {{zh: "-", en: "-"}}
owner: "-"
review_date: 2000-01-01
source: "-"
answer:
  zh: |
    -
  en: |
    -
"""


class ArticleData:
    """What the bot knows."""

    def __init__(self, copies: WorkingCopies) -> None:
        self._copies = copies

    async def all(self, user: User, today: dt.date) -> list[dict[str, Any]]:
        """Every article; `due` when the day of its review has come."""
        async with self._copies.of(user) as root:
            found = await asyncio.to_thread(read_articles, root)
        return [
            {
                "id": item.id,
                "title": dict(item.title),
                "owner": item.owner,
                "review_date": item.review_date.isoformat(),
                "due": item.review_date <= today,
            }
            for item in found.values()
        ]

    async def one(self, user: User, article_id: str) -> dict[str, Any]:
        """Raises NotFound when there is none."""
        async with self._copies.of(user) as root:
            item = (await asyncio.to_thread(read_articles, root)).get(article_id)
        if item is None:
            raise NotFound("No article has this id.")
        return {
            "id": item.id,
            "title": dict(item.title),
            "answer": dict(item.answer),
            "owner": item.owner,
            "review_date": item.review_date.isoformat(),
            "source": item.source,
            "leads_to": list(item.leads_to),
            "path": _path_of(item.id),
        }

    async def add(self, user: User, body: Mapping[str, Any]) -> dict[str, Any]:
        """Contribute an article: its file, and the questions of both languages that ask for it.

        Args:
            body: `id`, `title`, `answer` (each in both languages), `owner`, `source`, `review_date`, `questions` (some
                in each language) and the `topic` whose files the questions go to.

        Raises:
            BadRequest: something is missing, or cannot be what it should.
            Conflict: there is an article of that id, or examples that ask for one.
            DataFileWrong: the product could not use it; nothing is written.
        """
        article_id, topic = _id_of(body), checked_topic(body.get("topic"))
        values = _changes(body)
        lacks = [key for key in _NEEDED if key not in values]
        lacks += [key for key in ("title", "answer") if key in values and set(values[key]) != set(LANGUAGES)]
        if lacks:
            raise BadRequest(f"A new article needs {', '.join(lacks)}, texts in both languages.")
        questions = checked_sides(body.get("questions"), "questions")
        path = _path_of(article_id)

        def do(root: Path) -> None:
            if (root / path).exists():
                raise Conflict("There is an article of that name. Choose another, or change that one.")
            empty = _EMPTY.format(id=article_id)
            try:
                write_text(root, path, edited(empty, path, lambda document: _put(document, values)))
                load_articles((root / path).parent)
                make_intent(root, INTENT_PREFIX + article_id, topic, questions)
            except KnowledgeDataInvalid as exc:
                (root / path).unlink(missing_ok=True)
                raise DataFileWrong(path, None, Cause("file_article"), exc.message) from exc
            except BotError:
                (root / path).unlink(missing_ok=True)
                raise

        async with self._copies.of(user) as root:
            await asyncio.to_thread(do, root)
        return await self.one(user, article_id)

    async def change(self, user: User, article_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Change `title`, `answer` (each by language), `owner`, `source` or `review_date`.

        Raises:
            NotFound: there is none.
            BadRequest: a value cannot be one.
            DataFileWrong: the product could not use what would come out; nothing is written.
        """
        changes = _changes(body)

        def do(root: Path) -> None:
            path = _path_of(article_id)
            if not _ARTICLE_ID.fullmatch(article_id) or not (root / path).is_file():
                raise NotFound("No article has this id.")
            before = read_text(root, path)
            write_text(root, path, edited(before, path, lambda document: _put(document, changes)))
            try:
                load_articles((root / path).parent)
            except KnowledgeDataInvalid as exc:
                write_text(root, path, before)
                raise DataFileWrong(path, None, Cause("file_article"), exc.message) from exc

        async with self._copies.of(user) as root:
            await asyncio.to_thread(do, root)
        return await self.one(user, article_id)


def _path_of(article_id: str) -> str:
    return f"{ARTICLES}/{article_id}.yml"


def _id_of(body: Mapping[str, Any]) -> str:
    given = body.get("id")
    if not isinstance(given, str) or not _ARTICLE_ID.fullmatch(given):
        raise BadRequest("An article is named in small letters, digits and underscores, like moving_home.")
    return given


def _put(document: Any, values: Mapping[str, Any]) -> None:
    """Put values into an article's document, written as what stood there."""
    for key, value in values.items():
        if isinstance(value, dict):
            for language, words in value.items():
                document[key][language] = styled(document[key][language], words)
        else:
            document[key] = value if isinstance(value, dt.date) else styled(document[key], value)


def _changes(body: Mapping[str, Any]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for key in ("title", "answer"):
        if key in body:
            given = body[key]
            if not isinstance(given, dict) or not given or set(given) - set(LANGUAGES):
                raise BadRequest(f"{key} gives a text for zh, en or both.")
            changes[key] = {language: checked_words(words, key) for language, words in given.items()}
    changes |= {key: checked_words(body[key], key) for key in ("owner", "source") if key in body}
    if "review_date" in body:
        try:
            changes["review_date"] = dt.date.fromisoformat(str(body["review_date"]))
        except ValueError as exc:
            raise BadRequest("review_date is a day such as 2027-03-31.") from exc
    if not changes:
        raise BadRequest("Send what to change: title, answer, owner, source or review_date.")
    return changes
