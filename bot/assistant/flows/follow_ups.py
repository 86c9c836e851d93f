"""Questions that lean on the wish before them: "how much is that?" after an article. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

ARTICLE = "article"
"""Entity: the article that is meant, by its id."""

HERE = "here"
"""Target: the flow that asks deals with it itself, whatever the words alone would have meant."""

ASKED = "asked"
"""Entity: what of the article or wish is asked for, a kind of `bot/assistant/nlu/words/leaning.py`."""

_CERTAIN = 1.0
TIME = "time"
"""Entity: one interval, or several that may be meant."""

_FAQ, _AWAY = "faq", "away"
_ARTICLES = f"{_FAQ}/"
#: of parse data, what holds whatever the words mean here
_HOLDS = ("text", "language", "scope")
_INTENT, _AT, _ENTITIES = "intent", "at", "entities"
_UNCLEAR: Mapping[str, Any] = {"name": "inform", "confidence": 1.0}


@dataclass(frozen=True)
class FollowUps:
    """What such questions stand for, from `patterns.yml`.

    Attributes:
        slot: holds the wish that they lean on, `{intent, at, entities}`; an article is `faq/<id>`.
        lasts: how long one may lean on it.
        leads: wish → what is asked for → wishes or article that answer; between two the customer chooses.
    """

    slot: str
    lasts: timedelta
    leads: Mapping[str, Mapping[str, tuple[str, ...]]]

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> FollowUps:
        """Read the section `follow_ups`; without one nothing leans on anything.

        Raises:
            KeyError: a key is missing.
        """
        if not body:
            return cls("", timedelta(0), {})
        leads = {
            str(wish): {str(kind): _names(target) for kind, target in rows.items()}
            for wish, rows in body["leads"].items()
        }
        return cls(str(body["slot"]), timedelta(minutes=float(body["minutes"])), leads)

    def subject(
        self, parsed: Mapping[str, Any], now: datetime, before: Mapping[str, Any] | None, names: Collection[str]
    ) -> dict[str, Any]:
        """What later questions may lean on, when this is what was heard.

        Args:
            before: what is in the slot, if this message only adds to it.
            names: the entities that are worth keeping for a wish.
        """
        kept = {item["entity"]: item["value"] for item in parsed["entities"] if item["entity"] in names}
        if before is None:
            return {_INTENT: _full_name(parsed), _AT: now.isoformat(), _ENTITIES: kept}
        return {**before, _ENTITIES: {**before[_ENTITIES], **kept}}

    def resolved(
        self,
        parsed: Mapping[str, Any],
        kind: str,
        subject: Mapping[str, Any],
        now: datetime,
        *,
        told: bool,
        asking: str | None = None,
        jumps: Collection[str] = (),
    ) -> dict[str, Any]:
        """The message as it is meant after what came before; as it is when nothing answers it.

        Args:
            parsed: parse data of a typed message that leans on what came before.
            kind: what it asks for.
            subject: what is in the slot.
            now: aware.
            told: whether that is something of which articles tell.
            asking: the slot of the open question. Then only an article answers in between, and nothing that may be the
                answer itself ("any time will do" to when the visit shall be).
            jumps: wishes that the flow which asks takes up itself.
        """
        if now - datetime.fromisoformat(subject[_AT]) > self.lasts:
            return dict(parsed)
        targets = self._targets(subject[_INTENT], kind, told)
        if not targets or kind == asking or (asking and len(targets) > 1):
            return dict(parsed)
        target = targets[0]
        if target == HERE:
            return {**parsed, "intent": _UNCLEAR, "intent_ranking": [_UNCLEAR]} if asking else dict(parsed)
        if asking and not target.startswith(_ARTICLES) and target not in jumps:
            return dict(parsed)
        _, _, article = target.partition("/")
        ranking = [{"name": each.partition("/")[0], "confidence": _CERTAIN / len(targets)} for each in targets]
        found = {ASKED: kind, **({ARTICLE: article} if article else subject[_ENTITIES])}
        heard = parsed["entities"]
        if kind == _AWAY:
            # the time that they name is when it cannot be
            heard = [item for item in heard if item["entity"] != TIME]
        return {
            **{key: parsed[key] for key in _HOLDS if key in parsed},
            "intent": ranking[0],
            "intent_ranking": ranking,
            "entities": [*heard, *(_entity(key, value) for key, value in found.items())],
        }

    def _targets(self, before: str, kind: str, told: bool) -> tuple[str, ...]:
        known = self.leads.get(before, {}).get(kind, ())
        return (before,) if not known and before.startswith(_ARTICLES) and told else known


def about(subject: Mapping[str, Any] | None, wishes: Collection[str], **entities: str) -> Mapping[str, Any] | None:
    """The subject with more known of it, if it is one of these wishes: what was shown counts as if it was named."""
    if subject is None or subject[_INTENT] not in wishes:
        return subject
    return {**subject, _ENTITIES: {**subject[_ENTITIES], **entities}}


def times_to_come(entities: Sequence[Mapping[str, Any]], now: datetime) -> tuple[tuple[int, int], ...]:
    """Where a message names times that are not over, each from and up to a character."""
    return tuple(
        (item["start"], item["end"])
        for item in entities
        if item["entity"] == TIME and any(_ahead(one, now) for one in _intervals(item["value"]))
    )


def _intervals(value: Any) -> Sequence[Mapping[str, Any]]:
    return value if isinstance(value, list) else (value,)


def _ahead(interval: Mapping[str, Any], now: datetime) -> bool:
    return interval["end"] is None or datetime.fromisoformat(interval["end"]) > now


def _names(target: str | Sequence[str]) -> tuple[str, ...]:
    return (target,) if isinstance(target, str) else tuple(map(str, target))


def _entity(name: str, value: str) -> dict[str, Any]:
    return {"entity": name, "value": value, "start": 0, "end": 0}


def _full_name(parsed: Mapping[str, Any]) -> str:
    intent = parsed["intent"]
    named = next((item["value"] for item in parsed["entities"] if item["entity"] == ARTICLE), None)
    if intent["name"] == _FAQ and named:
        return f"{_ARTICLES}{named}"
    return str(intent.get("full_intent") or intent["name"])
