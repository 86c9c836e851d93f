"""What a visit needs between booking and its end: two reminders, and a ticket when nobody came."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from bot.appointments.model import Appointment, VisitChanged, VisitNews, appointment_json
from bot.appointments.service import AppointmentService
from bot.errors import BackOfficeDown
from bot.notices.service import Choice, Notice, NoticeService
from bot.tickets.model import NewTicket, Severity, TicketType
from bot.tickets.service import TicketService
from bot.wording import Wording

_log = structlog.get_logger(__name__)

_DAY, _SOON = timedelta(hours=24), timedelta(hours=2)
#: hours in the operator's zone between which people are reminded of the next day
_AWAKE = range(8, 21)
#: a visit of which nobody has said so long after its window that it took place counts as missed
_MISSED_AFTER = timedelta(hours=2)
_BY_DAY, _BY_HOUR = "reminded_day_at", "reminded_soon_at"


class VisitCare:
    """Runs with the housekeeping; everything it does is done once, in however many processes."""

    def __init__(
        self,
        appointments: AppointmentService,
        tickets: TicketService,
        notices: NoticeService,
        wording: Wording,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
    ) -> None:
        self._visits = appointments
        self._tickets = tickets
        self._notices = notices
        self._wording = wording
        self._zone = zone
        self._clock = clock

    async def tidy(self) -> int:
        """One round; how many customers were told something."""
        now, told = self._clock(), 0
        for visit in await self._visits.starting(now, now + _SOON, _BY_HOUR):
            told += await self._reminded(visit, _BY_HOUR, "utter_visits_reminder_soon")
        if now.astimezone(self._zone).hour in _AWAKE:
            for visit in await self._visits.starting(now + _SOON, now + _DAY, _BY_DAY):
                # who booked within the last day knows
                if visit.updated_at < visit.start - _DAY:
                    told += await self._reminded(visit, _BY_DAY, "utter_visits_reminder_day")
        for visit in await self._visits.unreported(now):
            told += await self._ended(visit, now)
        return told

    async def _reminded(self, visit: Appointment, reminder: str, response: str) -> bool:
        """Remind of a visit, unless something else has become of it elsewhere: then the customer hears that."""
        try:
            news = await self._visits.news(visit)
        except BackOfficeDown:
            news = VisitNews.none  # as far as anybody knows he comes
        except VisitChanged:
            return False
        return await (self._remind(visit, reminder, response) if news is VisitNews.none else self._told_of(visit, news))

    async def _ended(self, visit: Appointment, now: datetime) -> bool:
        """The window is over; without a word from anybody the visit counts as missed after a while."""
        try:
            news = await self._visits.news(visit)
            if news is not VisitNews.none:
                return await self._told_of(visit, news)
            return visit.end <= now - _MISSED_AFTER and await self.missed(visit)
        except (VisitChanged, BackOfficeDown):
            return False  # somebody has reported it meanwhile; or nobody can say, and it is asked again

    async def _told_of(self, visit: Appointment, news: VisitNews) -> bool:
        if news is VisitNews.missed:
            return await self.missed(visit)
        now_is = await self._visits.get(visit.id)
        if news is VisitNews.completed or now_is is None:
            return False
        return await self.announce(now_is, news.value)

    async def missed(self, visit: Appointment) -> bool:
        """Nobody came: the visit is over, a ticket of its own says so, and the customer hears it first from us."""

        async def when(_conversation_id: str | None) -> bool:
            await self._visits.miss(visit.id, version=visit.version)
            await self._open_ticket(visit)
            return True

        choices = [
            Choice("utter_visits_label_new_time", "/book_appointment"),
            Choice("utter_visits_label_person", "/request_human"),
        ]
        data = {**appointment_json(visit), "status": "missed"}
        notice = Notice("utter_visits_missed", self._values(visit), choices=choices, data=data)
        return await self._told(visit, notice, f"{visit.id}:{visit.version}:missed", when)

    async def announce(self, visit: Appointment, what: str) -> bool:
        """Tell the customer what a person at the desk did with their visit.

        Args:
            what: `booked`, `moved` or `cancelled`.
        """

        async def when(_conversation_id: str | None) -> bool:
            return True

        choices = []
        if what != "cancelled":
            payload = f'{{"appointment_id": "{visit.id}"}}'
            choices = [
                Choice("utter_visits_label_change", f"/change_appointment{payload}"),
                Choice("utter_visits_label_cancel", f"/cancel_appointment{payload}"),
            ]
        notice = Notice(f"utter_visits_{what}", self._values(visit), choices=choices, data=appointment_json(visit))
        return await self._told(visit, notice, f"{visit.id}:{visit.version}:{what}", when)

    async def _open_ticket(self, visit: Appointment) -> None:
        text = self._wording.text("utter_visits_description_missed", "zh", **self._values(visit)("zh"))
        ticket = await self._tickets.open(
            NewTicket(
                ticket_type=TicketType.complaint,
                description=text,
                severity=Severity.major,
                customer_id=visit.customer_id or None,
                line_id=visit.line_id,
                product=visit.product or None,
                category="missed_visit",
                facts={"appointment_id": visit.id, "ticket_id": visit.ticket_id, "area": visit.area},
                conversation_id=visit.conversation_id,
                channel="system",
            ),
            key=f"missed:{visit.id}",
        )
        _log.warning("visit_missed_ticket", appointment_id=visit.id, ticket_id=ticket.id)

    async def _remind(self, visit: Appointment, reminder: str, response: str) -> bool:
        async def when(_conversation_id: str | None) -> bool:
            return await self._visits.mark_reminded(visit, reminder)

        payload = f'{{"appointment_id": "{visit.id}"}}'
        choices = [
            Choice("utter_visits_label_change", f"/change_appointment{payload}"),
            Choice("utter_visits_label_cancel", f"/cancel_appointment{payload}"),
        ]
        notice = Notice(response, self._values(visit), choices=choices, data=appointment_json(visit))
        return await self._told(visit, notice, f"{visit.id}:{visit.version}:{reminder}", when)

    async def _told(self, visit: Appointment, notice: Notice, key: str, when: Any) -> bool:
        return await self._notices.tell(
            notice,
            customer_id=visit.customer_id or None,
            conversation_id=visit.conversation_id,
            key=key,
            when=when,
        )

    def _values(self, visit: Appointment) -> Callable[[str], dict[str, str]]:
        def values(language: str) -> dict[str, str]:
            return {
                "window": self._wording.window(visit.start, visit.end, language),
                "address": visit.address,
                "technician": self._wording.name(visit.technician.get("name") or {}, language),
                "appointment_id": visit.id,
            }

        return values
