"""The operator's ports over TM Forum APIs: 629 customers, 653 line tests, 656 outages, 681 messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from bot.errors import BackOfficeDown
from bot.operator.ports import (
    Addon,
    Area,
    Balance,
    Bill,
    Customer,
    Line,
    LineTest,
    LineTestResult,
    OrderedPlan,
    Outage,
    Plan,
    Store,
    UsageItem,
    Words,
)
from bot.operator.tmforum.client import Resource, TmfClient

_LANGUAGES = ("zh", "en")
_OUTAGE_STATES = {"acknowledged": "planned", "resolved": "restored", "closed": "restored"}
_OVER = ("rejected", "cancelled")
#: TV and landline run over the same fibre
_CARRIED_BY = {"tv": ("tv", "broadband"), "landline": ("landline", "broadband")}
_ESTIMATE = "expectedRestoreDate"


class TmfCustomers:
    """`CustomerDirectory` over TMF629; what it has no attribute for are characteristics."""

    def __init__(self, customers: TmfClient) -> None:
        self._api = customers

    async def by_id(self, customer_id: str) -> Customer | None:
        body = await self._api.get(f"/customer/{customer_id}")
        return None if body is None else _customer(body)

    async def by_sub(self, sub: str) -> Customer | None:
        return await self._one(**{"engagedParty.id": sub})

    async def by_phone(self, phone: str) -> Customer | None:
        return await self._one(**{"contactMedium.characteristic.phoneNumber": phone})

    async def by_account(self, account_number: str) -> Customer | None:
        return await self._one(**{"account.id": account_number})

    async def lines(self, customer_id: str) -> tuple[Line, ...]:
        """The lines that the customer's agreements name."""
        body = await self._api.get(f"/customer/{customer_id}")
        return () if body is None else tuple(_line(item, customer_id) for item in body.get("agreement") or ())

    async def at(self, area: str, product: str) -> tuple[Customer, ...]:
        found = await self._api.find("/customer", **{"characteristic.area": area, "agreement.product": product})
        return tuple(_customer(body) for body in found)

    async def _one(self, **query: str) -> Customer | None:
        found = await self._api.find("/customer", limit="2", **query)
        return _customer(found[0]) if len(found) == 1 else None


class TmfNetwork:
    """`Network` over TMF653 and TMF656; areas, coverage and shops are those of the installation."""

    def __init__(self, tests: TmfClient, problems: TmfClient, local: Any, clock: Callable[[], datetime]) -> None:
        """Args:
        local: gives areas, area_of, covered and stores.
        """
        self._tests = tests
        self._problems = problems
        self._local = local
        self._clock = clock

    async def test_line(self, line_id: str) -> LineTest:
        """Test a line; raises `NotFound` for one that the operator does not have."""
        return await self._test(line_id, "lineTest")

    async def restart_device(self, line_id: str) -> bool:
        """Restart the device in the home, as a test of its own kind."""
        return (await self._test(line_id, "deviceRestart")).result is LineTestResult.ok

    async def _test(self, line_id: str, specification: str) -> LineTest:
        body = await self._tests.create(
            "/serviceTest",
            {
                "name": specification,
                "relatedService": {"id": line_id},
                "testSpecification": {"id": specification},
            },
        )
        measures: dict[str, float] = {}
        result = LineTestResult.not_testable
        for measure in body.get("testMeasure") or ():
            value = (measure.get("value") or {}).get("value")
            if measure.get("metricName") == "result" and value in {item.value for item in LineTestResult}:
                result = LineTestResult(value)
            elif isinstance(value, int | float) and not isinstance(value, bool):
                measures[str(measure.get("metricName"))] = float(value)
        ended = body.get("endDateTime")
        return LineTest(result, datetime.fromisoformat(ended) if ended else self._clock(), measures)

    async def outages(self, area: str, product: str | None = None) -> tuple[Outage, ...]:
        found = await self._problems.find(
            "/serviceProblem", **{"affectedLocation.id": area, "status": "acknowledged,inProgress,pending,held"}
        )
        wanted = None if product is None else _CARRIED_BY.get(product, (product,))
        outages = [_outage(body, area) for body in found]
        current = [item for item in outages if item is not None and (not wanted or item.product in wanted)]
        return tuple(sorted(current, key=lambda item: (item.status != "running", item.started_at)))

    async def outage(self, outage_id: str) -> Outage | None:
        body = await self._problems.get(f"/serviceProblem/{outage_id}")
        return None if body is None else _outage(body)

    async def areas(self) -> tuple[Area, ...]:
        found: tuple[Area, ...] = await self._local.areas()
        return found

    async def area_of(self, address: str) -> Area | None:
        found: Area | None = await self._local.area_of(address)
        return found

    async def covered(self, address: str) -> bool | None:
        found: bool | None = await self._local.covered(address)
        return found

    async def stores(self, area: str | None = None) -> tuple[Store, ...]:
        found: tuple[Store, ...] = await self._local.stores(area)
        return found


