"""YAML of our own files, read with the C parser, which takes a tenth of the time of the one in Python."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from bot.errors import SettingsError

_TAG = "tag:yaml.org,2002:"
#: what YAML 1.2 takes for something else than words, where 1.1 differs: its first characters and the whole
_SCALARS = {
    f"{_TAG}bool": ("tTfF", re.compile("true|True|TRUE|false|False|FALSE")),
    f"{_TAG}int": ("-+0123456789", re.compile("[-+]?(?:0o[0-7]+|0x[0-9a-fA-F]+|[0-9]+)")),
    f"{_TAG}float": (
        "-+.0123456789",
        re.compile(
            r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
        ),
    ),
}


class _RasaLoader(yaml.CSafeLoader):
    """YAML 1.2 as Rasa reads it: `yes`, `no`, `on`, `off` and `12:30` are words."""


_RasaLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _SCALARS]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
for _tag, (_first, _pattern) in _SCALARS.items():
    _RasaLoader.add_implicit_resolver(_tag, re.compile(f"^(?:{_pattern.pattern})$"), list(_first))


def load_yaml(text: str) -> Any:
    """What a YAML document says, of plain types only.

    Raises:
        yaml.YAMLError: the text is no YAML.
    """
    return yaml.load(text, yaml.CSafeLoader)


def yaml_mapping(path: Path) -> dict[str, Any]:
    """The mapping in a file that the service cannot do without.

    Raises:
        SettingsError: it is missing, no YAML in UTF-8, or holds something else; the message says where.
    """
    try:
        found = load_yaml(path.read_text("utf-8"))
    except OSError as exc:
        raise SettingsError(f"{path} cannot be read ({exc.strerror}). Restore it.") from exc
    except (yaml.YAMLError, ValueError) as exc:
        mark = getattr(exc, "problem_mark", None)
        where = f" at line {mark.line + 1}: {getattr(exc, 'problem', '')}" if mark is not None else ""
        raise SettingsError(f"{path} is no YAML in UTF-8{where}. Correct it.") from exc
    if not isinstance(found, dict):
        raise SettingsError(f"{path} holds no mapping of names to values. Correct it.")
    return found


def load_rasa_yaml(text: str) -> Any:
    """What a YAML document of Rasa's says: as `load_yaml`, but `yes`, `off` and `12:30` are words.

    Raises:
        yaml.YAMLError: the text is no YAML.
    """
    return yaml.load(text, _RasaLoader)
