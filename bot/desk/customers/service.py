"""All that is known of a customer, in parts: one that the operator's system does not give in time is left out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from bot.appointments.model import appointment_json
from bot.appointments.service import AppointmentService
from bot.conversations.masking import mask
from bot.desk.customers.directory import CustomerDirectory
from bot.desk.customers.store import ProfileStore
from bot.desk.ratings.store import RatingStore
from bot.errors import BackOfficeDown, NotFound
from bot.operator.patience import PATIENCE_S
from bot.operator.ports import Bill, Customer, Line, OperatorPorts, UsageItem, Words
from bot.tickets.model import ticket_json
from bot.tickets.service import TicketService

_BILLS = 6
_TICKETS = 20
_PAST = 20
_SUMMARY = 160


class CustomerProfiles:
    """The customer pane of the console."""

    def __init__(
        self,
        store: ProfileStore,
        directory: CustomerDirectory,
        ratings: RatingStore,
        tickets: TicketService,
        appointments: AppointmentService,
        operator: OperatorPorts,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._store = store
        self._directory = directory
        self._ratings = ratings
        self._tickets = tickets
        self._appointments = appointments
        self._operator = operator
        self._patience_s = patience_s

    async def profile(self, customer_id: str) -> dict[str, Any]:
        """Everything about a customer, asked for at once.

        Returns:
            `{customer, lines, bills, usage, balance, tickets, visits, past, ratings, unavailable}`; a part that the
            operator's system did not give in time is None and named in `unavailable`.

        Raises:
            NotFound: the operator knows nobody by this id, and neither do we.
        """
        unavailable: list[str] = []
        parts: dict[str, Callable[[], Awaitable[Any]]] = {
            "customer": lambda: self._customer(customer_id),
            "lines": lambda: self._lines(customer_id),
            "bills": lambda: self._bills(customer_id),
            "usage": lambda: self._usage(customer_id),
            "balance": lambda: self._balance(customer_id),
        }

        async def part(name: str) -> Any:
            try:
                return await asyncio.wait_for(parts[name](), self._patience_s)
            except (BackOfficeDown, asyncio.TimeoutError):
                unavailable.append(name)
                return None

        found = dict(zip(parts, await asyncio.gather(*(part(name) for name in parts)), strict=True))
        past = await self.past(customer_id)
        if found["customer"] is None and "customer" not in unavailable and not past:
            raise NotFound("No customer has this id.")
        tickets = await self._tickets.for_customer(customer_id, limit=_TICKETS)
        visits = await self._appointments.for_customer(customer_id, upcoming=False)
        return {
            **found,
            "tickets": [{**ticket_json(ticket), "created_at": ticket.created_at.isoformat()} for ticket in tickets],
            "visits": [appointment_json(visit) for visit in visits],
            "past": past,
            "ratings": await self._rated([item["conversation_id"] for item in past]),
            "unavailable": unavailable,
        }

    async def header(self, customer_id: str | None) -> dict[str, Any] | None:
        """Who they are and their lines, for the chat's own pane; None when unknown or not given in time."""
        if customer_id is None:
            return None
        try:
            customer = await asyncio.wait_for(self._customer(customer_id), self._patience_s)
            return customer and {
                **customer,
                "lines": await asyncio.wait_for(self._lines(customer_id), self._patience_s),
            }
        except (BackOfficeDown, asyncio.TimeoutError):
            return None

    async def past(self, customer_id: str | None, without: str | None = None) -> list[dict[str, Any]]:
        """The customer's newest conversations: when, why a person was wanted, what it was about, whether solved."""
        if customer_id is None:
            return []
        found = await self._store.past(customer_id, _PAST, without)
        return [
            {
                "conversation_id": item.conversation_id,
                "at": item.at.isoformat(),
                "owner": item.owner,
                "reason_code": item.reason_code,
                "summary": item.summary or (mask(item.first_words)[:_SUMMARY] if item.first_words else None),
                "solved": item.solved,
            }
            for item in found
        ]

    async def _rated(self, conversation_ids: Sequence[str]) -> list[dict[str, Any]]:
        rated = await self._ratings.of(conversation_ids)
        found = [rating for both in rated.values() for rating in both.values()]
        found.sort(key=lambda rating: rating.at, reverse=True)
        return [
            {"conversation_id": rating.conversation_id, "of": rating.subject.value, **rating.as_json()}
            for rating in found
        ]

    async def _customer(self, customer_id: str) -> dict[str, Any] | None:
        customer = await self._operator.customers.by_id(customer_id)
        if customer is None:
            return None
        await self._directory.remember(customer)
        return customer_json(customer)

    async def _lines(self, customer_id: str) -> list[dict[str, Any]]:
        lines = await self._operator.customers.lines(customer_id)
        plans = {plan_id: await self._operator.catalogue.plan(plan_id) for plan_id in {line.plan_id for line in lines}}
        names = {plan_id: _both(plan.name) for plan_id, plan in plans.items() if plan is not None}
        return [_line_json(line, names.get(line.plan_id)) for line in lines]

    async def _bills(self, customer_id: str) -> list[dict[str, Any]]:
        return [_bill_json(bill) for bill in await self._operator.billing.bills(customer_id, _BILLS)]

    async def _usage(self, customer_id: str) -> list[dict[str, Any]]:
        return [_usage_json(item) for item in await self._operator.billing.usage(customer_id)]

    async def _balance(self, customer_id: str) -> dict[str, Any]:
        balance = await self._operator.billing.balance(customer_id)
        due_on = balance.due_on.isoformat() if balance.due_on else None
        return {"amount_cents": balance.amount_cents, "currency": balance.currency, "due_on": due_on}


def customer_json(customer: Customer) -> dict[str, Any]:
    """A customer as the desk sees them."""
    return {
        "id": customer.id,
        "name": _both(customer.name),
        "phone": customer.phone,
        "account_number": customer.account_number,
        "address": _both(customer.address),
        "area": customer.area,
        "language": customer.language,
        "customer_class": customer.customer_class,
        "vulnerable": customer.vulnerable,
    }


def _line_json(line: Line, plan: dict[str, str] | None) -> dict[str, Any]:
    return {
        "id": line.id,
        "product": line.product,
        "number": line.number,
        "plan_id": line.plan_id,
        "plan": plan,
        "status": line.status,
        "contract_until": line.contract_until.isoformat() if line.contract_until else None,
    }


def _bill_json(bill: Bill) -> dict[str, Any]:
    return {
        "period": bill.period,
        "total_cents": bill.total_cents,
        "currency": bill.currency,
        "due_on": bill.due_on.isoformat(),
        "paid": bill.paid,
        "items": [{"name": _both(item.name), "amount_cents": item.amount_cents} for item in bill.items],
    }


def _usage_json(item: UsageItem) -> dict[str, Any]:
    return {"name": _both(item.name), "used": item.used, "total": item.total, "unit": item.unit}


def _both(words: Words) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}
