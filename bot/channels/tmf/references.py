"""How TM Forum resources name each other: paths, addresses, references."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

TICKET_PATH = "/tmf-api/troubleTicket/v4/troubleTicket"
APPOINTMENT_PATH = "/tmf-api/appointment/v4/appointment"
SLOT_PATH = "/tmf-api/appointment/v4/searchTimeSlot"
INTERACTION_PATH = "/tmf-api/partyInteraction/v4/partyInteraction"
CUSTOMER_PATH = "/tmf-api/customerManagement/v4/customer"
PROBLEM_PATH = "/tmf-api/serviceProblemManagement/v4/serviceProblem"
#: key in a ticket's facts under which attributes lie that only TM Forum clients use
EXTRAS = "tmf"
Resource = dict[str, Any]


@dataclass(frozen=True)
class Links:
    """Where this service is seen from, such as `https://care.example`; no slash at the end."""

    base: str

    @property
    def channel(self) -> str:
        """What says which channels there are: the standard wants an address, and no specification here has them."""
        return f"{self.base}/docs#records"

    def to(self, path: str, record_id: str) -> str:
        return f"{self.base}{path}/{record_id}"


class Address:
    """Where the service is seen from: what the settings say, else the address that the caller used."""

    def __init__(self, base_url: str | None = None) -> None:
        self._base = base_url.rstrip("/") if base_url else None

    def seen_by(self, request: web.Request) -> Links:
        return Links(self._base or str(request.url.origin()))


def conversation_reference(conversation_id: str) -> Resource:
    return {"id": conversation_id, "role": "conversation", "@referredType": "Conversation"}


def customer_reference(customer_id: str) -> Resource:
    return {"id": customer_id, "role": "customer", "@referredType": "Customer"}


def linked_party(party: Mapping[str, Any], links: Links) -> Resource:
    """A party with the `href` that TMF683 demands; who is no customer has no page of their own."""
    is_customer = party.get("@referredType") == "Customer" or party.get("role") == "customer"
    href = links.to(CUSTOMER_PATH, str(party.get("id"))) if is_customer else f"{links.base}/docs#records"
    return {"@referredType": "Customer" if is_customer else "Individual", "href": href, **party}


def ticket_reference(ticket_id: str, links: Links) -> Resource:
    href = links.to(TICKET_PATH, ticket_id)
    return {"id": ticket_id, "href": href, "role": "troubleTicket", "@referredType": "TroubleTicket"}


def visit_reference(visit_id: str, links: Links) -> Resource:
    href = links.to(APPOINTMENT_PATH, visit_id)
    return {"id": visit_id, "href": href, "role": "appointment", "@referredType": "Appointment"}


def problem_reference(outage_id: str, links: Links) -> Resource:
    href = links.to(PROBLEM_PATH, outage_id)
    return {"id": outage_id, "href": href, "role": "serviceProblem", "@referredType": "ServiceProblem"}


def line_reference(line_id: str, product: str | None) -> Resource:
    reference = {"id": line_id, "role": "line", "@referredType": "Product"}
    return {**reference, "name": product} if product else reference


def interaction_item(reference: Resource, at: datetime) -> Resource:
    return {"item": reference, "reason": reference["role"], "creationDate": at.isoformat()}


def period(start: datetime, end: datetime) -> Resource:
    return {"startDateTime": start.isoformat(), "endDateTime": end.isoformat()}
