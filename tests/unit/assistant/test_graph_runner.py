"""A model that cannot be loaded says why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource

from bot.assistant.graph_runner import SequentialGraphRunner
from bot.assistant.nlu.intent_model import ModelDoesNotFit


class Outdated(GraphComponent):
    """Of another version."""

    @classmethod
    def load(cls, *_: Any, **__: Any) -> Outdated:
        raise ModelDoesNotFit

    def run(self) -> None:
        raise AssertionError("it was never loaded")


def test_what_a_component_says_is_raised_and_its_causes_end(tmp_path: Path) -> None:
    node = SchemaNode({}, Outdated, "load", "run", {}, eager=True, is_target=True, resource=Resource("outdated"))
    schema = GraphSchema({"outdated": node})
    with pytest.raises(ModelDoesNotFit, match="python -m bot train") as caught:
        SequentialGraphRunner.create(schema, LocalModelStorage(tmp_path), ExecutionContext(schema))
    causes, cause = [], caught.value.__cause__ or caught.value.__context__
    while cause is not None:
        assert cause is not caught.value and cause not in causes
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
