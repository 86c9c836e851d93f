"""What Frontline asks of an operator's systems. `demo/` implements it; TM Forum clients can stand beside it.

Every call may raise `BackOfficeDown`. Money is in minor units (fen), times are aware datetimes, names and addresses
come in both languages (`Words`), so that an answer never mixes them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Protocol


@dataclass(frozen=True)
class Words:
    """The same words in both languages."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        return self.en if language == "en" else self.zh


@dataclass(frozen=True)
class Customer:
    id: str
    #: subject of the identity tokens of the operator's site
    sub: str
    #: E.164
    phone: str
    account_number: str
    name: Words
    address: Words
    #: canonical area id, see data/demo/areas.yml
    area: str
    language: str
    #: consumer, business, or whatever else the operator sorts its customers into
    customer_class: str = "consumer"
    #: whether they need extra care, such as for age or illness; None when the operator does not say
    vulnerable: bool | None = None


@dataclass(frozen=True)
class Line:
    id: str
    customer_id: str
    #: mobile, broadband, tv, landline
    product: str
    #: phone number or access number
    number: str
    plan_id: str
    #: active, suspended, barred
    status: str
    contract_until: date | None
    addon_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    id: str
    product: str
    name: Words
    price_cents: int
    #: data_mb, minutes, sms, down_mbps
    allowances: Mapping[str, int]
    contract_months: int
    #: still sold to new customers
    sold: bool


@dataclass(frozen=True)
class Addon:
    id: str
    name: Words
    price_cents: int
    #: month, once, day
    period: str
    kind: str


@dataclass(frozen=True)
class BillItem:
    name: Words
    amount_cents: int


@dataclass(frozen=True)
class Bill:
    #: YYYY-MM
    period: str
    total_cents: int
    currency: str
    items: tuple[BillItem, ...]
    due_on: date
    paid: bool


@dataclass(frozen=True)
class UsageItem:
    """How much of an allowance is used; `total` is None without a limit."""

    name: Words
    used: float
    total: float | None
    #: GB, min, SMS
    unit: str


@dataclass(frozen=True)
class Balance:
    #: credit when positive, owed when negative
    amount_cents: int
    currency: str
    due_on: date | None


@dataclass(frozen=True)
class OrderedPlan:
    plan_id: str
    starts_on: date


class LineTestResult(str, Enum):
    ok = "ok"
    #: no light on the fibre: outside the home
    fault_outside = "fault_outside"
    #: reachable, but the device should be restarted
    device_restart = "device_restart"
    not_testable = "not_testable"


@dataclass(frozen=True)
class LineTest:
    result: LineTestResult
    tested_at: datetime
    #: measured values such as {"rx_dbm": -28.5}; empty when none
    measures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Outage:
    id: str
    area: str
    product: str
    #: running, planned, restored
    status: str
    started_at: datetime
    restore_at: datetime | None
    cause: Words


@dataclass(frozen=True)
class Area:
    id: str
    name: Words
    #: urban, rural
    kind: str


@dataclass(frozen=True)
class Store:
    id: str
    name: Words
    area: str
    address: Words
    hours: Words
    phone: str


class CustomerDirectory(Protocol):
    async def by_id(self, customer_id: str) -> Customer | None: ...
    async def by_sub(self, sub: str) -> Customer | None: ...
    async def by_phone(self, phone: str) -> Customer | None: ...
    async def by_account(self, account_number: str) -> Customer | None: ...
    async def lines(self, customer_id: str) -> tuple[Line, ...]: ...
    async def at(self, area: str, product: str) -> tuple[Customer, ...]:
        """Customers of an area with a line of this product; empty where the operator cannot say."""


class Billing(Protocol):
    async def balance(self, customer_id: str) -> Balance: ...
    async def bills(self, customer_id: str, limit: int = 6) -> tuple[Bill, ...]:
        """Newest first."""

    async def usage(self, customer_id: str) -> tuple[UsageItem, ...]: ...


