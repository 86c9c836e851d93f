"""`python -m bot parse`: JSON lines in, JSON lines out, for scoring and for trainers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from bot.assistant.explain import Explainer
from bot.assistant.nlu.wishes import WISHES, ParseData
from bot.assistant.understanding import Understanding
from bot.errors import BotError

_REFUSED = "nlu_fallback"
_OUTSIDE = "out_of_scope"


class BadParseLine(BotError):
    """Each line needs JSON like {"text": "…", "now": "2026-05-01T09:00:00+08:00"}; "now" may be left out."""

    status, code = 422, "bad_parse_line"


@dataclass(frozen=True)
class ParseRequest:
    """One line of input: a text, and the instant it was written at if it matters."""

    text: str
    now: datetime | None


async def parse_lines(model_path: Path, source: TextIO, target: TextIO, explain: bool = False) -> None:
    """Answer every line of `source` with one line on `target`, in order; blank lines are passed over.

    Args:
        model_path: model archive; only its language part is loaded.
        source: lines `{"text", "now"?}`.
        target: lines as `api.md` fixes them, flushed one by one.
        explain: whether each also has `explain`, as `Explainer.explain` returns it.

    Raises:
        NoLanguageModel: there is no such model.
        BadParseLine: a line cannot be read; the message names it. What stands before it has been answered.
    """
    understanding = Understanding.from_archive(model_path)
    explainer = Explainer.from_archive(model_path) if explain else None
    for request in _requests(source):
        answer = parse_answer(await understanding.parse(request.text, request.now))
        if explainer is not None:
            answer["explain"] = explainer.explain(request.text)
        target.write(json.dumps(answer, ensure_ascii=False) + "\n")
        target.flush()


def parse_answer(data: ParseData) -> dict[str, Any]:
    """Return the contract's form of parse data.

    `fallback` is true for a message that is refused, and for one that is understood as nothing a front line answers;
    the intent of both is `out_of_scope`. A message of several wishes also has `wishes`: `{"text", "intent",
    "confidence", "start"}` of each, in order; its own intent is that of the first.
    """
    full_intent = str(data.get("full_intent") or data["intent"]["name"] or _REFUSED)
    outside = full_intent in {_REFUSED, _OUTSIDE}
    return {
        "text": data["text"],
        "intent": _OUTSIDE if outside else full_intent,
        "confidence": round(float(data["intent"]["confidence"]), 4),
        "fallback": outside,
        "language": data.get("language"),
        "entities": [
            {key: entity[key] for key in ("entity", "value", "start", "end", "text")} for entity in data["entities"]
        ],
        **({"wishes": [_wish(wish) for wish in data[WISHES]]} if data.get(WISHES) else {}),
    }


def _wish(wish: ParseData) -> dict[str, Any]:
    return {
        "text": wish["text"],
        "intent": wish["full_intent"],
        "confidence": round(float(wish["intent"]["confidence"]), 4),
        "start": wish["start"],
    }


def _requests(source: TextIO) -> Iterator[ParseRequest]:
    for number, line in enumerate(source, start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            now = entry.get("now")
            yield ParseRequest(_as_text(entry["text"]), None if now is None else datetime.fromisoformat(_iso(now)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadParseLine(f"Line {number}: {BadParseLine.__doc__}") from error


def _as_text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("text must be a string")
    return value


def _iso(value: str) -> str:
    """Python 3.10 does not read the letter Z as an offset."""
    return value[:-1] + "+00:00" if value.endswith(("Z", "z")) else value
