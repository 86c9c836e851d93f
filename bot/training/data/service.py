"""Editing, proposing and publishing language data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

from bot.errors import BadRequest, Conflict, Forbidden
from bot.handoff.model import User
from bot.training.causes import Cause, Refusal
from bot.training.data.checks import refusals_of
from bot.training.data.copies import WorkingCopies, name_of
from bot.training.data.merge import Keep
from bot.training.data.merging import Settled
from bot.training.data.model import MergeConflict
from bot.training.data.proposals import Proposal, ProposalState
from bot.training.jobs.model import Job

log = structlog.get_logger(__name__)

T = TypeVar("T")

_SETTLED = "settled is a list of {path, mine, theirs, keep}; keep is mine or theirs."
#: what customers are told as binding, or as known: a second person reads it before it is published
_FOR_TWO = ("data/knowledge/", "data/policies/")
_TITLE_LIMIT, _NOTE_LIMIT = 100, 2_000


class StillNeeded(Conflict):
    """Another proposal builds on this one; the message says which. Take that back first."""

    code = "proposal_still_needed"

    def __init__(self, title: str) -> None:
        super().__init__(f"“{title}” builds on this proposal. Take that back first.")
        self.cause = Cause("proposal_still_needed", {"title": title})
        self.more = {"cause": self.cause.as_json()}


@dataclass(frozen=True)
class Published:
    """What became of publishing; without a commit, what kept it."""

    commit: str | None
    conflicts: tuple[MergeConflict, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    #: what trains it and lets it serve
    job: Job | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "published": self.commit,
            "conflicts": [item.as_json() for item in self.conflicts],
            "gate": {"passed": not self.refusals, "refusals": [item.as_json() for item in self.refusals]},
            "job": self.job.as_json() if self.job else None,
        }


class LanguageData:
    """A trainer's way from an edit to what is published."""

    def __init__(self, copies: WorkingCopies) -> None:
        self.copies = copies

    async def state(self, user: User) -> dict[str, Any]:
        """My copy: what is edited, how far it lies behind; or what is missing for having one."""
        missing = await self.copies.missing()
        if missing is not None:
            said = {"missing": missing.message, "cause": missing.cause.as_json()}
            return {"available": False, **said, "changed": [], "proposals": []}
        async with self.copies.of(user) as path:
            state = await self.copies.state(path)
        own = user.shown_name("en")
        proposals = [item.as_json() for item in await self.copies.proposals() if item.author == own]
        return {"available": True, "missing": None, "cause": None, **state, "proposals": proposals}

    async def diff(self, user: User, file: str | None) -> list[dict[str, Any]]:
        """My edits that are not proposed, by file."""
        async with self.copies.of(user) as path:
            return await self.copies.diff(path, file)

    async def discard(self, user: User, file: str | None) -> list[str]:
        """Drop my edits that are not proposed; which files."""
        async with self.copies.of(user) as path:
            return await self.copies.discard(path, file)

    async def refresh(self, user: User, settled: object = None) -> dict[str, Any]:
        """Bring in what others published.

        Args:
            settled: what is to stay where the two clash: `[{path, mine, theirs, keep: mine|theirs}]`, as conflicts
                were told.

        Raises:
            BadRequest: `settled` is something else.
        """
        kept = _settled(settled)
        async with self.copies.of(user) as path:
            merged = await self.copies.refresh(path, kept)
            state = await self.copies.state(path)
        conflicts = [item.as_json() for item in merged.conflicts]
        return {"base": state["base"], "merged": not conflicts, "conflicts": conflicts}

    async def propose(self, user: User, title: object, note: object) -> dict[str, Any]:
        """Make a branch and a commit of my edits.

        Raises:
            BadRequest: no title, or nothing edited.
        """
        words = title.strip() if isinstance(title, str) else ""
        if not words or len(words) > _TITLE_LIMIT or "\n" in words:
            raise BadRequest(f"title says in one line of at most {_TITLE_LIMIT} characters what was changed.")
        if note is not None and (not isinstance(note, str) or len(note) > _NOTE_LIMIT):
            raise BadRequest(f"note is a text of at most {_NOTE_LIMIT:,} characters.")
        async with self.copies.of(user) as path:
            proposal = await self.copies.propose(path, user, words, note or "")
        log.info("training.proposed", proposal=proposal.id, by=user.id)
        return {**proposal.as_json(), "files": await self.copies.proposal_diff(proposal)}

    async def proposals(self) -> list[dict[str, Any]]:
        """All proposals, newest first."""
        return [item.as_json() for item in await self.copies.proposals()]

    async def proposal_diff(self, proposal_id: str) -> list[dict[str, Any]]:
        """What a proposal changes.

        Raises:
            NotFound: there is none.
        """
        return await self.copies.proposal_diff(await self.copies.proposal(proposal_id))

    async def approve(self, user: User, proposal_id: str) -> dict[str, Any]:
        """I have read what is proposed, and it is right.

        Raises:
            NotFound: there is none.
            Forbidden: it is my own.
        """
        await self.copies.approve(await self.copies.proposal(proposal_id), user)
        log.info("training.approved", proposal=proposal_id, by=user.id)
        return (await self.copies.proposal(proposal_id)).as_json()

    async def take_back(self, user: User, proposal_id: str) -> dict[str, Any]:
        """Make edits of my copy again of what I proposed.

        Raises:
            NotFound: there is none.
            Forbidden: it is somebody else's.
            BadRequest: it is published, or taken back.
            StillNeeded: another proposal builds on it.
        """
        proposal = await self.copies.proposal(proposal_id)
        if proposal.author_name != name_of(user):
            raise Forbidden("A proposal is taken back by whoever made it.")
        if proposal.state is not ProposalState.open:
            raise BadRequest("This proposal is published, or taken back already.")
        above = next((item for item in await self.copies.proposals() if proposal.id in item.holds), None)
        if above is not None and above.state is ProposalState.open:
            raise StillNeeded(above.title)
        async with self.copies.of(user) as path:
            await self.copies.take_back(path, proposal)
        log.info("training.taken_back", proposal=proposal_id, by=user.id)
        return (await self.copies.proposal(proposal_id)).as_json()

    async def publish(self, user: User, proposal_id: str) -> Published:
        """Merge a proposal into what is published, if it can be merged and passes the gate; my copy has it then.

        Raises:
            NotFound: there is none.
            BadRequest: it is published already, or taken back.
        """
        proposal = await self.copies.proposal(proposal_id)
        if proposal.is_published:
            raise BadRequest("This proposal is published already.")
        if proposal.state is ProposalState.taken_back:
            raise BadRequest(f"{proposal.author} has taken this proposal back. Publish the newer one, if there is one.")
        async with self.copies.merging(proposal, user) as (path, merged):
            if merged.conflicts:
                return Published(None, merged.conflicts)
            refusals = await self._unread(proposal) + refusals_of(path)
            if refusals:
                log.info("training.refused", proposal=proposal.id, rules=sorted({item.rule for item in refusals}))
                return Published(None, (), tuple(refusals))
            commit = await self.copies.advance(path)
        log.info("training.published", proposal=proposal.id, commit=commit, by=user.id)
        async with self.copies.of(user) as path:
            await self.copies.refresh(path)
        return Published(commit)

    async def _unread(self, proposal: Proposal) -> list[Refusal]:
        articles = [
            file["path"] for file in await self.copies.proposal_diff(proposal) if file["path"].startswith(_FOR_TWO)
        ]
        if not articles or proposal.approved_by:
            return []
        return [
            Refusal(
                "second_person",
                f"{', '.join(articles)}: nobody but {proposal.author} has read the change.",
                "Have another trainer approve the proposal.",
                Cause("second_person", {"articles": ", ".join(articles), "author": proposal.author}),
            )
        ]


def _settled(value: object) -> Settled:
    sides: dict[object, Keep] = {"mine": "ours", "theirs": "theirs"}
    found: dict[tuple[str, tuple[str, ...], tuple[str, ...]], Keep] = {}
    for item in _list(value, dict):
        path, keep = item.get("path"), sides.get(item.get("keep"))
        mine, theirs = (tuple(_list(item.get(name), str)) for name in ("mine", "theirs"))
        if not isinstance(path, str) or keep is None:
            raise BadRequest(_SETTLED)
        found[path, mine, theirs] = keep
    return found


def _list(value: object, kind: type[T]) -> list[T]:
    items: list[Any] = value if isinstance(value, list) else [] if value is None else [value]
    if not all(isinstance(item, kind) for item in items):
        raise BadRequest(_SETTLED)
    return items
