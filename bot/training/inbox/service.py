"""The inbox as trainers use it: groups in order, decisions that become edits, undoing them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import structlog

from bot.assistant.nlu.meaning import SentenceEncoder, meaning_text
from bot.assistant.nlu.normalise import Normaliser
from bot.errors import BadRequest, Conflict, Forbidden, NotFound
from bot.handoff.model import User
from bot.ids import new_id
from bot.training.beside import Beside
from bot.training.causes import Cause
from bot.training.data.copies import WorkingCopies
from bot.training.data.intents import drop_intent, make_intent, put_examples, read_all, take_example
from bot.training.data.model import (
    Edit,
    ExampleNotFound,
    IntentUnknown,
    Mark,
    checked_intent,
    checked_text,
    checked_topic,
    language_of,
    marks_of,
    with_marks,
)
from bot.training.inbox.grouping import Groups
from bot.training.inbox.model import OUTSIDE, Decision, Group, Reason, Sentence, group_of
from bot.training.inbox.store import InboxStore, KeptDecision
from bot.training.inbox.validated import TESTS, keep_tests, take_tests

log = structlog.get_logger(__name__)

_GROUPED_A_ROUND = 300
_DECISIONS_SHOWN = 50
_MASK = "*"


@dataclass(frozen=True)
class _Wanted:
    """What a trainer decided, read from what was sent."""

    decision: Decision
    intent: str | None
    topic: str | None
    ids: frozenset[str] | None
    marks: Mapping[str, tuple[Mark, ...]]
    #: other words for a sentence, such as ones without masks
    texts: Mapping[str, str]
    keep_as_test: bool


class InboxService:
    """One inbox for all trainers; edits go to the working copy of whoever decides."""

    def __init__(
        self,
        store: InboxStore,
        copies: WorkingCopies,
        beside: Beside,
        encoder: Callable[[], SentenceEncoder],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._copies = copies
        self._beside = beside
        self._encoder = encoder
        self._normalise = Normaliser()
        self._clock = clock

    # -- grouping --------------------------------------------------------------------------------------------------

    async def group_new(self, limit: int = _GROUPED_A_ROUND) -> int:
        """Put sentences that have come in with those of their meaning; how many."""
        fresh = await self._store.ungrouped(limit)
        if not fresh:
            return 0
        texts = [meaning_text(self._normalise(item.text)) for item in fresh]
        vectors = await asyncio.to_thread(self._encoder().encode, texts)
        await self.put_together(fresh, vectors)
        return len(fresh)

    async def put_together(self, fresh: Sequence[Sentence], vectors: "np.ndarray[Any, np.dtype[np.float32]]") -> None:
        """Put sentences with those of their meaning; `vectors` has one row each."""
        ids, sizes, centres = await self._store.centres()
        groups = Groups(centres, sizes)
        numbers = await asyncio.to_thread(groups.add, vectors)
        ids += [new_id() for _ in range(len(groups.centres) - len(ids))]
        await self._store.put_in_groups([(item, ids[n]) for item, n in zip(fresh, numbers, strict=True)], vectors)
        touched = sorted(set(numbers))
        await self._recount([ids[number] for number in touched], {ids[n]: groups.centres[n] for n in touched})

    async def _recount(self, group_ids: Sequence[str], centres: Mapping[str, Any]) -> None:
        waiting = await self._store.open_in(group_ids)
        await self._store.save_groups([group_of(key, items) for key, items in waiting.items()], centres)
        for group_id in set(group_ids) - set(waiting):
            await self._store.close_group(group_id)

    # -- reading ---------------------------------------------------------------------------------------------------

    async def groups(
        self,
        *,
        is_open: bool = True,
        reason: Reason | None = None,
        language: str | None = None,
        intent: str | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> tuple[list[Group], int, str | None]:
        """Groups, what teaches most first; how many there are in all; where the next page begins.

        Raises:
            BadRequest: `after` is not what a page before gave.
        """
        found, total = await self._store.groups(
            is_open=is_open, reason=reason, language=language, intent=intent, after=_place(after), limit=limit
        )
        more = f"{found[-1].weight}.{found[-1].id}" if len(found) == limit else None
        return found, total, more

    async def waiting(self) -> dict[str, int]:
        """Intent → sentences that wait for a decision and were taken for it."""
        return await self._store.waiting()

    async def group(self, group_id: str) -> tuple[Group, list[Sentence]]:
        """A group and its open sentences, the weightiest first.

        Raises:
            NotFound: there is none.
        """
        group = await self._store.group(group_id)
        if group is None:
            raise NotFound("No group of the inbox has this id.")
        sentences = (await self._store.open_in([group_id])).get(group_id, [])
        return group, sorted(sentences, key=lambda one: (-one.points, one.at, one.id))

    async def decisions(self, user: User) -> list[KeptDecision]:
        """My own, newest first."""
        return await self._store.decisions(user.id, _DECISIONS_SHOWN)

    # -- deciding --------------------------------------------------------------------------------------------------

    async def decide(self, user: User, group_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Do a decision: edit my working copy, and take the sentences out of the inbox.

        Raises:
            NotFound: no such group.
            BadRequest: the decision cannot be read.
            MarksOverlap: two marks of a sentence share characters; nothing is done.
            Conflict: nothing of it waits any more.
        """
        wanted = _wanted(body)
        _, sentences = await self.group(group_id)
        chosen = [item for item in sentences if wanted.ids is None or item.id in wanted.ids]
        if not chosen:
            raise Conflict("None of these sentences waits any more. Read the inbox again.")
        labelled, skipped = _labelled(chosen, wanted)
        edits: list[Edit] = []
        if labelled:
            edits, known = await self._beside(self._copies.do, user, _write, labelled, wanted)
            skipped += known
        kept = [item for item in chosen if wanted.decision is Decision.delete or _is_settled(item, skipped)]
        decision = KeptDecision(
            id=new_id(),
            at=self._clock(),
            actor_id=user.id,
            decision=wanted.decision.value,
            group_id=group_id,
            decided=0,
            edits=tuple(item.as_json() for item in edits),
            undone_at=None,
        )
        done = await self._store.decide(decision, kept)
        await self._recount([group_id], {})
        log.info("inbox.decided", decision=decision.id, kind=decision.decision, group=group_id, by=user.id, count=done)
        return {
            "decision_id": decision.id,
            "decided": done,
            "edits": [item.as_json() for item in edits],
            "skipped": [{"id": item, "why": why.as_json()} for item, why, _ in skipped],
        }

    async def undo(self, user: User, decision_id: str) -> dict[str, Any]:
        """Take a decision of mine back: its edits out of my copy, its sentences into the inbox.

        Raises:
            NotFound: there is none.
            Forbidden: it is somebody else's.
            Conflict: that has been done.
        """
        decision = await self._store.decision(decision_id)
        if decision is None:
            raise NotFound("No decision has this id.")
        if decision.actor_id != user.id:
            raise Forbidden("A decision is undone by whoever made it: the edits stand in their copy.")
        if decision.undone_at is not None or not await self._store.undo(decision_id, self._clock()):
            raise Conflict("This decision is undone already.")
        left: list[Cause] = []
        if decision.edits:
            left = await self._beside(self._copies.do, user, _take_back, decision.edits)
        await self._recount([decision.group_id], {})
        log.info("inbox.undone", decision=decision_id, by=user.id)
        return {"undone": True, "left": [item.as_json() for item in left]}


