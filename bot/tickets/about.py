"""What the operator knows of a customer and the tables of `data/policies` may ask for."""

from __future__ import annotations

from typing import Any

from bot.operator.patience import answer_or_none
from bot.operator.ports import OperatorPorts


class CustomerFacts:
    """Asks the operator once a ticket; where it does not answer in time, the ticket goes without."""

    def __init__(self, operator: OperatorPorts) -> None:
        self._operator = operator

    async def of(self, customer_id: str) -> dict[str, Any]:
        """`area`, `area_kind` and `customer_class` of a customer, as far as they are known."""
        customer = await answer_or_none(self._operator.customers.by_id(customer_id))
        if customer is None:
            return {}
        areas = {area.id: area for area in await answer_or_none(self._operator.network.areas()) or ()}
        kind = areas[customer.area].kind if customer.area in areas else None
        known = {"area": customer.area or None, "area_kind": kind, "customer_class": customer.customer_class or None}
        return {name: value for name, value in known.items() if value is not None}
