"""What actions and channels may call, gathered for the wiring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.appointments.service import AppointmentService
from bot.customers.service import IdentityService
from bot.knowledge.service import KnowledgeService
from bot.operator.ports import OperatorPorts
from bot.policies.rules import Policies
from bot.tickets.archive.service import ArchiveService
from bot.tickets.complaints.service import ComplaintService
from bot.tickets.elsewhere.service import TicketMirror
from bot.tickets.links.service import TicketLinks
from bot.tickets.service import TicketService
from bot.training.examples import LabelledExamples
from bot.wording import Wording


@dataclass(frozen=True)
class Services:
    """Everything an action can do, behind one name."""

    operator: OperatorPorts
    tickets: TicketService
    links: TicketLinks
    complaints: ComplaintService
    archive: ArchiveService
    #: keeps tickets in step with the operator's own system, where it has one
    mirror: TicketMirror | None
    appointments: AppointmentService
    identity: IdentityService
    knowledge: KnowledgeService
    policies: Policies
    examples: LabelledExamples
    wording: Wording
    zone: ZoneInfo
    clock: Callable[[], datetime]
