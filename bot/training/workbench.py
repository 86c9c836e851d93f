"""The trainers' tools, gathered for the wiring."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.assistant.nlu.meaning import shared_encoder
from bot.contracts import Conversation, Message, ReasonCode
from bot.conversations.store import ConversationStore
from bot.database import Database
from bot.training.conversation_tests.service import ConversationTestData
from bot.training.conversation_tests.store import PlayedStore
from bot.training.data.copies import WorkingCopies
from bot.training.data.intents import IntentData
from bot.training.data.service import LanguageData
from bot.training.data.texts import TextData
from bot.training.findings.service import FindingsService
from bot.training.inbox.collector import InboxCollector
from bot.training.inbox.service import InboxService
from bot.training.inbox.store import InboxStore
from bot.training.teach.service import MatterCollector, TeachService
from bot.training.teach.store import MatterStore


@dataclass(frozen=True)
class Workbench:
    """What a trainer can use."""

    data: LanguageData
    intents: IntentData
    texts: TextData
    findings: FindingsService
    tests: ConversationTestData
    inbox: InboxService
    collector: InboxCollector
    matters: MatterCollector
    teach: TeachService
    clock: Callable[[], datetime]

    async def turn(
        self,
        conversation: Conversation,
        message: Message,
        events: Sequence[Mapping[str, Any]],
        handed_over: ReasonCode | None,
    ) -> None:
        """A turn has been committed and the customer has the answer."""
        await self.collector.turn(conversation, message, events, handed_over)
        await self.matters.turn(conversation, message, events, handed_over)

    async def tidy(self) -> None:
        """A round of housekeeping: take up what was said about sentences, and group what came in."""
        await self.collector.sweep()
        await self.inbox.group_new()


def build_workbench(
    installation: Path,
    data_dir: Path,
    database: Database,
    clock: Callable[[], datetime],
    files: Path | None = None,
) -> Workbench:
    """Everything of the workbench.

    Args:
        installation: the checkout that the service runs from.
        data_dir: working copies are kept below it.
        files: the assistant's that serve; None: those of the checkout.
    """
    copies = WorkingCopies(installation, data_dir / "training" / "copies")
    store, matters = InboxStore(database), MatterStore(database)
    return Workbench(
        data=LanguageData(copies),
        intents=IntentData(copies),
        texts=TextData(copies),
        findings=FindingsService(copies, shared_encoder),
        tests=ConversationTestData(copies, ConversationStore(database), PlayedStore(database), None),
        inbox=InboxService(store, copies, shared_encoder, clock),
        collector=InboxCollector(store, clock),
        matters=MatterCollector(matters),
        teach=TeachService(matters, files or installation / "data", clock),
        clock=clock,
    )
