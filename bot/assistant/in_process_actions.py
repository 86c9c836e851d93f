"""Custom actions run in this process, behind the same door as Rasa's action server."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor

from bot.compact_json import copied
from bot.conversations.crash_points import crash_point
from bot.errors import BackOfficeDown

log = structlog.get_logger(__name__)
FAILED_SLOT = "action_failed"


class InProcessActions(EndpointConfig):
    """An action endpoint that calls an executor in this process.

    What crosses is copied by a JSON round trip, so that no action can change the tracker behind Rasa's back. An action
    that fails or takes too long does not vanish: its answer sets `action_failed` to `back_office` or `error`, which the
    flow policy turns into a hand-over.
    """

    def __init__(self, actions: Sequence[Action], timeout_s: float) -> None:
        super().__init__(url="inproc://actions", enable_selective_domain=True)
        self._executor = ActionExecutor()
        self._timeout_s = timeout_s
        for action in actions:
            self._executor.register_action(action)

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any | None:
        """Run the action named in `json["next_action"]` and give what an action server would answer."""
        call = copied(kwargs["json"])
        try:
            answer = await asyncio.wait_for(self._executor.run(call), self._timeout_s)
            crash_point(f"after_{call['next_action']}")
            return copied(answer)
        except (BackOfficeDown, asyncio.TimeoutError) as exc:
            log.warning("action.back_office_down", action=call["next_action"], cause=type(exc).__name__)
            return _failed("back_office")
        except Exception as exc:
            log.error("action.failed", action=call["next_action"], cause=type(exc).__name__, exc_info=True)
            return _failed("error")


def _failed(cause: str) -> dict[str, Any]:
    return {"events": [{"event": "slot", "name": FAILED_SLOT, "value": cause}], "responses": []}


class InProcessAction(RemoteAction):
    """A custom action whose answer comes from our own executor: its form needs no schema check on every call."""

    def _validate_action_result(self, result: dict[str, Any]) -> bool:
        return isinstance(result.get("events"), list) and isinstance(result.get("responses"), list)
