"""The trainers' tools, gathered for the wiring."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.assistant.nlu.meaning import shared_encoder
from bot.audit.store import AuditStore
from bot.contracts import Conversation, Message, ReasonCode
from bot.conversations.store import ConversationStore
from bot.database import Database
from bot.handoff.model import User
from bot.training.beside import Beside
from bot.training.conversation_tests.service import ConversationTestData
from bot.training.conversation_tests.store import PlayedStore
from bot.training.data.articles import ArticleData
from bot.training.data.copies import WorkingCopies
from bot.training.data.entities import EntityData
from bot.training.data.intents import IntentData
from bot.training.data.policies import PolicyData
from bot.training.data.service import LanguageData, Published
from bot.training.data.texts import TextData
from bot.training.findings.service import FindingsService
from bot.training.findings.store import FindingFiles
from bot.training.inbox.collector import InboxCollector
from bot.training.inbox.service import InboxService
from bot.training.inbox.store import InboxStore
from bot.training.jobs.order import Folders, Limits
from bot.training.jobs.runner import JobRunner
from bot.training.jobs.service import JobService
from bot.training.jobs.store import JobStore
from bot.training.reports.store import ReportFiles
from bot.training.teach.service import MatterCollector, TeachService
from bot.training.teach.store import MatterStore
from bot.training.trial.store import OutcomeStore
from bot.training.versions import ModelVersions, Servers


@dataclass(frozen=True)
class Workbench:
    """What a trainer can use.

    `data`, `intents`, `entities`, `texts`, `articles`, `policies` and `findings` read and edit files; they are asked
    `beside`.
    """

    beside: Beside
    data: LanguageData
    intents: IntentData
    entities: EntityData
    texts: TextData
    articles: ArticleData
    policies: PolicyData
    findings: FindingsService
    tests: ConversationTestData
    inbox: InboxService
    collector: InboxCollector
    jobs: JobService
    reports: ReportFiles
    versions: ModelVersions
    matters: MatterCollector
    teach: TeachService
    #: for what takes long
    long_reads: Database
    clock: Callable[[], datetime]

    async def publish(self, user: User, proposal_id: str) -> Published:
        """Publish a proposal, and have it trained; errors as `LanguageData.publish`."""
        published = await self.beside(self.data.publish, user, proposal_id)
        if published.commit is None:
            return published
        return replace(published, job=await self.jobs.after_publishing(user, published.commit))

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
        await self.matters.tidy()
        await self.jobs.tidy()

    async def start(self) -> None:
        """What ended with the service that ran before is written down, and what waited goes on."""
        await self.jobs.tidy()

    async def stop(self) -> None:
        """End what runs beside the service."""
        await self.jobs.stop()
        await self.beside.stop()
        await self.long_reads.close()


def build_workbench(
    installation: Path,
    data_dir: Path,
    models: Path,
    database: Database,
    clock: Callable[[], datetime],
    limits: Limits,
    files: Path | None = None,
    fixed: Path | None = None,
    servers: Servers | None = None,
    log_level: str = "WARNING",
) -> Workbench:
    """Everything of the workbench.

    Args:
        installation: the checkout that the service runs from.
        data_dir: working copies are kept below it.
        models: the folder of models.
        limits: how much of the machine training may take.
        files: the assistant's that serve; None: those of the checkout.
        fixed: an archive that serves whatever the registry of models says.
        servers: those who load the models; None where nobody serves.
        log_level: of the processes that read the files.
    """
    folders = Folders(data_dir)
    copies, beside = WorkingCopies(installation, folders.copies), Beside(log_level)
    store, long_reads = InboxStore(database), database.beside()
    job_store = JobStore(database)
    runner = JobRunner(job_store, folders, installation, models, limits, clock)
    versions = ModelVersions(models, fixed, OutcomeStore(database), AuditStore(database), servers or _Nobody(), clock)
    jobs = JobService(job_store, runner, folders, models, versions.let_serve, copies, clock)
    return Workbench(
        beside=beside,
        data=LanguageData(copies),
        intents=IntentData(copies),
        entities=EntityData(copies),
        texts=TextData(copies),
        articles=ArticleData(copies),
        policies=PolicyData(copies),
        findings=FindingsService(copies, FindingFiles(folders.findings)),
        tests=ConversationTestData(copies, beside, ConversationStore(database), PlayedStore(database), jobs.last_run),
        inbox=InboxService(store, copies, beside, shared_encoder, clock),
        collector=InboxCollector(store, clock),
        jobs=jobs,
        reports=ReportFiles(folders.reports),
        versions=versions,
        matters=MatterCollector(MatterStore(database), clock),
        teach=TeachService(MatterStore(long_reads), files or installation / "data", clock),
        long_reads=long_reads,
        clock=clock,
    )


class _Nobody:
    """Where no model serves."""

    async def ready(self, file: str) -> None:
        """Whatever is named, nobody loads it."""

    async def tell(self) -> None:
        """Nobody listens."""
