"""The trainers' inbox in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import and_, bindparam, func, or_, select, update

from bot.database import Database
from bot.schema import (
    handoffs,
    inbox_decisions,
    inbox_groups,
    inbox_progress,
    inbox_sentences,
    labelled_examples,
    ratings,
    tracker_events,
)
from bot.training.inbox.model import Group, Reason, Sentence, ordered_reasons, tags_of

Vectors = NDArray[np.float32]
_SENTENCE = [column for column in inbox_sentences.c if column.name not in ("vector", "group_id", "decision_id")]
_GROUP = [column for column in inbox_groups.c if column.name not in ("centre", "tags")]
#: parameters of one statement
_AT_ONCE = 400


@dataclass(frozen=True)
class KeptDecision:
    id: str
    at: datetime
    actor_id: str
    decision: str
    group_id: str
    decided: int
    edits: tuple[Mapping[str, Any], ...]
    undone_at: datetime | None

    def as_json(self) -> dict[str, Any]:
        return {
            "decision_id": self.id,
            "at": self.at.isoformat(),
            "decision": self.decision,
            "group": self.group_id,
            "decided": self.decided,
            "edits": [dict(item) for item in self.edits],
            "undone": self.undone_at is not None,
        }


class InboxStore:
    """Sentences, their groups, and what was decided."""

    def __init__(self, database: Database) -> None:
        self._db = database

    # -- coming in -------------------------------------------------------------------------------------------------

    async def add(self, sentence: Sentence) -> None:
        """Keep a sentence; one that is there gets the further reasons, and what was said to be meant."""
        table = inbox_sentences
        same = and_(table.c.conversation_id == sentence.conversation_id, table.c.seq == sentence.seq)
        async with self._db.write() as connection:
            row = (await connection.execute(select([table.c.reasons, table.c.suggested]).where(same))).first()
            if row is None:
                await connection.execute(table.insert().values(**_values(sentence)))
                return
            reasons = ordered_reasons([*(Reason(name) for name in row.reasons), *sentence.reasons])
            suggested = sentence.suggested or row.suggested
            names = [reason.value for reason in reasons]
            if names != list(row.reasons) or suggested != row.suggested:
                await connection.execute(update(table).where(same).values(reasons=names, suggested=suggested))

    async def add_many(self, sentences: Sequence[Sentence]) -> None:
        """Keep sentences that are not there yet."""
        async with self._db.write() as connection:
            for start in range(0, len(sentences), _AT_ONCE):
                rows = [_values(item) for item in sentences[start : start + _AT_ONCE]]
                await connection.execute(inbox_sentences.insert(), rows)

    async def read_to(self, source: str) -> datetime | None:
        """Up to when a source has been read."""
        async with self._db.read() as connection:
            query = select([inbox_progress.c.read_to]).where(inbox_progress.c.source == source)
            return (await connection.execute(query)).scalar()

    async def set_read_to(self, source: str, at: datetime) -> None:
        async with self._db.write() as connection:
            done = await connection.execute(
                update(inbox_progress).where(inbox_progress.c.source == source).values(read_to=at)
            )
            if not done.rowcount:
                await connection.execute(inbox_progress.insert().values(source=source, read_to=at))

    async def labelled(self, after: datetime | None, to: datetime, limit: int) -> list[Any]:
        """Close calls that customers decided, oldest first."""
        return await self._since(labelled_examples, labelled_examples.c.at, after, to, limit)

    async def low_ratings(self, after: datetime | None, to: datetime, limit: int, lowest: int) -> list[Any]:
        """Ratings of the bot of at most `lowest`, or without a solution, oldest first."""
        bad = and_(ratings.c.subject == "bot", or_(ratings.c.score <= lowest, ratings.c.solved.is_(False)))
        return await self._since(ratings, ratings.c.created_at, after, to, limit, bad)

    async def closed_handoffs(self, after: datetime | None, to: datetime, limit: int) -> list[Any]:
        """Hand-overs that agents closed, oldest first."""
        return await self._since(handoffs, handoffs.c.ended_at, after, to, limit, handoffs.c.status == "closed")

    async def _since(
        self, table: Any, column: Any, after: datetime | None, to: datetime, limit: int, also: Any = None
    ) -> list[Any]:
        query = table.select().where(column <= to)
        query = query if after is None else query.where(column > after)
        query = query if also is None else query.where(also)
        async with self._db.read() as connection:
            return list((await connection.execute(query.order_by(column).limit(limit))).all())

    async def turns(self, conversation_id: str, newest: int | None = None) -> list[list[Mapping[str, Any]]]:
        """The events of a conversation's turns, or of its newest ones, in order."""
        query = (
            select([tracker_events.c.events])
            .where(tracker_events.c.conversation_id == conversation_id)
            .order_by(tracker_events.c.turn.desc())
            .limit(newest)
        )
        async with self._db.read() as connection:
            return [list(row.events) for row in reversed((await connection.execute(query)).all())]

    # -- grouping ------------------------------------------------------------------------------------------------

    async def ungrouped(self, limit: int) -> list[Sentence]:
        """Sentences in no group yet, oldest first."""
        query = select(_SENTENCE).where(inbox_sentences.c.group_id.is_(None))
        query = query.where(inbox_sentences.c.decision_id.is_(None)).order_by(inbox_sentences.c.at).limit(limit)
        async with self._db.read() as connection:
            return [_sentence(row) for row in (await connection.execute(query)).all()]

    async def centres(self) -> tuple[list[str], list[int], Vectors]:
        """Ids, sizes and middles of the open groups."""
        query = select([inbox_groups.c.id, inbox_groups.c.size, inbox_groups.c.centre])
        async with self._db.read() as connection:
            rows = (await connection.execute(query.where(inbox_groups.c.status == "open"))).all()
        if not rows:
            return [], [], np.zeros((0, 512), dtype=np.float32)
        joined = np.frombuffer(b"".join(row.centre for row in rows), dtype=np.float16)
        return [row.id for row in rows], [row.size for row in rows], joined.reshape(len(rows), -1).astype(np.float32)

    async def put_in_groups(self, rows: Sequence[tuple[Sentence, str]], vectors: Vectors) -> None:
        """Note the group and the vector of each sentence."""
        table = inbox_sentences
        statement = (
            update(table)
            .where(and_(table.c.conversation_id == bindparam("of"), table.c.seq == bindparam("at_seq")))
            .values(group_id=bindparam("into"), vector=bindparam("numbers"))
        )
        values = [
            {"of": item.conversation_id, "at_seq": item.seq, "into": group, "numbers": vector.tobytes()}
            for (item, group), vector in zip(rows, vectors.astype(np.float16), strict=True)
        ]
        async with self._db.write() as connection:
            await connection.execute(statement, values)

    async def open_in(self, group_ids: Iterable[str]) -> dict[str, list[Sentence]]:
        """The open sentences of groups."""
        wanted, found = list(group_ids), dict[str, list[Sentence]]()
        async with self._db.read() as connection:
            for start in range(0, len(wanted), _AT_ONCE):
                query = select([*_SENTENCE, inbox_sentences.c.group_id]).where(
                    and_(
                        inbox_sentences.c.group_id.in_(wanted[start : start + _AT_ONCE]),
                        inbox_sentences.c.decision_id.is_(None),
                    )
                )
                for row in (await connection.execute(query)).all():
                    found.setdefault(row.group_id, []).append(_sentence(row))
        return found

    async def save_groups(self, groups: Sequence[Group], centres: Mapping[str, Vectors]) -> None:
        """Write groups; `centres` has the middle of those that are new or have moved."""
        async with self._db.write() as connection:
            known = set()
            ids = [group.id for group in groups]
            for start in range(0, len(ids), _AT_ONCE):
                query = select([inbox_groups.c.id]).where(inbox_groups.c.id.in_(ids[start : start + _AT_ONCE]))
                known |= {row.id for row in (await connection.execute(query)).all()}
            fresh = [
                {**_group_values(group), "centre": _bytes(centres[group.id])}
                for group in groups
                if group.id not in known
            ]
            if fresh:
                await connection.execute(inbox_groups.insert(), fresh)
            for group in groups:
                if group.id in known:
                    values = _group_values(group)
                    if group.id in centres:
                        values["centre"] = _bytes(centres[group.id])
                    await connection.execute(update(inbox_groups).where(inbox_groups.c.id == group.id).values(**values))

    async def close_group(self, group_id: str) -> None:
        """Nothing in it waits any more."""
        async with self._db.write() as connection:
            await connection.execute(
                update(inbox_groups).where(inbox_groups.c.id == group_id).values(status="decided", size=0, weight=0)
            )

    # -- reading ---------------------------------------------------------------------------------------------------

    async def groups(
        self,
        *,
        is_open: bool,
        reason: Reason | None,
        language: str | None,
        intent: str | None,
        after: tuple[int, str] | None,
        limit: int,
    ) -> tuple[list[Group], int]:
        """Groups with what teaches most first, and how many there are in all."""
        table = inbox_groups
        fits = [table.c.status == ("open" if is_open else "decided")]
        fits += [table.c.tags.contains(f"|{tag}|") for tag in (reason and reason.value, language) if tag]
        if intent:
            fits.append(table.c.intent == intent)
        page = list(fits)
        if after is not None:
            weight, group_id = after
            page.append(or_(table.c.weight < weight, and_(table.c.weight == weight, table.c.id > group_id)))
        query = select(_GROUP).where(and_(*page)).order_by(table.c.weight.desc(), table.c.id).limit(limit)
        async with self._db.read() as connection:
            total = (await connection.execute(select([func.count()]).select_from(table).where(and_(*fits)))).scalar()
            return [_group(row) for row in (await connection.execute(query)).all()], int(total or 0)

    async def group(self, group_id: str) -> Group | None:
        async with self._db.read() as connection:
            row = (await connection.execute(select(_GROUP).where(inbox_groups.c.id == group_id))).first()
        return None if row is None else _group(row)

    async def waiting(self) -> dict[str, int]:
        """Intent → sentences of open groups that were mostly taken for it."""
        g = inbox_groups.c
        query = select([g.intent, func.sum(g.size)]).where(and_(g.status == "open", g.intent.isnot(None)))
        async with self._db.read() as connection:
            return {row[0]: int(row[1]) for row in (await connection.execute(query.group_by(g.intent))).all()}

    # -- deciding --------------------------------------------------------------------------------------------------

    async def decide(self, decision: KeptDecision, sentences: Sequence[Sentence]) -> int:
        """Keep a decision and mark its sentences; how many were still open."""
        table, done = inbox_sentences, 0
        async with self._db.write() as connection:
            for item in sentences:
                marked = await connection.execute(
                    update(table)
                    .where(
                        and_(
                            table.c.conversation_id == item.conversation_id,
                            table.c.seq == item.seq,
                            table.c.decision_id.is_(None),
                        )
                    )
                    .values(decision_id=decision.id)
                )
                done += int(marked.rowcount)
            values = {**decision.__dict__, "edits": [dict(item) for item in decision.edits], "decided": done}
            await connection.execute(inbox_decisions.insert().values(**values))
        return done

    async def decision(self, decision_id: str) -> KeptDecision | None:
        async with self._db.read() as connection:
            query = inbox_decisions.select().where(inbox_decisions.c.id == decision_id)
            row = (await connection.execute(query)).first()
        return None if row is None else _decision(row)

    async def decisions(self, actor_id: str, limit: int) -> list[KeptDecision]:
        """A trainer's own, newest first."""
        query = inbox_decisions.select().where(inbox_decisions.c.actor_id == actor_id)
        async with self._db.read() as connection:
            rows = await connection.execute(query.order_by(inbox_decisions.c.at.desc()).limit(limit))
            return [_decision(row) for row in rows.all()]

    async def undo(self, decision_id: str, at: datetime) -> bool:
        """Put a decision's sentences back; False when that has been done."""
        async with self._db.write() as connection:
            marked = await connection.execute(
                update(inbox_decisions)
                .where(and_(inbox_decisions.c.id == decision_id, inbox_decisions.c.undone_at.is_(None)))
                .values(undone_at=at)
            )
            if marked.rowcount:
                table = inbox_sentences
                await connection.execute(
                    update(table).where(table.c.decision_id == decision_id).values(decision_id=None)
                )
        return bool(marked.rowcount)


def _values(sentence: Sentence) -> dict[str, Any]:
    return {**sentence.__dict__, "reasons": [reason.value for reason in sentence.reasons]}


def _sentence(row: Any) -> Sentence:
    values = {column.name: getattr(row, column.name) for column in _SENTENCE}
    return Sentence(**{**values, "reasons": tuple(Reason(name) for name in row.reasons)})


def _group_values(group: Group) -> dict[str, Any]:
    values = {key: value for key, value in group.__dict__.items() if key != "is_open"}
    languages, reasons = dict(group.languages), dict(group.reasons)
    return {**values, "languages": languages, "reasons": reasons, "tags": tags_of(group), "status": "open"}


def _group(row: Any) -> Group:
    values = {column.name: getattr(row, column.name) for column in _GROUP if column.name != "status"}
    return Group(**values, is_open=row.status == "open")


def _decision(row: Any) -> KeptDecision:
    return KeptDecision(**{**dict(row), "edits": tuple(row.edits)})


def _bytes(vector: Vectors) -> bytes:
    return vector.astype(np.float16).tobytes()
