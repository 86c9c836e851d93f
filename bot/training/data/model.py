"""Language data as trainers see it: examples with their marks, files, conflicts. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import BadRequest, Conflict, NotFound, Refused
from bot.training.causes import Cause

LANGUAGES = ("zh", "en")
OTHER = {"zh": "en", "en": "zh"}
_LONGEST = 1_000
_INTENT = re.compile(r"[a-z][a-z0-9_]*(/[a-z][a-z0-9_]*)?")
_TOPIC = re.compile(r"[a-z][a-z0-9_]*")
#: Rasa's marks: [words](entity) or [words]{"entity": …}
_MARK = re.compile(r"\[(?P<words>[^\]]+?)\](?:\((?P<entity>[^():]+)(?::(?P<value>[^()]*))?\)|(?P<json>\{[^}]+?\}))")
#: what is left of a mark that cannot be read
_HALF_MARK = re.compile(r"\]\(\w+(?::[^()]*)?\)|\]\{\s*[\"']")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")


class DataFileWrong(Refused):
    """A file of the language data cannot be read; the message names file and line."""

    code = "data_file_wrong"

    def __init__(self, path: str, line: int | None, cause: Cause, problem: str) -> None:
        """Args:
        cause: `problem` for a page; it gets the place.
        """
        place = f"{path}, line {line}" if line else path
        super().__init__(f"{place}: {problem}")
        self.path, self.line, self.problem = path, line, problem
        self.cause = cause.at(path=path, **({"line": line} if line else {}))
        self.more = {"cause": self.cause.as_json()}


class MarksOverlap(Refused):
    """Two entity marks share characters. Keep one of them."""

    code = "marks_overlap"


class NoWorkingCopy(Conflict):
    """Language data cannot be edited here; the message says what is missing, and `cause` for a page."""

    code = "no_working_copy"

    def __init__(self, message: str, cause: Cause) -> None:
        super().__init__(message)
        self.cause = cause
        self.more = {"cause": cause.as_json()}


class ExampleNotFound(NotFound):
    """The file has no such example any more. Read the intent again."""

    code = "example_not_found"


class ExampleKnown(Conflict):
    """The sentence is an example already; the message says where."""

    code = "example_known"


class IntentUnknown(NotFound):
    """No intent has this name. Add it first."""

    code = "intent_unknown"


@dataclass(frozen=True)
class Mark:
    """An entity in an example: characters `start` to `end` (exclusive) of the plain text."""

    entity: str
    start: int
    end: int
    #: what the words stand for; None: they stand for themselves
    value: str | None = None
    role: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {key: item for key, item in self.__dict__.items() if item is not None}


@dataclass(frozen=True)
class Example:
    """One example of an intent, where it stands. `text` is as the file has it, marks in brackets and all."""

    intent: str
    path: str
    #: in the file, from 1
    line: int
    text: str

    @property
    def language(self) -> str:
        return language_of(self.path)

    def as_json(self) -> dict[str, Any]:
        plain, marks = read_marks(self.text)
        return {"line": self.line, "text": self.text, "plain": plain, "entities": [mark.as_json() for mark in marks]}


@dataclass(frozen=True)
class Edit:
    """A line that an edit put into a file."""

    path: str
    line: int
    intent: str
    text: str

    def as_json(self) -> dict[str, Any]:
        return dict(self.__dict__)


@dataclass(frozen=True)
class MergeConflict:
    """What two people did to the same lines. `mine` is the proposal, `theirs` what is published."""

    path: str
    line: int
    intent: str | None
    mine: tuple[str, ...]
    theirs: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        about = f" ({self.intent})" if self.intent else ""
        message = (
            f"{self.path}, line {self.line}{about}: two people changed these lines in different ways. "
            "Refresh your copy, decide between them, and propose again."
        )
        return {
            "path": self.path,
            "line": self.line,
            "intent": self.intent,
            "mine": list(self.mine),
            "theirs": list(self.theirs),
            "message": message,
        }


def language_of(path: str) -> str:
    """The language of `<topic>.<language>.yml`."""
    return path.rsplit(".", 2)[-2]


def topic_of(path: str) -> str:
    """The topic of `data/nlu/<topic>.<language>.yml`."""
    return path.rsplit("/", 1)[-1].split(".")[0]


def checked_language(value: object) -> str:
    """Raises BadRequest unless it is one of ours."""
    if value not in LANGUAGES:
        raise BadRequest('language is "zh" or "en".')
    return str(value)


def checked_intent(value: object) -> str:
    """Raises BadRequest unless it can be an intent's full name."""
    if not isinstance(value, str) or not _INTENT.fullmatch(value):
        raise BadRequest("An intent is named in small letters, digits and underscores, like check_bill or faq/roaming.")
    return value


