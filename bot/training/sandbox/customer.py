"""A customer of a running service, over the same API as the widget."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import aiohttp

from bot.errors import BotError

_API = "/api/v1/conversations"
_TOO_MANY = 429


class NotTaken(BotError):
    """The service did not take what the customer said. The message says why."""

    status, code = 422, "not_taken"


class SandboxCustomer:
    """One conversation. `messages` is all that was said in it, `replies` what answered the newest turn."""

    def __init__(
        self, http: aiohttp.ClientSession, base: str, when_hurried: Callable[[str, float], Awaitable[None]]
    ) -> None:
        """Args:
        when_hurried: called with the conversation's id and the seconds to wait when the service takes no more for now.
        """
        self._http, self._base, self._when_hurried = http, base, when_hurried
        self.id = ""
        self.token = ""
        self.messages: list[Mapping[str, Any]] = []
        self.replies: Sequence[Mapping[str, Any]] = ()
        self.state: Mapping[str, Any] = {}

    async def open(self, language: str | None, identity_token: str | None) -> None:
        """Begin the conversation."""
        body = {key: value for key, value in (("language", language), ("identity_token", identity_token)) if value}
        opened = await self._call("POST", _API, body)
        self.id, self.token = opened["conversation_id"], opened["token"]
        self.messages = list(opened["messages"])

    def resume(self, conversation_id: str, token: str) -> None:
        """Go on with a conversation that was opened before; `messages` begins empty."""
        self.id, self.token = conversation_id, token

    async def say(self, text: str) -> None:
        """Say something and wait for the answer."""
        await self._send({"text": text})

    async def press(self, which: int | str) -> None:
        """Press the n-th button (1 is the first), or the one with that in its label, of the newest message with any.

        Raises:
            NotTaken: there is no such button.
        """
        buttons = self.buttons()
        labels = [button["label"] for button in buttons]
        if isinstance(which, int):
            place = which - 1 if 0 < which <= len(buttons) else None
        else:
            place = next((number for number, label in enumerate(labels) if which in label), None)
        if place is None:
            raise NotTaken(f"There is no button {which!r} among {labels}.")
        await self.press_id(buttons[place]["id"])

    async def press_id(self, button_id: str) -> None:
        """Press a button by its id."""
        await self._send({"button_id": button_id})

    def buttons(self) -> Sequence[Mapping[str, Any]]:
        """The buttons of the newest message that has any."""
        return next((list(message["buttons"]) for message in reversed(self.messages) if message.get("buttons")), ())

    async def thread(self) -> list[Mapping[str, Any]]:
        """The whole conversation as the service has it now."""
        found = await self._call("GET", f"{_API}/{self.id}/messages?after=0")
        self.messages = list(found["messages"])
        return self.messages

    async def _send(self, body: Mapping[str, Any]) -> None:
        said = await self._call(
            "POST", f"{_API}/{self.id}/messages?wait=reply", {"client_msg_id": str(uuid.uuid4()), **body}
        )
        self.replies, self.state = said["replies"], said["state"]
        self.messages += [said["message"], *self.replies]

    async def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        while True:
            async with self._http.request(method, self._base + path, json=body, headers=headers) as answer:
                if answer.status == _TOO_MANY:
                    await self._when_hurried(self.id, float(answer.headers["Retry-After"]))
                    continue
                given: dict[str, Any] = await answer.json()
                if answer.status >= 400:
                    raise NotTaken(given["error"]["message"])
                return given
