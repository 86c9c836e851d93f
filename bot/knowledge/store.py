"""Read articles and their questions from files, and keep question vectors on disk.

Reading is strict: a file that is not exactly right stops the start, with its name and what to put right, so that a
half-written article never reaches a customer.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import IO

import numpy as np
import structlog
import yaml
from numpy.typing import NDArray

from bot.knowledge.model import INTENT_PREFIX, LANGUAGES, Article, KnowledgeDataInvalid, Question
from bot.yaml_files import load_yaml

Vectors = NDArray[np.float32]

REQUIRED_KEYS = frozenset({"id", "title", "owner", "review_date", "source", "answer"})
OPTIONAL_KEYS = frozenset({"leads_to"})
MAX_BUTTONS = 3
QUESTION_FILES = "knowledge_*.yml"

_ID = re.compile(r"[a-z][a-z0-9_]*")
_INTENT = re.compile(r"[a-z][a-z0-9_]*(/[a-z][a-z0-9_]*)?")
_LANGUAGE_OF_FILE = re.compile(r"\.([a-z]{2})\.yml$")
_FINGERPRINT_CHARS = 24

log = structlog.get_logger(__name__)


def load_articles(folder: Path, today: dt.date | None = None) -> dict[str, Article]:
    """Return the articles of `folder` by id, in the order of their ids.

    Args:
        folder: holds one `<id>.yml` an article.
        today: when given, an article whose review date lies before it is an error. Leave it out where customers are
            waiting: an overdue article is a task for its owner (`Article.is_overdue`), not a reason not to start.

    Raises:
        KnowledgeDataInvalid: the folder holds no article, or a file is unreadable, has unknown or missing keys, lacks a
            language, has a review date that is no date, or an id that is not its file's name. The message names it.
    """
    articles = {path.stem: _read_article(path, today) for path in sorted(folder.glob("*.yml"))}
    if not articles:
        raise KnowledgeDataInvalid(f"{folder} holds no article. Put one <id>.yml an article there.")
    return articles


def load_questions(folder: Path) -> tuple[Question, ...]:
    """Return the example questions of every `knowledge_*.<language>.yml` in `folder`, in file order.

    Raises:
        KnowledgeDataInvalid: no such file, or one that is not Rasa language data of `faq/` intents.
    """
    paths = sorted(folder.glob(QUESTION_FILES))
    if not paths:
        raise KnowledgeDataInvalid(f"{folder} holds no {QUESTION_FILES}. Questions of articles belong there.")
    return tuple(question for path in paths for question in _read_questions(path))


def _read_yaml(path: Path) -> object:
    try:
        return load_yaml(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as exc:  # ValueError: a date such as 2027-13-01
        raise KnowledgeDataInvalid(f"{path.name} is not valid YAML in UTF-8: {exc}") from exc


def _read_article(path: Path, today: dt.date | None) -> Article:
    row = _read_yaml(path)
    if not isinstance(row, dict):
        raise KnowledgeDataInvalid(f"{path.name} must hold one article with the keys {_listed(REQUIRED_KEYS)}.")
    keys = {str(key) for key in row}
    if unknown := keys - REQUIRED_KEYS - OPTIONAL_KEYS:
        raise KnowledgeDataInvalid(f"{path.name} has unknown keys: {_listed(unknown)}. Remove or correct them.")
    if missing := REQUIRED_KEYS - keys:
        raise KnowledgeDataInvalid(f"{path.name} lacks {_listed(missing)}.")
    if row["id"] != path.stem or not _ID.fullmatch(path.stem):
        raise KnowledgeDataInvalid(f"{path.name} has the id {row['id']!r}; it must be its snake_case file name.")
    review_date = row["review_date"]
    if not isinstance(review_date, dt.date) or isinstance(review_date, dt.datetime):
        raise KnowledgeDataInvalid(
            f"{path.name} has the review_date {review_date!r}; write it as 2027-03-31, unquoted."
        )
    article = Article(
        id=path.stem,
        title=_by_language(path, "title", row["title"]),
        answer=_by_language(path, "answer", row["answer"]),
        owner=_text(path, "owner", row["owner"]),
        review_date=review_date,
        source=_text(path, "source", row["source"]),
        leads_to=_buttons(path, row.get("leads_to", [])),
    )
    if today is not None and article.is_overdue(today):
        raise KnowledgeDataInvalid(
            f"{path.name} was due for review on {review_date.isoformat()}. {article.owner} reads it and sets a new one."
        )
    return article


def _text(path: Path, key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise KnowledgeDataInvalid(f"{path.name} needs a text in {key}.")
    return value.strip()


def _by_language(path: Path, key: str, value: object) -> Mapping[str, str]:
    if not isinstance(value, dict) or {str(language) for language in value} != set(LANGUAGES):
        raise KnowledgeDataInvalid(f"{path.name} needs {key} in exactly these languages: {_listed(LANGUAGES)}.")
    return MappingProxyType({language: _text(path, f"{key}.{language}", value[language]) for language in LANGUAGES})


def _buttons(path: Path, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) and _INTENT.fullmatch(name) for name in value):
        raise KnowledgeDataInvalid(f"{path.name} needs a list of intent names in leads_to.")
    if len(value) > MAX_BUTTONS or len(set(value)) < len(value):
        raise KnowledgeDataInvalid(f"{path.name} may lead to {MAX_BUTTONS} different intents at most.")
    return tuple(value)


def _read_questions(path: Path) -> Iterable[Question]:
    found = _LANGUAGE_OF_FILE.search(path.name)
    if found is None or found[1] not in LANGUAGES:
        raise KnowledgeDataInvalid(f"{path.name} must end in .<language>.yml with one of {_listed(LANGUAGES)}.")
    data = _read_yaml(path)
    rows = data.get("nlu") if isinstance(data, dict) else None
    if not isinstance(rows, list):
        raise KnowledgeDataInvalid(f"{path.name} needs a list under nlu.")
    for row in rows:
        intent = row.get("intent") if isinstance(row, dict) else None
        examples = row.get("examples") if isinstance(row, dict) else None
        if not isinstance(intent, str) or not intent.startswith(INTENT_PREFIX) or not isinstance(examples, str):
            raise KnowledgeDataInvalid(
                f"{path.name} may only hold faq/<article> intents with examples; found {intent!r}."
            )
        for line in examples.splitlines():
            if text := line.strip().removeprefix("-").strip():
                yield Question(intent.removeprefix(INTENT_PREFIX), found[1], text)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


class VectorCache:
    """Vectors of one list of texts on disk, so that a start need not compute them again.

    The file is `knowledge-<fingerprint>.npy`: another text, order or encoder gives another name. A file that cannot be
    read counts as absent. Several processes may share the folder. The texts stand beside it, so that of a list that has
    changed only new ones are computed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, fingerprint: str, rows: int) -> Vectors | None:
        """Return the stored matrix with `rows` rows, or None when there is none that can be used."""
        path = self._path(fingerprint)
        try:
            vectors = np.load(path, allow_pickle=False)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, EOFError) as exc:
            log.warning("knowledge_cache_unreadable", file=path.name, error=type(exc).__name__)
            return None
        if vectors.ndim != 2 or vectors.shape[0] != rows or not np.isfinite(vectors).all():
            log.warning("knowledge_cache_unusable", file=path.name, shape=vectors.shape)
            return None
        return np.asarray(vectors, dtype=np.float32)

    def known(self, encoder: str) -> dict[str, Vectors]:
        """The vector of every text of the lists that are stored, whatever else was in them."""
        found: dict[str, Vectors] = {}
        for path in self._folder.glob("knowledge-*.json"):
            try:
                body = json.loads(path.read_text("utf-8"))
                texts = body["texts"] if body["encoder"] == encoder else []
            except (OSError, ValueError, KeyError, TypeError):
                continue
            vectors = self.read(path.stem.removeprefix("knowledge-"), len(texts)) if texts else None
            if vectors is not None:
                found.update(zip(texts, vectors, strict=True))
        return found

    def write(self, fingerprint: str, vectors: Vectors, texts: Sequence[str] = (), encoder: str = "") -> None:
        """Store the matrix and remove older ones. A disk that refuses costs time at the next start, nothing else."""
        path = self._path(fingerprint)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            said = json.dumps({"encoder": encoder, "texts": list(texts)}, ensure_ascii=False).encode()
            self._put(path, lambda file: np.save(file, vectors, allow_pickle=False))
            self._put(path.with_suffix(".json"), lambda file: file.write(said))
            for other in self._folder.glob("knowledge-*"):
                if other.stem != path.stem:
                    other.unlink(missing_ok=True)
        except OSError as exc:
            log.warning("knowledge_cache_not_written", file=path.name, error=type(exc).__name__)

    def _put(self, path: Path, write: Callable[[IO[bytes]], object]) -> None:
        handle, draft = tempfile.mkstemp(dir=self._folder, prefix=".knowledge-")
        try:
            with os.fdopen(handle, "wb") as file:
                write(file)
            os.replace(draft, path)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise

    def _path(self, fingerprint: str) -> Path:
        return self._folder / f"knowledge-{fingerprint}.npy"


def fingerprint_of(texts: Iterable[str], encoder_name: str) -> str:
    """Return a name for these texts in this order under this encoder, 24 hexadecimal characters."""
    digest = hashlib.sha256(encoder_name.encode())
    for text in texts:
        digest.update(b"\0" + text.encode())
    return digest.hexdigest()[:_FINGERPRINT_CHARS]