def checked_topic(value: object) -> str:
    """Raises BadRequest unless it can be the name of a topic's files."""
    if not isinstance(value, str) or not _TOPIC.fullmatch(value):
        raise BadRequest("A topic is named in small letters, digits and underscores, like billing.")
    return value


def checked_text(value: object) -> str:
    """The sentence, trimmed.

    Raises:
        BadRequest: empty, too long, of several lines, or with signs that cannot be printed.
    """
    text = value.strip() if isinstance(value, str) else ""
    if not text or len(text) > _LONGEST:
        raise BadRequest(f"An example has 1 to {_LONGEST:,} characters.")
    if _UNPRINTABLE.search(text):
        raise BadRequest("An example is one line without tabs and control characters.")
    return text


def marks_of(value: object) -> tuple[Mark, ...]:
    """Marks from JSON `[{entity, start, end, value?, role?}]`; shape only.

    Raises:
        BadRequest: they are not of that shape.
    """
    if value is None:
        return ()
    if not isinstance(value, list):
        raise BadRequest("entities is a list of {entity, start, end, value?}.")
    found = []
    for item in value:
        body: Mapping[str, Any] = item if isinstance(item, dict) else {}
        entity, start, end = body.get("entity"), body.get("start"), body.get("end")
        extra = [body.get("value"), body.get("role")]
        if (
            not isinstance(entity, str)
            or not _TOPIC.fullmatch(entity)
            or type(start) is not int
            or type(end) is not int
            or any(one is not None and not isinstance(one, str) for one in extra)
        ):
            raise BadRequest("entities is a list of {entity, start, end, value?}.")
        found.append(Mark(entity, start, end, body.get("value"), body.get("role")))
    return tuple(found)


def with_marks(plain: str, marks: Sequence[Mark]) -> str:
    """The example as Rasa's files have it.

    Raises:
        MarksOverlap: two marks share characters; the message says which.
        BadRequest: a mark lies outside the text, is empty, or the text already has brackets that read as a mark.
    """
    if _MARK.search(plain):
        raise BadRequest("The sentence has brackets that would be read as an entity mark. Leave them out.")
    before = 0
    parts: list[str] = []
    last: Mark | None = None
    for mark in sorted(marks, key=lambda one: (one.start, one.end)):
        if not 0 <= mark.start < mark.end <= len(plain):
            raise BadRequest(f"The mark {mark.entity} does not lie in the sentence.")
        words = plain[mark.start : mark.end]
        if last is not None and mark.start < last.end:
            raise MarksOverlap(
                f"The marks {last.entity} ({plain[last.start : last.end]}) and {mark.entity} ({words}) overlap. "
                "Keep one of them."
            )
        if "[" in words or "]" in words:
            raise BadRequest(f"The words of the mark {mark.entity} have square brackets. Leave them out.")
        parts.append(plain[before : mark.start] + _marked(words, mark))
        before, last = mark.end, mark
    return "".join(parts) + plain[before:]


def _marked(words: str, mark: Mark) -> str:
    if mark.value is None and mark.role is None:
        return f"[{words}]({mark.entity})"
    body = {"entity": mark.entity, "value": mark.value, "role": mark.role}
    return f"[{words}]" + json.dumps({k: v for k, v in body.items() if v is not None}, ensure_ascii=False)


def read_marks(text: str) -> tuple[str, tuple[Mark, ...]]:
    """The plain text of an example, and its marks in order."""
    plain, marks, done = "", [], 0
    for found in _MARK.finditer(text):
        body = _mark_body(found)
        if body is None:
            continue
        plain += text[done : found.start()]
        words = found["words"]
        marks.append(Mark(body["entity"], len(plain), len(plain) + len(words), body.get("value"), body.get("role")))
        plain += words
        done = found.end()
    return plain + text[done:], tuple(marks)


def are_marks_whole(text: str) -> bool:
    """Whether every bracket that looks like a mark is one; of marks inside one another only one is."""
    plain, marks = read_marks(text)
    return not _HALF_MARK.search(plain) and not any("[" in plain[mark.start : mark.end] for mark in marks)


def _mark_body(found: "re.Match[str]") -> dict[str, Any] | None:
    if found["entity"] is not None:
        return {"entity": found["entity"], "value": found["value"]}
    try:
        body = json.loads(found["json"])
    except ValueError:
        return None
    return body if isinstance(body, dict) and isinstance(body.get("entity"), str) else None


def same_words(text: str) -> str:
    """What of a sentence decides whether it is the same as another: case, blanks and closing marks do not."""
    plain = read_marks(text)[0].casefold()
    return re.sub(r"[\s\u3000]+", " ", plain).strip(" .!?,;:~\u3002\uff01\uff1f\uff0c\uff1b\uff1a\u2026")
