"""A small installation that can be trained in seconds, and jobs over it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.training.jobs.model import ENDED, About, Job, Kind, State
from bot.training.workbench import Workbench
from tests.integration.training_repository import XUE, git, installation_in

#: seconds; machines that do much else are slow
_LONGEST_S = 240.0

CONFIG = """recipe: default.v1
assistant_id: small
language: zh
importers:
- name: bot.training.importer.FrontlineImporter
pipeline:
- name: bot.assistant.nlu.tokenizer.SpacyMixedTokenizer
- name: bot.assistant.nlu.encoder.SentenceEncoderFeaturizer
- name: bot.assistant.nlu.language.LanguageDetector
- name: bot.assistant.nlu.classifier.HybridIntentClassifier
- name: bot.assistant.nlu.fallback.OutOfScopeFallback
policies: []
"""


def trainable_in(folder: Path) -> Path:
    """`installation` in a folder, with a pipeline."""
    root = installation_in(folder / "installation")
    (root / "config.yml").write_text(CONFIG, "utf-8")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "A pipeline")
    return root


def commit_text(root: Path, path: str, text: str) -> str:
    """Change a file of the installation by hand; the commit."""
    (root / path).write_text(text, "utf-8")
    git(root, "commit", "-q", "-a", "-m", "By hand")
    return git(root, "rev-parse", "HEAD").strip()


async def ended(workbench: Workbench, job: Job) -> Job:
    """The job when it has ended."""
    return await reached(workbench, job, *ENDED)


async def reached(workbench: Workbench, job: Job, *states: State) -> Job:
    """The job when it has come to one of these states, or to its end."""

    async def look() -> Job:
        while True:
            found = await workbench.jobs.one(job.id)
            if found.state in (*states, *ENDED):
                return found
            await asyncio.sleep(0.05)

    return await asyncio.wait_for(look(), _LONGEST_S)


async def done(workbench: Workbench, kind: Kind, about: About = About()) -> Job:  # noqa: B008
    """A job of Xue's from its beginning to its end."""
    return await ended(workbench, await workbench.jobs.ask(XUE, kind, about))
