"""What a customer is told of an outage or of planned works."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.notices.service import Choice, Notice
from bot.operator.ports import Words
from bot.outages.model import OutageRecord
from bot.wording import Wording

#: kinds of news; one that can come again has a number after a colon
PLANNED, CALLED_OFF, JOINED, APART, RESTORED = "planned", "called_off", "joined", "apart", "restored"
#: flow and step of data/flows/outages.yml
_QUESTION = ("outage_back", "back")


def notice_of(
    outage: OutageRecord,
    kind: str,
    ticket_id: str | None,
    data: Mapping[str, Any],
    areas: Mapping[str, Words],
    wording: Wording,
) -> Notice:
    """The news of one kind; that it is over also asks whether it is back.

    Args:
        ticket_id: of the customer who is told, if they wait for it with a ticket.
        areas: names of areas by id.
    """

    def values(language: str) -> dict[str, Any]:
        area = areas.get(outage.area)
        return {
            "area": area.in_language(language) if area else outage.area,
            "product": wording.product(outage.product, language),
            "cause": outage.cause.in_language(language),
            "start": wording.moment(outage.started_at, language),
            "end": wording.deadline(outage.restore_at, language),
            "ticket_id": ticket_id or "",
        }

    if kind != RESTORED:
        return Notice(f"utter_outages_{kind.split(':')[0]}", values, data=data)
    choices = [
        Choice(
            f"utter_outages_label_{word}",
            f'/outage_back{{"outage_back": {back}, "outage_ticket": "{ticket_id}"}}',
        )
        for word, back in (("back", "true"), ("not_back", "false"))
    ]
    return Notice(
        "utter_outages_restored",
        values,
        question="utter_ask_outage_back",
        choices=choices,
        flow=_QUESTION,
        slots={"outage_ticket": ticket_id, "outage_back": None},
        data=data,
    )
