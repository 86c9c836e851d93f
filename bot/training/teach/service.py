"""What to teach next, from what customers came about in the last seven days."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.assistant.flows.model import load_flows
from bot.contracts import Conversation, Message, ReasonCode
from bot.conversations.masking import mask
from bot.handoff.model import User
from bot.knowledge.store import load_articles
from bot.training.data.model import LANGUAGES
from bot.training.examples import without_persons
from bot.training.inbox.model import heard_in
from bot.training.teach.model import FOR_PEOPLE, Matter, about, could_have_solved, returned, worst
from bot.training.teach.naming import proposed_names
from bot.training.teach.store import MatterStore, StrangeGroup

_WEEK = timedelta(days=7)
#: a week, and the seven days before whose conversations somebody may come back to
_LOOKED_AT = 2 * _WEEK + timedelta(days=1)
_LEAST_GROUP, _TOPICS, _COMMON = 2, 20, 2_000
_EXAMPLES = 5
#: how long a list is shown again before it is made anew
_KEPT = timedelta(minutes=10)


class MatterCollector:
    """Keeps what each turn was about; logs ids only."""

    def __init__(self, store: MatterStore, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock

    async def tidy(self) -> None:
        """Drop what no list looks at any more."""
        await self._store.drop(self._clock() - _LOOKED_AT)

    async def turn(
        self,
        conversation: Conversation,
        message: Message,
        events: Sequence[Mapping[str, Any]],
        _handed_over: ReasonCode | None,
    ) -> None:
        """A turn has been committed and the customer has the answer."""
        found = about(message.payload, message.text, events)
        if found is None:
            return
        heard = heard_in(events)
        text = without_persons(heard.text, heard.entities).strip() if heard is not None else mask(message.text)
        language = (heard.language if heard is not None else None) or conversation.language
        await self._store.add(Matter(conversation.id, message.seq, message.at, language, text, *found))


class TeachService:
    """The list of the week."""

    def __init__(self, store: MatterStore, files: Path, clock: Callable[[], datetime]) -> None:
        """`files` are the assistant's: its flows and articles say what it can answer."""
        self._store, self._files, self._clock = store, files, clock
        self._made: tuple[datetime, dict[str, Any]] | None = None

    async def week(self, user: User) -> dict[str, Any]:
        """What the last seven days would teach; articles by their title in the trainer's language."""
        now = self._clock()
        if self._made is None or now - self._made[0] >= _KEPT:
            self._made = (now, await self._make(now))
        found = self._made[1]
        language = next((name for name in user.languages if name in LANGUAGES), LANGUAGES[0])
        return {**found, "articles": [{**item, "title": item["title"][language]} for item in found["articles"]]}

    async def _make(self, now: datetime) -> dict[str, Any]:
        since, store = now - _WEEK, self._store
        handed = await store.handed_over(since, now)
        back = await store.came_back(since, now, _WEEK)
        articles = worst(await store.articles(since, now))
        groups = await store.strange_groups(since, _LEAST_GROUP, _TOPICS)
        common = await store.said_anyway(since, _COMMON) if groups else []

        def finish() -> dict[str, Any]:
            titles = {item.id: dict(item.title) for item in load_articles(self._files / "knowledge").values()}
            answerable = _answerable(self._files, titles)
            back_about = (one for one in back if one.again.intent not in FOR_PEOPLE)
            return {
                "week": {"from": since.isoformat(), "to": now.isoformat()},
                "handed_over": could_have_solved(handed, answerable),
                "came_back": returned(back_about),
                "new_topics": _named(groups, common),
                "articles": [{**item.__dict__, "title": titles[item.id]} for item in articles if item.id in titles],
            }

        return await asyncio.to_thread(finish)


def _answerable(files: Path, articles: Mapping[str, Any]) -> frozenset[str]:
    """Intents that a flow or an article answers."""
    flows = load_flows(files / "flows")
    led = {intent for flow in flows.flows.values() if not flow.control for intent in flow.intents}
    return frozenset(led | {f"faq/{article}" for article in articles}) - FOR_PEOPLE


def _named(groups: Sequence[StrangeGroup], common: Sequence[str]) -> list[dict[str, Any]]:
    """Groups with a proposed name; those of one name are one topic."""
    languages = [max(LANGUAGES, key=lambda name: group.languages.get(name, 0)) for group in groups]
    names = proposed_names([group.texts for group in groups], languages, common)
    topics: dict[str, dict[str, Any]] = {}
    for group, name in zip(groups, names, strict=True):
        topic = topics.setdefault(name, {"name": name, "size": 0, "languages": {}, "examples": [], "group_ids": []})
        topic["size"] += group.size
        for language, count in group.languages.items():
            topic["languages"][language] = topic["languages"].get(language, 0) + count
        topic["examples"] = list(dict.fromkeys([*topic["examples"], *group.texts]))[:_EXAMPLES]
        topic["group_ids"].append(group.id)
    return sorted(topics.values(), key=lambda topic: -topic["size"])
