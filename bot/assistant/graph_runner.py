"""Runs the nodes of Rasa's prediction graph one after the other.

Rasa's own runner plans the graph anew through dask for every message and every prediction, which costs more than the
policies. The order of nodes does not depend on the message, so it is planned once for each target.
"""

from __future__ import annotations

from dataclasses import replace
from graphlib import TopologicalSorter
from typing import Any, TypeVar

from rasa.engine.exceptions import GraphComponentException
from rasa.engine.graph import ExecutionContext, GraphNode, GraphNodeHook, GraphSchema, SchemaNode
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelStorage
from rasa.graph_components.providers.domain_provider import DomainProvider

from bot.assistant.stored_domain import StoredDomainProvider
from bot.errors import BotError

Component = TypeVar("Component")
Plan = tuple[tuple[str, tuple[str, ...]], ...]
"""Nodes in the order they run, each with the nodes or inputs that it needs."""


def _reason(error: Exception) -> BaseException:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, BotError):
        cause = cause.__cause__
    return cause or error


def _quick(node: SchemaNode) -> SchemaNode:
    return replace(node, uses=StoredDomainProvider) if node.uses is DomainProvider else node


class SequentialGraphRunner(GraphRunner):
    """A graph runner for predictions: every node in this thread, in an order that is planned once."""

    def __init__(self, schema: GraphSchema, nodes: dict[str, GraphNode]) -> None:
        self._schema = schema
        self._nodes = nodes
        self._plans: dict[tuple[str, ...], Plan] = {}

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> SequentialGraphRunner:
        """Load every node of the schema.

        Raises:
            BotError: one of our components says why it cannot be loaded; Rasa would only say which one it was.
        """
        try:
            nodes = {
                name: GraphNode.from_schema_node(name, _quick(node), model_storage, execution_context, hooks)
                for name, node in graph_schema.nodes.items()
            }
        except GraphComponentException as exc:
            reason = _reason(exc)
        else:
            return cls(graph_schema, nodes)
        raise reason  # out here: Rasa's error already names it as its cause, and causes may not go in circles

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """Run what the targets need.

        Args:
            inputs: values of the placeholders that nodes name in their needs.
            targets: nodes whose outputs are wanted; the schema's own without.

        Returns:
            Target → output.

        Raises:
            KeyError: a node needs an input that was not given.
        """
        wanted = tuple(targets or self._schema.target_names)
        done: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        plan = self._plans.get(wanted)
        if plan is None:
            plan = self._plans[wanted] = self._plan(wanted)
        for name, needs in plan:
            done[name] = self._nodes[name](*(done[need] for need in needs))
        return {name: done[name][1] for name in wanted}

    def component(self, kind: type[Component]) -> Component:
        """The first component of a class.

        Raises:
            LookupError: the graph has none.
        """
        for node in self._nodes.values():
            if isinstance(node._component, kind):
                return node._component
        raise LookupError(kind.__name__)

    def _plan(self, targets: tuple[str, ...]) -> Plan:
        nodes = self._schema.minimal_graph_schema(list(targets)).nodes
        needs = {name: tuple(node.needs.values()) for name, node in nodes.items()}
        return tuple((name, needs[name]) for name in TopologicalSorter(needs).static_order() if name in needs)
