"""What the registry of models holds: records, their signatures, which one serves. Pure."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

#: archives that are kept beside the serving one, the previous one and the one on trial
KEPT_BESIDE = 4
_FORMAT = 2


@dataclass(frozen=True)
class ModelRecord:
    """One trained model. `file` lies beside the registry."""

    file: str
    sha256: str
    #: digest of the data, configuration and code that it was trained from
    fingerprint: str
    trained_at: str
    seconds: float
    #: of the data, where it was trained from a checkout without other changes
    commit: str | None = None
    #: digest of config.yml
    config: str = ""
    #: username of who asked for it; empty: the command line
    by: str = ""
    size_bytes: int = 0
    #: {right, total, accuracy: {zh, en}, protected: {intent: {right, total}}, conversations: {passed, total} or null}
    scores: Mapping[str, Any] | None = None
    #: median time of a sentence
    ms: float | None = None
    #: {passed, refusals: [{rule, why, todo}], at}
    gate: Mapping[str, Any] | None = None
    #: whether it has ever served
    served: bool = False
    #: HMAC over everything above
    signature: str = ""

    @property
    def passed(self) -> bool:
        return bool(self.gate and self.gate["passed"])


@dataclass(frozen=True)
class Trial:
    """A canary: a share of new conversations goes to a candidate.

    Attributes:
        file: the candidate.
        share: 0 to 1.
        since: conversations that were opened from then on count, ISO 8601.
        by: username.
        looks: how often the figures were judged.
        p_value: the least one so far, corrected for the number of looks and of figures; 1 at first.
        verdict: `watching`, `worse`, `no_worse`.
        returned_at: when all conversations went back to the serving model; none may come any more.
        figures: as of `returned_at`.
    """

    file: str
    share: float
    since: str
    by: str
    looks: int = 0
    p_value: float = 1.0
    verdict: str = "watching"
    returned_at: str | None = None
    figures: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Registry:
    """All versions, and which of them customers talk to."""

    serving: str | None = None
    previous: str | None = None
    trial: Trial | None = None
    records: Mapping[str, ModelRecord] = field(default_factory=dict)

    def with_record(self, record: ModelRecord) -> Registry:
        return replace(self, records={**self.records, record.file: record})

    def state_of(self, file: str) -> str:
        """`serving`, `previous`, `candidate` (never served) or `retired`."""
        if file == self.serving:
            return "serving"
        if file == self.previous:
            return "previous"
        return "retired" if self.records[file].served else "candidate"

    def bounded(self) -> Registry:
        """Without the oldest of those that customers do not talk to."""
        trial = self.trial.file if self.trial and self.trial.returned_at is None else None
        held = {self.serving, self.previous, trial}
        others = sorted((item for item in self.records.values() if item.file not in held), key=_age, reverse=True)
        dropped = {item.file for item in others[KEPT_BESIDE:]}
        return replace(self, records={file: item for file, item in self.records.items() if file not in dropped})

    def as_json(self) -> dict[str, Any]:
        return {
            "format": _FORMAT,
            "serving": self.serving,
            "previous": self.previous,
            "canary": asdict(self.trial) if self.trial else None,
            "models": [asdict(item) for item in sorted(self.records.values(), key=_age)],
        }


def registry_from(body: Mapping[str, Any]) -> Registry:
    """Read `as_json`, or the registry as it was before records were signed.

    Raises:
        KeyError, TypeError, ValueError: it is neither.
    """
    if "format" not in body:
        return _unsigned(body)
    if body["format"] != _FORMAT:
        raise ValueError(f"format {body['format']!r}")
    trial = Trial(**body["canary"]) if body["canary"] else None
    records = _by_file(ModelRecord(**item) for item in body["models"])
    return Registry(_known(body["serving"], records), _known(body["previous"], records), trial, records)


def _unsigned(body: Mapping[str, Any]) -> Registry:
    found = {role: ModelRecord(**body[role], served=True) for role in ("serving", "previous") if body.get(role)}
    files = {role: item.file for role, item in found.items()}
    return Registry(files.get("serving"), files.get("previous"), None, _by_file(found.values()))


def _by_file(records: Iterable[ModelRecord]) -> dict[str, ModelRecord]:
    found = {item.file: item for item in records}
    for file in found:
        if not isinstance(file, str) or "/" in file or not file.endswith(".tar.gz"):
            raise ValueError(f"file {file!r}")
    return found


def _known(file: Any, records: Mapping[str, ModelRecord]) -> str | None:
    if file is not None and file not in records:
        raise ValueError(f"no record of {file!r}")
    return file if file is None else str(file)


def _age(record: ModelRecord) -> tuple[str, str]:
    return (record.trained_at, record.file)


def signed(record: ModelRecord, key: bytes) -> ModelRecord:
    """The record with a signature over all that it says."""
    return replace(record, signature=_signature(record, key))


def is_signed(record: ModelRecord, key: bytes) -> bool:
    """Whether the record says what it said when it was signed with this key."""
    return hmac.compare_digest(str(record.signature), _signature(record, key))


def _signature(record: ModelRecord, key: bytes) -> str:
    said = {name: value for name, value in asdict(record).items() if name != "signature"}
    text = json.dumps(said, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