class TmfMessages:
    """`Messages` over TMF681."""

    def __init__(self, messages: TmfClient) -> None:
        self._api = messages

    async def send_code(self, phone: str, code: str, purpose: str, conversation_id: str) -> None:
        key = f"{conversation_id}:{purpose}:{code}"
        await self._send(phone, code, key, "code", conversation_id)

    async def send_text(self, phone: str, text: str, *, key: str) -> None:
        await self._send(phone, text, key, "notice", None)

    async def chosen_code(self, phone: str) -> str | None:
        return None

    async def _send(self, phone: str, content: str, key: str, purpose: str, conversation_id: str | None) -> None:
        characteristic = [{"name": "purpose", "value": purpose}]
        if conversation_id:
            characteristic.append({"name": "conversationId", "value": conversation_id})
        await self._api.create(
            "/communicationMessage",
            {
                "messageType": "SMS",
                "content": content,
                "sender": {"id": "frontline"},
                "receiver": [{"phoneNumber": phone}],
                "characteristic": characteristic,
            },
            key=key[:80],
        )


class NotConnected:
    """`Billing` and `Catalogue` where no system is connected: the conversation goes to a person."""

    async def balance(self, customer_id: str) -> Balance:
        raise BackOfficeDown()

    async def bills(self, customer_id: str, limit: int = 6) -> tuple[Bill, ...]:
        raise BackOfficeDown()

    async def usage(self, customer_id: str) -> tuple[UsageItem, ...]:
        raise BackOfficeDown()

    async def plans(self, product: str | None = None) -> tuple[Plan, ...]:
        raise BackOfficeDown()

    async def plan(self, plan_id: str) -> Plan | None:
        raise BackOfficeDown()

    async def addons(self) -> tuple[Addon, ...]:
        raise BackOfficeDown()

    async def addon(self, addon_id: str) -> Addon | None:
        raise BackOfficeDown()

    async def add_addon(self, line_id: str, addon_id: str, *, key: str) -> bool:
        raise BackOfficeDown()

    async def remove_addon(self, line_id: str, addon_id: str, *, key: str) -> bool:
        raise BackOfficeDown()

    async def order_plan(self, line_id: str, plan_id: str, *, key: str) -> date:
        raise BackOfficeDown()

    async def ordered_plan(self, line_id: str) -> OrderedPlan | None:
        raise BackOfficeDown()

    async def drop_plan_order(self, line_id: str, *, key: str) -> bool:
        raise BackOfficeDown()


def _characteristics(body: Mapping[str, Any]) -> dict[str, Any]:
    return {item.get("name", ""): item.get("value") for item in body.get("characteristic") or ()}


def _customer(body: Resource) -> Customer:
    facts = _characteristics(body)
    phones = [
        (medium.get("characteristic") or {}).get("phoneNumber")
        for medium in body.get("contactMedium") or ()
        if (medium.get("characteristic") or {}).get("phoneNumber")
    ]
    accounts = body.get("account") or [{}]
    language = facts.get("language")
    return Customer(
        id=str(body["id"]),
        sub=str((body.get("engagedParty") or {}).get("id") or ""),
        phone=str(phones[0]) if phones else "",
        account_number=str(accounts[0].get("id") or ""),
        name=_words(body.get("name"), facts.get("nameEn")),
        address=_words(facts.get("address"), facts.get("addressEn")),
        area=str(facts.get("area") or ""),
        language=str(language) if language in _LANGUAGES else "zh",
        customer_class=str(facts.get("customerClass") or "consumer"),
        vulnerable=care if isinstance(care := facts.get("vulnerable"), bool) else None,
    )


def _words(zh: object, en: object) -> Words:
    return Words(zh=str(zh or en or ""), en=str(en or zh or ""))


def _line(item: Mapping[str, Any], customer_id: str) -> Line:
    return Line(
        id=str(item["id"]),
        customer_id=customer_id,
        product=str(item.get("product") or ""),
        number=str(item.get("name") or ""),
        plan_id=str(item.get("planId") or ""),
        status=str(item.get("status") or "active"),
        contract_until=None,
    )


def _outage(body: Resource, area: str | None = None) -> Outage | None:
    if body.get("status") in _OVER:
        return None
    located = [str(item.get("id")) for item in body.get("affectedLocation") or ()]
    served = [str(item.get("id")) for item in body.get("affectedService") or ()]
    facts = _characteristics(body)
    restore = body.get("resolutionDate") or facts.get(_ESTIMATE)
    return Outage(
        id=str(body["id"]),
        area=area or (located[0] if located else ""),
        product=served[0] if served else "broadband",
        status=_OUTAGE_STATES.get(str(body.get("status")), "running"),
        started_at=datetime.fromisoformat(str(body["creationDate"])),
        restore_at=datetime.fromisoformat(str(restore)) if restore else None,
        cause=_words(body.get("description"), facts.get("descriptionEn")),
    )
