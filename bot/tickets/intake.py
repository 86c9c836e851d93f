"""How a ticket begins: priority, clocks and group follow from the tables. No I/O."""

from __future__ import annotations

from datetime import datetime

from bot.tickets.deadlines import Planner, agenda
from bot.tickets.matching import facts_of
from bot.tickets.model import NewTicket, Ticket, TicketStatus, priority_of
from bot.tickets.replanning import agenda_values


def drafted(new: NewTicket, key: str, now: datetime, planner: Planner) -> Ticket:
    """The ticket as it would be opened now, without a number; nothing is written."""
    planned = planner.plan(new, now)
    ahead = agenda(TicketStatus.acknowledged, False, planned, ())
    return Ticket(
        id="",
        ticket_type=new.ticket_type,
        status=TicketStatus.acknowledged,
        severity=new.severity,
        priority=priority_of(new.ticket_type, new.severity),
        description=new.description.strip(),
        customer_id=new.customer_id,
        line_id=new.line_id,
        product=new.product,
        category=new.category,
        facts=new.facts,
        outage_id=new.outage_id,
        conversation_id=new.conversation_id,
        channel=new.channel,
        idempotency_key=key,
        created_at=now,
        updated_at=now,
        respond_by=planned.respond_by,
        due_at=planned.due_at,
        legal_due_at=planned.legal_due_at,
        resolved_at=None,
        urged_at=None,
        version=1,
        name=new.name,
        external_id=new.external_id,
        requested_by=new.requested_by,
        group_id=planner.tables.group(facts_of(new)),
        rank=planned.target.rank,
        sla_id=planned.target.id,
        solve_by=planned.solve_by,
        done=[],
        **agenda_values(ahead),
        rules_digest=planner.tables.digest,
    )
