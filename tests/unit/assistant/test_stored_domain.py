"""The domain of a model archive is read as Rasa reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain

from bot.assistant.stored_domain import StoredDomainProvider

#: words that YAML 1.1 takes for something else, and some that YAML 1.2 does
_WORDS = ["yes", "No", "on", "OFF", "y", "12:30", "1:02:03.5", "1_000", "0571", "017", "0o17", "0x1F", "true", "False"]
_WORDS += ["~", "null", "1e3", "1.5e-3", ".5", "2026-11-25", "+86", "=", "<<", "好的。😀", " a: b #c", "two\nlines", ""]


@pytest.mark.parametrize("word", [*_WORDS, 17, 0, -3, 0.5, 1e30, True, None])
def test_every_value_is_what_rasa_reads(word: object, tmp_path: Path) -> None:
    slot = {"type": "categorical", "values": ["other", word], "mappings": [{"type": "custom"}]}
    response = [
        {
            "text": str(word) or "-",
            "custom": {"word": word},
            "condition": [{"type": "slot", "name": "s", "value": word}],
        }
    ]
    made = Domain.from_dict({"intents": ["no"], "slots": {"s": slot}, "responses": {"utter_it": response}})
    storage, resource = LocalModelStorage(tmp_path), Resource("domain_provider")
    with storage.write_to(resource) as folder:
        made.persist(folder / "domain.yml")
        theirs = Domain.from_path(folder)
    ours = StoredDomainProvider.load({}, storage, resource, None).provide_inference()
    assert ours.as_dict() == theirs.as_dict()
    assert ours.fingerprint() == theirs.fingerprint()
    assert list(ours.slots[0].values) == list(theirs.slots[0].values)