#: a sentence's id, why nothing was written for it, and whether that settles it
_Skipped = tuple[str, Cause, bool]
#: a sentence, its intent, and the example as files have it
_Labelled = tuple[Sentence, str, str]


def _labelled(chosen: Sequence[Sentence], wanted: _Wanted) -> tuple[list[_Labelled], list[_Skipped]]:
    """What each sentence becomes, and which cannot become anything."""
    labelled: list[_Labelled] = []
    skipped: list[_Skipped] = []
    if wanted.decision is Decision.delete:
        return labelled, skipped
    for item in chosen:
        text = wanted.texts.get(item.id, item.text)
        intent = wanted.intent or (item.suggested or item.intent)
        if intent is None:
            skipped.append((item.id, Cause("nothing_to_accept"), False))
        elif _MASK in text:
            skipped.append((item.id, Cause("masked"), False))
        else:
            labelled.append((item, intent, with_marks(checked_text(text), wanted.marks.get(item.id, ()))))
    return labelled, skipped


def _is_settled(item: Sentence, skipped: Sequence[_Skipped]) -> bool:
    return all(settles for sentence_id, _, settles in skipped if sentence_id == item.id)


def _write(root: Path, labelled: Sequence[_Labelled], wanted: _Wanted) -> tuple[list[Edit], list[_Skipped]]:
    """Put what was decided into the files of a copy."""
    if wanted.keep_as_test:
        return keep_tests(root, [(item.language, intent, text) for item, intent, text in labelled]), []
    by_place: dict[tuple[str, str], list[tuple[Sentence, str]]] = {}
    for item, intent, text in labelled:
        by_place.setdefault((intent, item.language), []).append((item, text))
    existing = {item.intent for item in read_all(root)}
    unknown = sorted({intent for intent, _ in by_place} - existing)
    if unknown and wanted.decision is not Decision.new_intent:
        raise IntentUnknown(f"No file has examples of {unknown[0]}. Choose another intent, or make it a new one.")
    edits: list[Edit] = []
    skipped: list[_Skipped] = []
    if unknown:
        sides = {language: list(dict.fromkeys(text for _, text in pairs)) for (_, language), pairs in by_place.items()}
        return make_intent(root, unknown[0], wanted.topic or "", sides), skipped
    for (intent, language), pairs in by_place.items():
        added, known = put_examples(root, intent, language, [text for _, text in pairs])
        edits += added
        skipped += [
            (item.id, Cause("has_already", {"path": known[text].path, "line": known[text].line}), True)
            for item, text in pairs
            if text in known
        ]
    return edits, skipped


