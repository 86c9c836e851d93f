"""What trainers want published: branches of the installation's repository, and refs that say what became of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any

from bot.training.data.git import Git

BRANCHES = "refs/heads/training/"
#: <author>/<number>/<who approved>, pointing at the commit that was read
APPROVALS = "refs/training-approvals/"
#: <author>/<number>, pointing at the commit whose edits are edits again in the author's copy
TAKEN_BACK = "refs/training-taken-back/"
_FIELD = "%1f"
_FIELDS = _FIELD.join(
    f"%({name})" for name in ("refname", "contents:subject", "authorname", "authordate:iso-strict", "objectname")
)


class ProposalState(str, Enum):
    """What became of a proposal."""

    open = "open"
    published = "published"
    taken_back = "taken_back"  # what it proposed is edited again in its author's copy


@dataclass(frozen=True)
class Proposal:
    """Edits that a trainer wants published."""

    id: str
    branch: str
    title: str
    author: str
    at: datetime
    commit: str
    state: ProposalState
    #: who else has read it, by the names on their approvals
    approved_by: tuple[str, ...] = ()
    #: ids of open proposals that it builds on, so that they are published with it
    holds: tuple[str, ...] = ()

    @property
    def author_name(self) -> str:
        """As it stands in the branch."""
        return self.branch.split("/")[1]

    @property
    def is_published(self) -> bool:
        return self.state is ProposalState.published

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "branch": self.branch,
            "title": self.title,
            "author": self.author,
            "at": self.at.isoformat(),
            "commit": self.commit,
            "state": self.state.value,
            "approved_by": list(self.approved_by),
            "holds": list(self.holds),
        }


async def read_proposals(root: Git) -> list[Proposal]:
    """All proposals of a repository, newest first."""
    listed = await root.run("for-each-ref", "--sort=-authordate", f"--format={_FIELDS}", BRANCHES)
    done = set(await _refs(root, BRANCHES, "%(refname)", "--merged=HEAD"))
    approvals = await _refs(root, APPROVALS, "%(refname) %(objectname)")
    back = {tuple(row.split(" ")) for row in await _refs(root, TAKEN_BACK, "%(refname) %(objectname)")}
    found = [_proposal(row.split("\x1f"), done, approvals, back) for row in listed.splitlines() if row]
    return [await _with_held(root, item) if item.state is ProposalState.open else item for item in found]


async def _with_held(root: Git, proposal: Proposal) -> Proposal:
    below = await _refs(root, BRANCHES, "%(refname)", f"--merged={proposal.commit}", "--no-merged=HEAD")
    return replace(proposal, holds=tuple(one for one in map(_id_of, below) if one != proposal.id))


async def _refs(root: Git, below: str, shown: str, *which: str) -> list[str]:
    return (await root.run("for-each-ref", *which, f"--format={shown}", below)).splitlines()


def _proposal(
    row: Sequence[str], done: Collection[str], approvals: Sequence[str], back: Collection[tuple[str, ...]]
) -> Proposal:
    name, title, author, at, commit = row
    place = name.removeprefix(BRANCHES)
    own = f"{APPROVALS}{place}/"
    approved = [item.removeprefix(own).split(" ") for item in approvals if item.startswith(own)]
    state = ProposalState.open
    if name in done:
        state = ProposalState.published
    elif (f"{TAKEN_BACK}{place}", commit) in back:
        state = ProposalState.taken_back
    return Proposal(
        id=_id_of(name),
        branch=name.removeprefix("refs/heads/"),
        title=title,
        author=author,
        at=datetime.fromisoformat(at.replace("Z", "+00:00")),
        commit=commit,
        state=state,
        approved_by=tuple(who for who, read in approved if read == commit),
    )


def _id_of(name: str) -> str:
    return name.removeprefix(BRANCHES).replace("/", "-")
