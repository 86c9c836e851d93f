"""By when a ticket has to be answered and solved, and what the sweep has to do on the way. No I/O."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.calendars.model import ServiceCalendar
from bot.policies.rules import Policies, PolicyNotFound, PolicyRule, Unit
from bot.tickets.clocks import Clock, Milestone, MilestoneKind, Stop, milestones, run_out
from bot.tickets.matching import CaseFacts, facts_of
from bot.tickets.model import NewTicket, Ticket, TicketStatus
from bot.tickets.tables import GROUP, Target, TicketTables

_OPERATOR = "operator"
_COUNTRY = "CN"
_RUNNING = frozenset({TicketStatus.acknowledged, TicketStatus.in_progress, TicketStatus.held})


@dataclass(frozen=True)
class Deadlines:
    """Where a ticket's clocks end.

    Attributes:
        respond_by: end of the clock of the first answer.
        solve_by: end of our own clock; None while it stands.
        legal_due_at: end of the legal clock.
        due_at: what the customer is told: the earlier of the last two.
        ahead: warnings and steps of all three clocks, in order of time.
    """

    target: Target
    respond_by: datetime | None
    solve_by: datetime | None
    legal_due_at: datetime | None
    ahead: tuple[Milestone, ...]

    @property
    def due_at(self) -> datetime | None:
        given = [moment for moment in (self.solve_by, self.legal_due_at) if moment is not None]
        return min(given) if given else None


class Planner:
    """Reads the tables and the rules in force."""

    def __init__(self, policies: Policies, tables: TicketTables) -> None:
        self._policies = policies
        self.tables = tables

    def plan(
        self,
        case: NewTicket | Ticket,
        start: datetime,
        stops: Sequence[Stop] = (),
        reopened_at: datetime | None = None,
    ) -> Deadlines:
        """Compute all clocks of a ticket afresh.

        Args:
            start: when it was reported.
            stops: when the clock of the solution stood.
            reopened_at: the solution is counted from here, by the rule for reopened tickets.
        """
        facts = facts_of(case)
        target = self.tables.target(facts)
        answer = self.rule(target.answer, _OPERATOR)
        respond_by, warn_answer = self._service(target, Clock.answer, answer, start, ())
        solve = self.rule(target.reopened if reopened_at else target.solve, _OPERATOR)
        solve_by, warn_solve = self._service(target, Clock.solve, solve, reopened_at or start, stops)
        law = self.legal_rule(facts)
        legal_due_at = start + law.duration() if law else None
        warn_legal = None
        if law:
            warn_legal = start + law.duration() * target.ladders[Clock.legal].warn_at_percent / 100
        ahead = [
            *milestones(Clock.answer, target.ladders[Clock.answer], warn_answer, respond_by),
            *milestones(Clock.solve, target.ladders[Clock.solve], warn_solve, solve_by),
            *milestones(Clock.legal, target.ladders[Clock.legal], warn_legal, legal_due_at),
        ]
        ordered = tuple(sorted(ahead, key=lambda item: item.at))
        return Deadlines(target, respond_by, solve_by, legal_due_at, ordered)

    def rule(self, rule_id: str, region: str) -> PolicyRule | None:
        """A rule in force; None when it is switched off."""
        try:
            return self._policies.get(rule_id, region)
        except PolicyNotFound:
            return None

    def legal_rule(self, facts: CaseFacts) -> PolicyRule | None:
        rule_id = self.tables.legal_rule(facts)
        return self.rule(rule_id, _COUNTRY) if rule_id else None

    def _service(
        self, target: Target, clock: Clock, rule: PolicyRule | None, start: datetime, stops: Sequence[Stop]
    ) -> tuple[datetime | None, datetime | None]:
        """End and warning of a clock of service time."""
        if rule is None:
            return None, None
        length = service_length(rule, target.calendar)
        part = length * target.ladders[clock].warn_at_percent / 100
        return (
            run_out(target.calendar, start, length, stops),
            run_out(target.calendar, start, part, stops),
        )


def service_length(rule: PolicyRule, calendar: ServiceCalendar) -> timedelta:
    """A rule's value as service time: a service day is what the calendar's working day has.

    Raises:
        ValueError: a unit without fixed length.
    """
    if rule.unit is Unit.SERVICE_DAY:
        return calendar.day_length * float(rule.number)
    return rule.duration()


def agenda(
    status: TicketStatus,
    responded: bool,
    planned: Deadlines,
    done: Collection[str],
    confirm: Milestone | None = None,
) -> tuple[Milestone, ...]:
    """What is still ahead of a ticket in its state: only clocks that run, nothing that was done already."""
    if status is TicketStatus.resolved:
        return (confirm,) if confirm is not None and confirm.name not in done else ()
    if not status.open:
        return ()
    running = {Clock.legal}
    if not responded:
        running.add(Clock.answer)
    if status in _RUNNING:
        running.add(Clock.solve)
    return tuple(item for item in planned.ahead if item.clock in running and item.name not in done)


def next_role(tables: TicketTables, ticket: Ticket) -> str:
    """The role above whoever heard of a ticket last, on the ladder of its solution; empty when there is none."""
    ladder = tables.target(facts_of(ticket)).ladders[Clock.solve]
    roles = [tables.addressee(step.to, ticket.group_id) for step in ladder.steps]
    if ticket.escalated_to not in roles:
        return roles[0] if ticket.escalated_to is None else ""
    above = roles[roles.index(ticket.escalated_to) + 1 :]
    return above[0] if above else ""


def confirmation(tables: TicketTables, ticket: Ticket) -> Milestone | None:
    """When the wait for the customer's "yes, it is solved" ends, and what then; None before they were asked."""
    if ticket.resolved_at is None or (ticket.ask_at is not None and ticket.asked_at is None):
        return None
    resolved_at = ticket.asked_at or ticket.resolved_at
    row = tables.confirm[ticket.ticket_type]
    kind = MilestoneKind.close if row.silence_closes else MilestoneKind.breach
    return Milestone(resolved_at + row.after, "confirm", Clock.confirm, kind, GROUP)
