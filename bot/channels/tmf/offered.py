"""What our operator's systems offer as TM Forum APIs, so that one Frontline can stand behind another.

TMF629 customers and TMF653 line tests, TMF681 messages; all of it through the operator's ports.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.channels.tmf.keys import ApiKey
from bot.channels.tmf.lists import Attributes, Resource, fields_of, list_query, page
from bot.channels.tmf.query import body_of, check_known, created, objects_of, one, text_of
from bot.channels.tmf.records import new_record
from bot.channels.tmf.references import CUSTOMER_PATH, Address, Links
from bot.channels.tmf.store import Record, RecordStore
from bot.errors import BadRequest, NotFound
from bot.operator.ports import Customer, Line, LineTest, OperatorPorts

TEST_PATH = "/tmf-api/serviceTestManagement/v4/serviceTest"
MESSAGE_PATH = "/tmf-api/communicationManagement/v4/communicationMessage"

_COMMON = ("id", "href", "@type", "@baseType", "@schemaLocation")
CUSTOMER = Attributes(
    known=(*_COMMON, "name", "status", "account", "agreement", "characteristic", "contactMedium", "engagedParty"),
    filters={
        "id": "id",
        "engagedParty.id": "sub",
        "account.id": "account",
        "contactMedium.characteristic.phoneNumber": "phone",
        "characteristic.area": "area",
        "agreement.product": "product",
    },
)
SERVICE_TEST = Attributes(
    known=(
        *_COMMON,
        "description",
        "endDateTime",
        "mode",
        "name",
        "relatedParty",
        "relatedService",
        "startDateTime",
        "state",
        "characteristic",
        "testMeasure",
        "testSpecification",
        "validFor",
    ),
    filters={"id": "id", "state": "status", "relatedService.id": "line_id"},
)
MESSAGE = Attributes(
    known=(
        *_COMMON,
        "content",
        "description",
        "logFlag",
        "messageType",
        "priority",
        "scheduledSendTime",
        "sendTime",
        "sendTimeComplete",
        "state",
        "subject",
        "tryTimes",
        "attachment",
        "characteristic",
        "receiver",
        "sender",
    ),
    filters={"id": "id", "state": "status"},
)
_TEXT_MOST, _WORD_MOST = 1_000, 80
_TESTS = ("lineTest", "deviceRestart")


class OfferedRoutes:
    """Parse, ask the operator, serialise."""

    def __init__(
        self, operator: OperatorPorts, records: RecordStore, address: Address, clock: Callable[[], datetime]
    ) -> None:
        self._operator = operator
        self._records = records
        self._address = address
        self._clock = clock

    # -- customers -----------------------------------------------------------------------------------------------

    async def customers(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Customers by one of: id, engagedParty.id, account.id, phone number; or by area and product."""
        query = list_query(request, CUSTOMER)
        filters = dict(query.filters)
        directory = self._operator.customers
        if not filters:
            raise BadRequest("Name a customer: the whole directory is not given out.")
        found: list[Customer | None] = []
        if set(filters) == {"area", "product"}:
            found = list(await directory.at(filters["area"], filters["product"]))
        elif len(filters) == 1:
            ((name, value),) = filters.items()
            look = {
                "id": directory.by_id,
                "sub": directory.by_sub,
                "account": directory.by_account,
                "phone": directory.by_phone,
            }.get(name)
            if look is None:
                raise BadRequest("characteristic.area and agreement.product go together.")
            found = [await look(value)]
        else:
            raise BadRequest("Name a customer by one attribute.")
        seen = [item for item in found if item is not None and caller.may_see(item.id)]
        chosen, links = seen[query.offset : query.offset + query.limit], self._address.seen_by(request)
        resources = [_customer_resource(item, await directory.lines(item.id), links) for item in chosen]
        return page(request, resources, len(seen), query)

    async def customer(self, request: web.Request, caller: ApiKey) -> web.Response:
        """One customer with lines."""
        fields = fields_of(request, CUSTOMER.known)
        found = await self._operator.customers.by_id(request.match_info["id"])
        if found is None or not caller.may_see(found.id):
            raise NotFound("There is no such customer. Check the id.")
        lines = await self._operator.customers.lines(found.id)
        return one(_customer_resource(found, lines, self._address.seen_by(request)), fields)

    # -- line tests ----------------------------------------------------------------------------------------------

    async def test(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Test a line, or restart its device; the answer has the result."""
        body = await body_of(request)
        check_known(body, SERVICE_TEST.known, ours=("id", "href", "endDateTime", "state", "testMeasure"))
        name = text_of(body, "name", _WORD_MOST)
        line_id, kind = _id_of(body, "relatedService"), _id_of(body, "testSpecification")
        if name is None or kind not in _TESTS:
            raise BadRequest(f"A test needs name, relatedService and testSpecification, of {', '.join(_TESTS)}.")
        started = self._clock()
        if kind == "lineTest":
            measures = _measures(await self._operator.network.test_line(line_id))
        else:
            worked = await self._operator.network.restart_device(line_id)
            measures = [_measure("result", "ok" if worked else "not_testable")]
        kept = {
            "name": name,
            "line_id": line_id,
            "relatedService": {"id": line_id},
            "testSpecification": {"id": kind},
            "startDateTime": started.isoformat(),
            "endDateTime": self._clock().isoformat(),
            "testMeasure": measures,
        }
        record, _ = await self._records.add(self._completed("serviceTest", "ST", caller, kept, request))
        return created(_test_resource(record, self._address.seen_by(request)), version=record.version)

    async def tests(self, request: web.Request, caller: ApiKey) -> web.Response:
        """The caller's tests."""
        query = list_query(request, SERVICE_TEST)
        found, total = await self._records.page(
            "serviceTest", {**query.filters, "key_id": caller.id}, query.offset, query.limit
        )
        links = self._address.seen_by(request)
        return page(request, [_test_resource(record, links) for record in found], total, query)

    async def one_test(self, request: web.Request, caller: ApiKey) -> web.Response:
        """An earlier test."""
        fields = fields_of(request, SERVICE_TEST.known)
        record = await self._own("serviceTest", request, caller)
        return one(_test_resource(record, self._address.seen_by(request)), fields)

    # -- messages ------------------------------------------------------------------------------------------------

    async def send(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Send a text message; the same `Idempotency-Key` again sends nothing."""
        body = await body_of(request)
        check_known(body, MESSAGE.known, ours=("id", "href", "state", "tryTimes", "sendTime", "sendTimeComplete"))
        content = text_of(body, "content", _TEXT_MOST)
        receivers = [text_of(item, "phoneNumber", 20) for item in objects_of(body, "receiver")]
        if content is None or body.get("messageType") != "SMS" or not body.get("sender") or not receivers:
            raise BadRequest("A message needs content, messageType SMS, sender and a receiver with phoneNumber.")
        if len(receivers) != 1 or receivers[0] is None:
            raise BadRequest("A message goes to one receiver with phoneNumber.")
        facts = {item.get("name"): item.get("value") for item in objects_of(body, "characteristic")}
        # what was said is the customer's: the record keeps only that it was sent
        kept = {"messageType": "SMS", "sender": body["sender"], "sendTimeComplete": self._clock().isoformat()}
        record, new = await self._records.add(self._completed("communicationMessage", "CM", caller, kept, request))
        if new:
            await self._send(receivers[0], content, facts, record.idempotency_key or record.id)
        return created(_message_resource(record, self._address.seen_by(request)), version=record.version)

    async def _send(self, phone: str, content: str, facts: dict[Any, Any], key: str) -> None:
        if facts.get("purpose") == "code":
            await self._operator.messages.send_code(phone, content, "code", str(facts.get("conversationId") or ""))
        else:
            await self._operator.messages.send_text(phone, content, key=key)

    async def message(self, request: web.Request, caller: ApiKey) -> web.Response:
        """What became of a message."""
        fields = fields_of(request, MESSAGE.known)
        record = await self._own("communicationMessage", request, caller)
        return one(_message_resource(record, self._address.seen_by(request)), fields)

    async def _own(self, resource: str, request: web.Request, caller: ApiKey) -> Record:
        record = await self._records.get(resource, request.match_info["id"])
        if record is None or record.key_id != caller.id:
            raise NotFound("There is no such record. Check the id.")
        return record

    def _completed(self, resource: str, prefix: str, caller: ApiKey, body: Resource, request: web.Request) -> Record:
        return new_record(
            request,
            caller,
            self._clock(),
            resource=resource,
            prefix=prefix,
            status="completed",
            body=body,
            customer_id=caller.customer_id,
        )


def _customer_resource(customer: Customer, lines: tuple[Line, ...], links: Links) -> Resource:
    """TMF629 Customer; what it has no attribute for are characteristics."""
    facts = {
        "area": customer.area,
        "language": customer.language,
        "customerClass": customer.customer_class,
        "vulnerable": customer.vulnerable,
        "nameEn": customer.name.en,
        "address": customer.address.zh,
        "addressEn": customer.address.en,
    }
    return {
        "id": customer.id,
        "href": links.to(CUSTOMER_PATH, customer.id),
        "@type": "Customer",
        "name": customer.name.zh,
        "status": "active",
        "engagedParty": {"id": customer.sub, "@referredType": "Individual"},
        "account": [
            {"id": customer.account_number, "name": customer.account_number, "@referredType": "BillingAccount"}
        ],
        "agreement": [
            {"id": line.id, "name": line.number, "product": line.product, "planId": line.plan_id, "status": line.status}
            for line in lines
        ],
        "contactMedium": [
            {"mediumType": "mobile", "preferred": True, "characteristic": {"phoneNumber": customer.phone}}
        ],
        "characteristic": [{"name": name, "valueType": "string", "value": value} for name, value in facts.items()],
    }


def _measures(test: LineTest) -> list[Resource]:
    return [
        _measure("result", test.result.value),
        *(_measure(name, value) for name, value in test.measures.items()),
    ]


def _measure(name: str, value: str | float) -> Resource:
    return {"metricName": name, "value": {"name": name, "value": value}}


def _test_resource(record: Record, links: Links) -> Resource:
    body = {name: value for name, value in record.body.items() if name != "line_id"}
    return {
        **body,
        "id": record.id,
        "href": links.to(TEST_PATH, record.id),
        "@type": "ServiceTest",
        "state": record.status,
    }


def _message_resource(record: Record, links: Links) -> Resource:
    return {
        **record.body,
        "id": record.id,
        "href": links.to(MESSAGE_PATH, record.id),
        "@type": "CommunicationMessage",
        "state": record.status,
    }


def _id_of(body: Resource, name: str) -> str:
    value = body.get(name)
    found = text_of(value, "id", _WORD_MOST) if isinstance(value, dict) else None
    if found is None:
        raise BadRequest(f"{name} is an object with an id.")
    return found