class Catalogue(Protocol):
    async def plans(self, product: str | None = None) -> tuple[Plan, ...]:
        """Plans on sale, cheapest first."""

    async def plan(self, plan_id: str) -> Plan | None: ...
    async def addons(self) -> tuple[Addon, ...]: ...
    async def addon(self, addon_id: str) -> Addon | None: ...
    async def add_addon(self, line_id: str, addon_id: str, *, key: str) -> bool:
        """True when the line has it now; the same `key` again changes nothing."""

    async def remove_addon(self, line_id: str, addon_id: str, *, key: str) -> bool: ...
    async def order_plan(self, line_id: str, plan_id: str, *, key: str) -> date:
        """Book a change of plan; the day on which it starts."""

    async def ordered_plan(self, line_id: str) -> "OrderedPlan | None":
        """The change of plan that is booked and has not started."""

    async def drop_plan_order(self, line_id: str, *, key: str) -> bool:
        """Keep the present plan; True when a booked change is gone now."""


class Network(Protocol):
    async def test_line(self, line_id: str) -> LineTest: ...
    async def restart_device(self, line_id: str) -> bool:
        """True when the device answered after a restart from the network."""

    async def outages(self, area: str, product: str | None = None) -> tuple[Outage, ...]:
        """Running and planned ones, running first."""

    async def outage(self, outage_id: str) -> Outage | None: ...
    async def areas(self) -> tuple[Area, ...]: ...
    async def area_of(self, address: str) -> Area | None:
        """The area that an address in free words lies in, if it names one."""

    async def covered(self, address: str) -> bool | None:
        """Whether broadband can be put in; None when the address is not known."""

    async def stores(self, area: str | None = None) -> tuple[Store, ...]: ...


class Messages(Protocol):
    async def send_code(self, phone: str, code: str, purpose: str, conversation_id: str) -> None:
        """Send a one-time code by SMS."""

    async def send_text(self, phone: str, text: str, *, key: str) -> None:
        """Send a text message; the same `key` again sends nothing."""

    async def chosen_code(self, phone: str) -> str | None:
        """A code that the operator prescribes for this number (demo customers); None: make one."""


@dataclass(frozen=True)
class RemoteTicket:
    """A ticket in the operator's own system; `status` as TMF621 names it."""

    id: str
    status: str
    due_at: datetime | None


@dataclass(frozen=True)
class RemoteSlot:
    id: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class RemoteVisit:
    """A visit in the operator's own system; `status` as TMF646 names it."""

    id: str
    status: str
    start: datetime
    end: datetime


class TicketSystem(Protocol):
    """The operator's own tickets, where it has a system for them."""

    async def open(
        self, *, ticket_type: str, severity: str, description: str, customer_id: str | None, external_id: str, key: str
    ) -> RemoteTicket:
        """Open a ticket there; the same `key` again opens no second one."""

    async def get(self, ticket_id: str) -> RemoteTicket | None: ...
    async def move(self, ticket_id: str, status: str, *, reason: str | None = None) -> RemoteTicket: ...
    async def note(self, ticket_id: str, text: str, *, author: str) -> RemoteTicket: ...


class VisitSystem(Protocol):
    """The operator's own planning of technicians, where it has a system for it."""

    async def slots(self, area: str, product: str, start: datetime, end: datetime) -> tuple[RemoteSlot, ...]: ...
    async def book(
        self, slot: RemoteSlot, *, area: str, address: str, customer_id: str, ticket_id: str | None, key: str
    ) -> RemoteVisit | None:
        """Book a slot; None when it has gone. The same `key` again books no second one."""

    async def move(self, visit_id: str, slot: RemoteSlot) -> RemoteVisit | None:
        """Another slot for a visit that keeps its number; None when it has gone."""

    async def get(self, visit_id: str) -> RemoteVisit | None: ...
    async def cancel(self, visit_id: str) -> RemoteVisit: ...


@dataclass(frozen=True)
class OperatorPorts:
    """All that an operator provides, for the wiring."""

    customers: CustomerDirectory
    billing: Billing
    catalogue: Catalogue
    network: Network
    messages: Messages
    #: None: tickets and visits are kept here alone
    tickets: TicketSystem | None = None
    visits: VisitSystem | None = None
    #: lets go of connections, when there are any
    close: Callable[[], Awaitable[None]] | None = None
