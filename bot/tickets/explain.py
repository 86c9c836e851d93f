"""Why a ticket is due when it is, in the customer's language; sentences from `data/policies`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.policies.rules import PolicyRule
from bot.tickets.deadlines import Planner
from bot.tickets.matching import facts_of
from bot.tickets.model import Ticket, TicketStatus, TicketType
from bot.wording import Wording

_OPERATOR = "operator"


def subject(ticket: Ticket, wording: Wording, language: str) -> str:
    """What a ticket is about, in two or three words."""
    kind = ticket.ticket_type.value
    if ticket.product and ticket.ticket_type is not TicketType.complaint:
        kind = f"{kind}_of_product"
    product = wording.product(ticket.product, language) if ticket.product else ""
    return wording.text(f"utter_tickets_part_{kind}", language, product=product)


def explain(ticket: Ticket, planner: Planner, wording: Wording, language: str) -> tuple[str, ...]:
    """One sentence or two for each clock: the stored deadline, the rule behind it, the hours that count.

    Returns:
        First answer, solution, legal limit, and what is special: capped by the law, standing, reopened. A clock whose
        rule is switched off is left out; a ticket without any has one sentence that says so.
    """
    tables = planner.tables
    words: Mapping[str, Mapping[str, str]] = tables.words
    facts = facts_of(ticket)
    target = tables.target(facts)
    calendar = target.calendar.name[language]
    solve = planner.rule(target.reopened if ticket.reopened_at else target.solve, _OPERATOR)

    def line(name: str, moment: datetime | None, rule: PolicyRule | None) -> list[str]:
        if moment is None or rule is None:
            return []
        values = {"moment": wording.moment(moment, language), "rule": rule.text[language], "calendar": calendar}
        return [words[name][language].format(**values)]

    told = line("respond_by", ticket.respond_by, planner.rule(target.answer, _OPERATOR))
    told += line("solve_by", ticket.solve_by, solve)
    told += line("legal_due_at", ticket.legal_due_at, planner.legal_rule(facts))
    if ticket.solve_by and ticket.legal_due_at and ticket.legal_due_at < ticket.solve_by:
        told.append(words["capped"][language])
    if ticket.status is TicketStatus.pending:
        told.append(words["standing"][language])
    if ticket.reopened_at is not None and ticket.status.open:
        told.append(words["reopened"][language])
    return tuple(told) or (words["none"][language],)
