"""Macros: kept, shared, and filled from a conversation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.appointments.service import AppointmentService
from bot.contracts import Conversation
from bot.conversations.store import ConversationStore
from bot.desk.macros.model import Macro, Visibility, macro_of, rendered
from bot.desk.macros.store import MacroStore
from bot.errors import BackOfficeDown, BotError, Forbidden, NotFound, SettingsError
from bot.handoff.model import User
from bot.ids import new_id
from bot.operator.patience import answer_or_none
from bot.operator.ports import OperatorPorts
from bot.tickets.service import TicketService
from bot.wording import Wording
from bot.yaml_files import yaml_mapping


class MacroService:
    """What people of the desk say again and again."""

    def __init__(
        self,
        store: MacroStore,
        conversations: ConversationStore,
        tickets: TicketService,
        appointments: AppointmentService,
        operator: OperatorPorts,
        wording: Wording,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._conversations = conversations
        self._tickets = tickets
        self._appointments = appointments
        self._operator = operator
        self._wording = wording
        self._clock = clock

    async def visible(self, user: User, groups: tuple[str, ...]) -> tuple[Macro, ...]:
        """Macros that somebody in these groups may use."""
        return tuple(macro for macro in await self._store.all() if macro.is_for(user, groups))

    async def add(self, user: User, body: Mapping[str, Any]) -> Macro:
        """Keep a macro.

        Raises:
            BadRequest: it cannot be used; the message says why.
            Forbidden: a shared one by somebody who is no supervisor.
        """
        macro = macro_of(new_id(), body, user.id)
        _check(macro, user)
        await self._store.add(macro, self._clock())
        return macro

    async def change(self, user: User, macro_id: str, body: Mapping[str, Any]) -> Macro:
        """Put another text in place of a macro's.

        Raises:
            BadRequest: it cannot be used; the message says why.
            NotFound: there is none, or it is somebody else's own.
            Forbidden: a shared one by somebody who is no supervisor.
        """
        known = await self._own(user, macro_id)
        macro = macro_of(known.id, body, known.author_id)
        _check(macro, user)
        await self._store.change(macro, self._clock())
        return macro

    async def remove(self, user: User, macro_id: str) -> None:
        """Drop a macro; errors as with `change`."""
        await self._store.remove((await self._own(user, macro_id)).id)

    async def render(
        self, user: User, groups: tuple[str, ...], macro_id: str, conversation_id: str
    ) -> tuple[str, list[str]]:
        """A macro filled for a conversation, in its language, and the variables that nobody knew.

        Raises:
            NotFound: no macro that this person may use.
        """
        macro = await self._store.get(macro_id)
        if macro is None or not macro.is_for(user, groups):
            raise NotFound("No macro of yours has this id.")
        head = await self._conversations.head(conversation_id)
        text = macro.text[head.language if head.language in macro.text else "zh"]
        values = await self._values(head, user) if "{" in text else {}
        return rendered(text, values)

    async def put_first(self, given: tuple[Macro, ...]) -> int:
        """Put in what came with the product, when there is no macro at all."""
        return await self._store.put_first(given, self._clock())

    async def _own(self, user: User, macro_id: str) -> Macro:
        macro = await self._store.get(macro_id)
        if macro is None or (macro.visibility is Visibility.mine and macro.author_id != user.id):
            raise NotFound("No macro of yours has this id.")
        if not macro.may_be_changed_by(user):
            raise Forbidden("Shared macros are changed by supervisors.")
        return macro

    async def _values(self, head: Conversation, user: User) -> dict[str, str | None]:
        language, wording = head.language, self._wording
        values: dict[str, str | None] = {"agent_name": user.shown_name(language)}
        tickets = list(await self._tickets.for_conversation(head.id))
        if head.customer_id:
            tickets += await self._tickets.for_customer(head.customer_id, open_only=True)
            values |= await answer_or_none(self._of_customer(head.customer_id, language)) or {}
            visits = await self._appointments.for_customer(head.customer_id)
            if visits:
                values["visit_window"] = wording.window(visits[0].start, visits[0].end, language)
        if tickets:
            values["ticket_id"] = tickets[0].id
            due = tickets[0].due_at
            values["ticket_due"] = f"{wording.day(due, language)} {wording.clock(due, language)}" if due else None
        return values

    async def _of_customer(self, customer_id: str, language: str) -> dict[str, str | None]:
        operator = self._operator
        customer = await operator.customers.by_id(customer_id)
        if customer is None:
            return {}
        values: dict[str, str | None] = {"customer_name": customer.name.in_language(language)}
        lines = await operator.customers.lines(customer_id)
        if lines:
            plan = await operator.catalogue.plan(lines[0].plan_id)
            values |= {"line": lines[0].number, "plan": plan.name.in_language(language) if plan else None}
        try:
            balance = await operator.billing.balance(customer_id)
        except BackOfficeDown:
            return values
        owed = max(0, -balance.amount_cents)
        return {**values, "amount_due": self._wording.money(owed, language)}


def _check(macro: Macro, user: User) -> None:
    if macro.visibility is not Visibility.mine and not user.may("supervisor"):
        raise Forbidden("Macros for a group or for all are kept by supervisors.")


def load_macros(file: Path) -> tuple[Macro, ...]:
    """The macros of a file, visible to all.

    Raises:
        SettingsError: the file is missing, is no YAML, or one of them cannot be used.
    """
    try:
        rows = yaml_mapping(file)["macros"]
        return tuple(macro_of(row["id"], {**row, "visibility": Visibility.all.value}, None) for row in rows)
    except (KeyError, TypeError, BotError) as exc:
        raise SettingsError(f"{file} cannot be used ({exc}). Restore the file of the repository.") from exc
