"""What became of conversations since a trial began, and a service whose model a setting names."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.audit.store import AuditStore
from bot.contracts import Assurance, Author, AuthorKind, Conversation, Draft, Owner
from bot.conversations.store import ConversationStore
from bot.database import Database
from bot.ids import new_id
from bot.schema import conversations, handoffs
from bot.training.inbox.model import Reason, Sentence
from bot.training.inbox.store import InboxStore
from bot.training.trial.store import OutcomeStore
from bot.training.versions import ModelFixed, ModelVersions
from tests.integration.training_repository import XUE

SINCE = datetime(2027, 3, 1, 10, tzinfo=timezone.utc)


async def opened(database: Database, name: str, minutes: int, *, said: str | None = "hello") -> str:
    """A conversation opened so many minutes after the trial began."""
    store, at = ConversationStore(database), SINCE + timedelta(minutes=minutes)
    head = Conversation(name, "en", Owner.bot, 1, 0, 0, Assurance.anonymous, None, None, at, at)
    await store.create(head, (), at)
    if said is not None:
        await store.append(name, Draft(Author(AuthorKind.customer), said, client_msg_id=new_id()), at)
    return name


async def in_doubt(database: Database, name: str, *reasons: Reason) -> None:
    await InboxStore(database).add(
        Sentence(name, 1, SINCE + timedelta(minutes=5), "en", "hello", reasons, "greet", 0.3, None, None, "m.tar.gz")
    )


async def handed_over(database: Database, name: str) -> None:
    row = {"id": new_id(), "conversation_id": name, "status": "waiting", "reason_code": "asked", "language": "en"}
    async with database.write() as connection:
        at = SINCE + timedelta(minutes=6)
        await connection.execute(handoffs.insert().values(**row, priority=3, requested_at=at, packet={}))


async def test_outcomes_are_counted_from_what_is_stored(database: Database) -> None:
    for name in ("plain", "refused", "doubt", "person"):
        await opened(database, name, 4)
    await opened(database, "before", -1)
    await opened(database, "silent", 4, said=None)
    await in_doubt(database, "refused", Reason.refused, Reason.handed_over)
    await in_doubt(database, "doubt", Reason.low_confidence)
    await handed_over(database, "person")
    await handed_over(database, "before")
    found = await OutcomeStore(database).since(SINCE)
    assert {item.conversation_id: (item.refused, item.handed_over) for item in found} == {
        "plain": (False, False),
        "refused": (True, False),
        "doubt": (False, False),
        "person": (False, True),
    }
    assert {item.opened_at for item in found} == {SINCE + timedelta(minutes=4)}
    async with database.write() as connection:
        await connection.execute(update(conversations).values(created_at=SINCE - timedelta(days=1)))
    assert await OutcomeStore(database).since(SINCE) == []


async def test_where_a_setting_names_the_model_it_is_shown_and_not_changed(database: Database, tmp_path: Path) -> None:
    class Nobody:
        async def ready(self, file: str) -> None:
            raise AssertionError("nothing is loaded")

        async def tell(self) -> None:
            raise AssertionError("nothing has changed")

    fixed = tmp_path / "own.tar.gz"
    versions = ModelVersions(
        tmp_path, fixed, OutcomeStore(database), AuditStore(database), Nobody(), lambda: datetime.now(timezone.utc)
    )
    assert await versions.all() == {"models": [], "serving": "own.tar.gz", "canary": None}
    for change in (
        versions.promote(XUE, "a.tar.gz"),
        versions.rollback(XUE),
        versions.try_out(XUE, "a.tar.gz", 0.1),
    ):
        with pytest.raises(ModelFixed, match="FRONTLINE_MODEL"):
            await change
