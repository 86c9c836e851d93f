"""Working copies of the installation's repository: one a trainer, and one where proposals are merged."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from bot.background import one_at_a_time
from bot.errors import BadRequest, Forbidden, NotFound
from bot.handoff.model import User
from bot.training.causes import Cause
from bot.training.data.diff import parsed_diff
from bot.training.data.git import Git, Identity, is_installed
from bot.training.data.merging import Merged, Settled, alone, head_of, merge
from bot.training.data.model import NoWorkingCopy
from bot.training.data.proposals import APPROVALS, BRANCHES, TAKEN_BACK, Proposal, ProposalState, read_proposals

P = ParamSpec("P")
T = TypeVar("T")

#: what trainers may change; all else in a copy is only read
EDITABLE = ("data", "domain.yml", "tests/conversations", "tests/understanding")
#: whose commits never leave a copy
_NOBODY = Identity("Frontline", "frontline@localhost")
_UNSAFE = re.compile(r"[^A-Za-z0-9_\-]")
_STATUS = {"M": "modified", "A": "added", "?": "added", "D": "deleted"}


class WorkingCopies:
    """Clones below the data directory. The installation's own checkout is written to by publishing alone."""

    def __init__(self, installation: Path, folder: Path) -> None:
        """Args:
        installation: the checkout that the service runs from.
        folder: where the copies are kept; made when needed.
        """
        self._installation = installation
        self._folder = folder

    # -- what there is -----------------------------------------------------------------------------------------

    async def missing(self) -> NoWorkingCopy | None:
        """What keeps language data from being edited here; None when nothing does."""
        if not is_installed():
            said = "git is not installed on this machine. Install it, then start the service again."
            return NoWorkingCopy(said, Cause("no_git"))
        root = Git(self._installation)
        code, out, _ = await root.call("rev-parse", "--show-toplevel")
        if code != 0 or Path(out.strip()).resolve() != self._installation.resolve():
            said = (
                "This installation is no git checkout, so edits could not be kept apart and merged. "
                "Install with git clone, or run git init there and commit its files."
            )
            return NoWorkingCopy(said, Cause("no_checkout"))
        if (await root.call("symbolic-ref", "-q", "HEAD"))[0] != 0:
            said = "The installation's checkout is on no branch. Run git switch with the branch that should serve."
            return NoWorkingCopy(said, Cause("no_branch"))
        if (await root.call("rev-parse", "-q", "--verify", "HEAD"))[0] != 0:
            said = "The installation's repository has no commit yet. Commit its files once."
            return NoWorkingCopy(said, Cause("no_commit"))
        return None

    async def branch(self) -> str:
        """The branch that is published."""
        return (await Git(self._installation).run("symbolic-ref", "--short", "HEAD")).strip()

    @asynccontextmanager
    async def of(self, user: User) -> AsyncIterator[Path]:
        """A trainer's copy, made on first use; nobody else, in any process, is in it meanwhile.

        Raises:
            NoWorkingCopy: something is missing; the message says what.
        """
        async with self.of_name(user.username) as path:
            yield path

    @asynccontextmanager
    async def of_name(self, username: str) -> AsyncIterator[Path]:
        """As `of`, where the name alone is known."""
        async with self._held(_UNSAFE.sub("_", username)) as path:
            yield path

    async def do(self, user: User, work: Callable[Concatenate[Path, P], T], *arguments: P.args, **named: P.kwargs) -> T:
        """What `work` gives in a trainer's copy, whose folder it gets first.

        Raises:
            NoWorkingCopy: something is missing; the message says what.
        """
        async with self.of(user) as path:
            return work(path, *arguments, **named)

    @asynccontextmanager
    async def _held(self, name: str) -> AsyncIterator[Path]:
        missing = await self.missing()
        if missing is not None:
            raise missing
        self._folder.mkdir(parents=True, exist_ok=True)
        async with one_at_a_time(self._folder / f"{name}.lock"):
            path = self._folder / name
            if not (path / ".git").exists():
                await self._clone(path)
            yield path

    async def _clone(self, path: Path) -> None:
        await asyncio.to_thread(shutil.rmtree, path, True)
        await Git(self._folder).run("clone", "-q", "--no-tags", str(self._installation.resolve()), path.name)
        await Git(path).run("checkout", "-q", "-B", "work", "HEAD")

    # -- one trainer's edits -------------------------------------------------------------------------------------

    async def state(self, path: Path) -> dict[str, Any]:
        """`{branch, base, behind, changed}` of a copy."""
        git, branch = Git(path), await self.branch()
        await self._fetch(git, branch)
        base = (await git.run("merge-base", "HEAD", f"origin/{branch}")).strip()
        behind = int(await git.run("rev-list", "--count", "--first-parent", f"HEAD..origin/{branch}"))
        return {"branch": branch, "base": base, "behind": behind, "changed": await self.changed(path)}

    async def changed(self, path: Path) -> list[dict[str, Any]]:
        """Files with edits that are not proposed: `[{path, status, added, removed}]`."""
        git = Git(path)
        await git.run("add", "--intent-to-add", "--", *self._there(path))
        status = await git.run("status", "--porcelain", "-z", "--", *EDITABLE)
        kinds = {row[3:]: _STATUS.get(row[:2].strip()[:1], "modified") for row in status.split("\0") if row}
        counts = await git.run("diff", "--numstat", "-z", "HEAD", "--", *EDITABLE)
        found = []
        for row in (row for row in counts.split("\0") if row):
            added, removed, name = row.split("\t", 2)
            number = {"added": int(added or 0), "removed": int(removed or 0)} if added != "-" else {}
            found.append({"path": name, "status": kinds.get(name, "modified"), "added": 0, "removed": 0, **number})
        return found

    async def diff(self, path: Path, file: str | None = None) -> list[dict[str, Any]]:
        """Edits that are not proposed yet."""
        git = Git(path)
        await git.run("add", "--intent-to-add", "--", *self._there(path))
        return parsed_diff(await git.run("diff", "HEAD", "--", *([_editable(file)] if file else EDITABLE)))

    async def discard(self, path: Path, file: str | None = None) -> list[str]:
        """Drop edits that are not proposed; which files."""
        git, wanted = Git(path), _editable(file) if file else None
        gone = [item for item in await self.changed(path) if wanted in (None, item["path"])]
        for item in gone:
            await git.run("rm", "-q", "--cached", "--ignore-unmatch", "--", item["path"])
            (path / item["path"]).unlink(missing_ok=True)
            if item["status"] != "added":
                await git.run("checkout", "-q", "HEAD", "--", item["path"])
        return [str(item["path"]) for item in gone]

    async def refresh(self, path: Path, settled: Settled | None = None) -> Merged:
        """Bring in what is published; edits stay edits. With conflicts nothing is changed.

        Args:
            settled: which side is kept where the two clash; ours is the copy.
        """
        git, branch = Git(path), await self.branch()
        await self._fetch(git, branch)
        published, message = f"origin/{branch}", "Bring in what was published"
        before = await head_of(git)
        edited = await self._commit(git, path, "edits", _NOBODY)
        merged = await merge(git, published, message, None, only_if_needed=True, settled=settled)
        if merged.commit is None:
            # the commit goes, the files stay as they are
            await git.run("reset", "-q", before)
            return merged.from_the_other_side()
        if not edited and not settled:
            return merged
        await git.run("reset", "-q", "--hard", before)
        if (await merge(git, published, message, None, only_if_needed=True)).conflicts:
            # what clashes stands in proposals of one's own
            await self._keep_what_fits(path, before, published)
        await self._have_files_of(git, merged.commit)
        return Merged(await head_of(git))

    async def _keep_what_fits(self, path: Path, before: str, base: str) -> None:
        """Have the copy at `base` with the open proposals that it held before; what clashes is taken back."""
        git = Git(path)
        await git.run("reset", "-q", "--hard", base)
        for item in reversed(await self.proposals()):
            own = item.state is ProposalState.open and item.author_name == path.name
            if not own or not await _holds(git, before, item.commit):
                continue
            if (await merge(git, item.commit, "Keep what is proposed", None, only_if_needed=True)).conflicts:
                await self._mark_taken_back(item)

    async def take_back(self, path: Path, proposal: Proposal) -> None:
        """Make edits of the copy again of what was proposed; its other edits and proposals stay as they are."""
        git = Git(path)
        before = await head_of(git)
        await self._commit(git, path, "edits", _NOBODY)
        if not await _holds(git, before, proposal.commit):
            # of a copy that was made anew
            await git.run("fetch", "-q", "origin", proposal.branch)
            await merge(git, proposal.commit, "Take back what is proposed", None, only_if_needed=True)
        files = await head_of(git)
        await self._mark_taken_back(proposal)
        base = (await git.run("merge-base", before, f"origin/{await self.branch()}")).strip()
        await self._keep_what_fits(path, before, base)
        await self._have_files_of(git, files)

    async def _mark_taken_back(self, proposal: Proposal) -> None:
        where = f"{TAKEN_BACK}{proposal.branch.removeprefix('training/')}"
        await Git(self._installation).run("update-ref", where, proposal.commit)

    async def _have_files_of(self, git: Git, commit: str) -> None:
        """The files as a commit has them; what differs from the copy's own commit are edits."""
        await git.run("read-tree", "-u", "--reset", commit)
        await git.run("reset", "-q")

    async def propose(self, path: Path, user: User, title: str, note: str) -> Proposal:
        """Commit the edits in the trainer's name, and make a branch of it in the installation's repository.

        It holds these edits alone, unless they change what an open proposal of the same trainer adds.

        Raises:
            BadRequest: there is nothing to propose.
        """
        git, who = Git(path), identity_of(user)
        before = await head_of(git)
        if not await self._commit(git, path, f"{title}\n\n{note}".strip(), who):
            raise BadRequest("Nothing is edited that has not been proposed.")
        proposed = await self._alone(git, before, who)
        author = name_of(user)
        taken = await Git(self._installation).run("for-each-ref", "--format=%(refname)", f"{BRANCHES}{author}/")
        number = 1 + max((int(name.rsplit("/", 1)[1]) for name in taken.split()), default=0)
        await git.run("push", "-q", "origin", f"{proposed}:{BRANCHES}{author}/{number}")
        return await self.proposal(f"{author}-{number}")

    async def _alone(self, git: Git, before: str, who: Identity) -> str:
        """The newest commit of a copy without what was proposed before it; as it is where it builds on that.

        The copy goes on with both: a commit that has the same files and comes of the two.
        """
        edits = await head_of(git)
        base = (await git.run("merge-base", before, f"origin/{await self.branch()}")).strip()
        if base == before:
            return edits
        proposed = await alone(git, edits, base, who)
        together = edits
        if proposed is not None:
            tree = f"{edits}^{{tree}}"
            made = await git.run("commit-tree", tree, "-p", before, "-p", proposed, "-m", "Go on with both", who=who)
            together = made.strip()
        await git.run("checkout", "-q", "-B", "work", together)
        return proposed or edits

    # -- proposals -----------------------------------------------------------------------------------------------

    async def proposals(self) -> list[Proposal]:
        """All proposals, newest first.

        Raises:
            NoWorkingCopy: something is missing; the message says what.
        """
        missing = await self.missing()
        if missing is not None:
            raise missing
        return await read_proposals(Git(self._installation))

    async def approve(self, proposal: Proposal, user: User) -> None:
        """Note that somebody else has read what is proposed, as it is now.

        Raises:
            Forbidden: it is one's own.
        """
        name = name_of(user)
        if proposal.author_name == name:
            raise Forbidden("Your own proposal is approved by somebody else.")
        where = f"{APPROVALS}{proposal.branch.removeprefix('training/')}/{name}"
        await Git(self._installation).run("update-ref", where, proposal.commit)

    async def proposal(self, proposal_id: str) -> Proposal:
        """Raises NotFound when there is none."""
        for item in await self.proposals():
            if item.id == proposal_id:
                return item
        raise NotFound("No proposal has this id.")

    async def proposal_diff(self, proposal: Proposal) -> list[dict[str, Any]]:
        """What a proposal changes against the published data it began from."""
        root = Git(self._installation)
        base = f"{proposal.commit}~1" if proposal.is_published else f"HEAD...{proposal.commit}"
        span = (base, proposal.commit) if proposal.is_published else (base,)
        return parsed_diff(await root.run("diff", *span, "--", *EDITABLE))

    @asynccontextmanager
    async def merging(self, proposal: Proposal, user: User) -> AsyncIterator[tuple[Path, Merged]]:
        """A copy that holds what is published and the proposal together; nobody else merges meanwhile."""
        async with self._held(".publishing") as path:
            git, branch = Git(path), await self.branch()
            await self._fetch(git, branch)
            await git.run("checkout", "-q", "--force", "-B", "work", f"origin/{branch}")
            await git.run("clean", "-qfd")
            await git.run("fetch", "-q", "origin", f"{proposal.branch}")
            yield path, await merge(git, "FETCH_HEAD", f"Publish: {proposal.title}", identity_of(user))

    async def clean(self, target: Path, proposal: Proposal | None = None) -> Merged:
        """Make a tree of what is published at `target`, with a proposal merged into it; nobody's copy is touched.

        Raises:
            NoWorkingCopy: something is missing; the message says what.
        """
        missing = await self.missing()
        if missing is not None:
            raise missing
        target.parent.mkdir(parents=True, exist_ok=True)
        source = str(self._installation.resolve())
        # its objects are read where they are, and it is gone before anybody could tidy them up
        await Git(target.parent).run("clone", "-q", "--shared", "--no-tags", source, target.name)
        git = Git(target)
        if proposal is None or proposal.is_published:
            return Merged(await head_of(git))
        await git.run("fetch", "-q", "origin", proposal.branch)
        return await merge(git, "FETCH_HEAD", f"Try: {proposal.title}", None)

    async def advance(self, path: Path) -> str:
        """Let the installation's branch have what was merged in `path`, its files too.

        Raises:
            NoWorkingCopy: the installation's own files were changed by hand, or the branch has moved meanwhile.
        """
        root = Git(self._installation)
        await root.run("fetch", "-q", str(path.resolve()), "HEAD")
        code, _, err = await root.call("merge", "-q", "--ff-only", "FETCH_HEAD")
        if code != 0:
            files = [line.strip() for line in err.splitlines() if line.startswith("\t")]
            if files:
                names = ", ".join(files)
                said = (
                    f"In the installation itself {names} was changed by hand. "
                    "Commit or undo that there, then publish again."
                )
                raise NoWorkingCopy(said, Cause("changed_by_hand", {"files": names}))
            raise NoWorkingCopy(
                "Something else was published this moment. Publish again.", Cause("published_meanwhile")
            )
        return (await root.run("rev-parse", "HEAD")).strip()

    async def _fetch(self, git: Git, branch: str) -> None:
        await git.run("fetch", "-q", "--no-tags", "origin", f"+refs/heads/{branch}:refs/remotes/origin/{branch}")

    async def _commit(self, git: Git, path: Path, message: str, who: Identity) -> bool:
        await git.run("add", "--all", "--", *self._there(path))
        code, _, _ = await git.call("diff", "--cached", "--quiet")
        if code == 0:
            return False
        await git.run("commit", "-q", "-m", message, who=who)
        return True

    @staticmethod
    def _there(path: Path) -> list[str]:
        return [name for name in EDITABLE if (path / name).exists()]


async def _holds(git: Git, commit: str, other: str) -> bool:
    return (await git.call("merge-base", "--is-ancestor", other, commit))[0] == 0


def name_of(user: User) -> str:
    """A trainer's name in paths and branches."""
    return _UNSAFE.sub("_", user.username)


def identity_of(user: User) -> Identity:
    """The trainer's name as it stands on commits; the address is nobody's."""
    return Identity(user.shown_name("en"), f"{_UNSAFE.sub('_', user.username)}@trainers.invalid")


def _editable(file: str) -> str:
    parts = Path(file).parts
    if ".." in parts or not any(file == root or file.startswith(root + "/") for root in EDITABLE):
        raise BadRequest(f"path is a file of {', '.join(EDITABLE)}.")
    return file