def _take_back(root: Path, edits: Sequence[Mapping[str, Any]]) -> list[Cause]:
    """Take edits out of a copy; what is not there any more."""
    left: list[Cause] = []
    for edit in edits:
        try:
            if edit["path"].startswith(TESTS):
                take_tests(root, edit["path"], edit["intent"], edit["text"])
            else:
                take_example(root, edit["intent"], language_of(edit["path"]), edit["text"])
        except (ExampleNotFound, IntentUnknown):
            left.append(Cause("changed_since", {"path": edit["path"], "text": edit["text"]}))
    for intent in {edit["intent"] for edit in edits if not edit["path"].startswith(TESTS)}:
        drop_intent(root, intent)
    return left


def _wanted(body: Mapping[str, Any]) -> _Wanted:
    try:
        decision = Decision(body.get("decision"))
    except ValueError as exc:
        raise BadRequest(f"decision is one of {', '.join(item.value for item in Decision)}.") from exc
    intent = topic = None
    if decision in (Decision.other_intent, Decision.new_intent):
        intent = checked_intent(body.get("intent"))
    if decision is Decision.new_intent:
        topic = checked_topic(body.get("topic"))
    if decision is Decision.out_of_scope:
        intent = OUTSIDE
    ids, marks, texts = body.get("sentences"), body.get("marks") or {}, body.get("texts") or {}
    if ids is not None and (not isinstance(ids, list) or not all(isinstance(item, str) for item in ids)):
        raise BadRequest("sentences is a list of ids.")
    if not isinstance(marks, dict) or not isinstance(texts, dict):
        raise BadRequest("marks and texts give something for ids of sentences.")
    return _Wanted(
        decision=decision,
        intent=intent,
        topic=topic,
        ids=None if ids is None else frozenset(ids),
        marks={key: marks_of(value) for key, value in marks.items()},
        texts={key: checked_text(value) for key, value in texts.items()},
        keep_as_test=body.get("keep_as_test") is True,
    )


def _place(after: str | None) -> tuple[int, str] | None:
    if not after:
        return None
    weight, _, group_id = after.partition(".")
    if not weight.isdecimal() or not group_id:
        raise BadRequest("after is the next of the page before.")
    return int(weight), group_id
