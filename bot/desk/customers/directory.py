"""Who wrote to us, without asking the operator's system for every row of every list."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from bot.desk.customers.model import Card
from bot.desk.customers.store import CardStore
from bot.operator.patience import answer_or_none
from bot.operator.ports import Customer, OperatorPorts

#: a card older than this is asked for again
_OLD = timedelta(hours=12)
_AT_ONCE = 20
#: cards that one round looks up
_A_ROUND = 500
#: how long a list waits for customers that it does not know yet
_PATIENCE_S = 0.5


class CustomerDirectory:
    """Cards of customers, from our copy; what is missing there is looked up once."""

    def __init__(self, store: CardStore, operator: OperatorPorts, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._operator = operator
        self._clock = clock

    async def cards(self, customer_ids: Iterable[str]) -> dict[str, Card]:
        """Cards by id. Those that the operator does not give in half a second are left out this time."""
        ids = tuple(dict.fromkeys(customer_ids))
        known = await self._store.get(ids)
        missing = [id_ for id_ in ids if id_ not in known]
        if missing:
            known |= await self._look_up(missing[:_AT_ONCE])
        return known

    async def remember(self, customer: Customer) -> None:
        """Keep what the operator has just said."""
        await self._store.put([card_of(customer)], self._clock())

    async def tidy(self) -> None:
        """Look up customers that have no card yet, or an old one."""
        stale = await self._store.stale(self._clock() - _OLD, _A_ROUND)
        for begin in range(0, len(stale), _AT_ONCE):
            if not await self._look_up(stale[begin : begin + _AT_ONCE]):
                return  # the operator's system does not answer: the next round tries again

    async def _look_up(self, ids: Iterable[str]) -> dict[str, Card]:
        calls = (answer_or_none(self._operator.customers.by_id(id_), _PATIENCE_S) for id_ in ids)
        cards = [card_of(customer) for customer in await asyncio.gather(*calls) if customer is not None]
        await self._store.put(cards, self._clock())
        return {card.customer_id: card for card in cards}


def card_of(customer: Customer) -> Card:
    """The card of a customer of the operator's directory."""
    return Card(
        customer.id,
        customer.name.zh,
        customer.name.en,
        customer.phone,
        customer.account_number,
        customer.customer_class,
    )
