"""Conversation tests as trainers use them: what there is, drafts of real ones, writing one and taking one out."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from bot.conversations.store import ConversationStore
from bot.errors import BadRequest
from bot.handoff.model import User
from bot.operator.demo.people import NEEDS
from bot.training.beside import Beside
from bot.training.conversation_tests.drafts import RealConversation, TestDraft, drafted, heard_of
from bot.training.conversation_tests.files import read_cases, response_patterns
from bot.training.conversation_tests.store import PlayedStore
from bot.training.conversation_tests.writing import add_case, take_case, written
from bot.training.data.copies import WorkingCopies
from bot.training.data.files import nlu_files
from bot.training.held_out import FOLDER, intent_files, rows

#: all turns of a conversation, however long
_ALL_TURNS = 100_000
_KNOWLEDGE, _GENERAL = "knowledge", "general"
_SET = re.compile(r"[a-z][a-z0-9_]*")
_FIRST_SET = "validated"
#: the newest result of the job `conversations`, as its `result` with `at` and `model`
LastRun = Callable[[], Awaitable[Mapping[str, Any] | None]]


class ConversationTestData:
    """Tests on a trainer's working copy."""

    def __init__(
        self,
        copies: WorkingCopies,
        beside: Beside,
        conversations: ConversationStore,
        store: PlayedStore,
        last_run: LastRun | None,
    ) -> None:
        self._copies, self._beside = copies, beside
        self._conversations, self._store, self._last_run = conversations, store, last_run

    async def all(self, user: User) -> dict[str, Any]:
        """Every conversation test of my copy, and how the newest run of all of them went.

        Raises:
            DataFileWrong: one cannot be read; the message names file and line.
        """
        tests = await self._beside(self._copies.do, user, _listed)
        last = await self._last_run() if self._last_run is not None else None
        return {"tests": tests, "last": dict(last) if last else None}

    async def draft(self, user: User, conversation_id: str, upto_seq: int | None) -> dict[str, Any]:
        """A real conversation as a test: masked, with what the bot answered as what is expected. Nothing is written.

        Args:
            upto_seq: the last message that counts; None for all that the bot led.

        Raises:
            ConversationNotFound: there is none.
            TestWrong: the bot answered nothing in it.
        """
        real = await self._real(conversation_id, upto_seq)
        return await self._beside(self._copies.do, user, _shown, real)

    async def write(self, user: User, body: Mapping[str, Any]) -> dict[str, Any]:
        """Write a conversation into my copy.

        Raises:
            BadRequest, TestKnown, TestWrong: as `writing.add_case`.
        """
        case = await self._beside(self._copies.do, user, add_case, body.get("topic"), body)
        return {"path": case.path, "name": case.name, "line": case.line}

    async def remove(self, user: User, path: object, name: object) -> str:
        """Take a conversation out of my copy; which file it was in.

        Raises:
            NotFound: there is none.
        """
        return await self._beside(self._copies.do, user, take_case, path, name)

    async def sentences(self, user: User, wanted: str | None) -> dict[str, Any]:
        """The sets of test sentences of my copy, and the sentences of one of them, `validated` unless another is named.

        Raises:
            BadRequest: no set can have this name.
        """
        name = wanted or _FIRST_SET
        if not _SET.fullmatch(name):
            raise BadRequest("set is the name of a set, such as validated.")
        return await self._beside(self._copies.do, user, _sentences, name)

    async def _real(self, conversation_id: str, upto_seq: int | None) -> RealConversation:
        head = await self._conversations.head(conversation_id)
        messages = await self._conversations.messages(conversation_id)
        kept = [message for message in messages if upto_seq is None or message.seq <= upto_seq]
        _, _, turns = await self._conversations.memory(conversation_id, _ALL_TURNS)
        asked = [row["requested_at"] for row in await self._store.rows("handoffs", conversation_id)]
        said = [message for message in kept if message.author.kind.value == "customer"]
        handed = frozenset(
            max((message.seq for message in said if message.at <= at), default=0) for at in asked
        )  # the message before each
        person = await self._store.demo_customer(head.customer_id) if head.customer_id else None
        need = (person or {}).get("facts", {}).get("need")
        return RealConversation(
            messages=kept,
            heard=heard_of(turns),
            handed_over=handed,
            assurance=head.assurance.value,
            need=need if need in NEEDS else None,
            facts=_facts(person) if person else {},
        )


def _listed(root: Path) -> list[dict[str, Any]]:
    return [
        {
            "path": case.path,
            "name": case.name,
            "language": case.language,
            "turns": len(case.turns),
            "line": case.line,
            "customer": case.customer,
        }
        for case in read_cases(root)
    ]


def _shown(root: Path, real: RealConversation) -> dict[str, Any]:
    draft: TestDraft = drafted(real, response_patterns(root))
    body = {"name": draft.name, **draft.body}
    return {
        "topic": _topic_of(root, draft.intent),
        **body,
        "yaml": written(body),
        "masked": list(draft.masked),
        "cut": draft.cut.error if draft.cut else None,
        "cut_cause": draft.cut.cause.as_json() if draft.cut else None,
    }


def _topic_of(root: Path, intent: str | None) -> str:
    """The topic whose examples hold the intent."""
    if intent is None:
        return _GENERAL
    if intent.startswith("faq/"):
        return _KNOWLEDGE
    line = re.compile(rf"^\s*- intent: {re.escape(intent)}\s*$", re.MULTILINE)
    found = (path for path in nlu_files(root) if line.search((root / path).read_text("utf-8")))
    return next((path.rsplit("/", 1)[-1].split(".")[0] for path in found), _GENERAL)


def _facts(person: Mapping[str, Any]) -> dict[str, str]:
    """What of a demo customer the demo's people have under a name."""
    local = str(person["phone"]).removeprefix("+86")
    named = {"phone": local, "account_number": person["account_number"]}
    named |= {"name": person["name"]["zh"], "name_en": person["name"]["en"]}
    named |= {"address": person["address"]["zh"], "address_en": person["address"]["en"]}
    return {name: str(value) for name, value in named.items() if value}


def _sentences(root: Path, wanted: str) -> dict[str, Any]:
    sets, sentences = [], []
    for file in intent_files(root / FOLDER):
        name, _, language = file.stem.partition(".")
        found = [row for row in rows(file) if len(row) == 2]
        sets.append({"set": name, "language": language, "sentences": len(found)})
        if name == wanted:
            sentences += [{"text": text, "language": language, "intent": intent} for intent, text in found]
    sets.sort(key=lambda item: (item["set"] != _FIRST_SET, item["set"], item["language"]))
    return {"sets": sets, "sentences": sentences}
