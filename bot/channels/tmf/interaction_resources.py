"""Our conversations as TMF683 says them, version 4."""

from __future__ import annotations

from collections.abc import Sequence

from bot.appointments.model import Appointment
from bot.channels.tmf.references import (
    INTERACTION_PATH,
    Links,
    Resource,
    conversation_reference,
    customer_reference,
    interaction_item,
    linked_party,
    ticket_reference,
    visit_reference,
)
from bot.contracts import Conversation, Message, Owner
from bot.tickets.model import Ticket

#: that of the widget and apps, where they do not name theirs
DEFAULT_CHANNEL = "chat"
INTERACTION_DONE = "completed"
INTERACTION_OPEN = "inProgress"


def interaction_resource(
    conversation: Conversation,
    tickets: Sequence[Ticket],
    visits: Sequence[Appointment],
    links: Links,
) -> Resource:
    """TMF683 PartyInteraction; what came of it stands in `interactionItem`."""
    done = conversation.owner is Owner.closed
    named = (conversation.metadata.get("client") or {}).get("channel")
    channel = named if isinstance(named, str) and named else DEFAULT_CHANNEL
    period = {"startDateTime": conversation.created_at.isoformat()}
    if conversation.closed_at:
        period["endDateTime"] = conversation.closed_at.isoformat()
    items = [interaction_item(ticket_reference(ticket.id, links), ticket.created_at) for ticket in tickets]
    items += [interaction_item(visit_reference(visit.id, links), visit.created_at) for visit in visits]
    resource: Resource = {
        "id": conversation.id,
        "href": links.to(INTERACTION_PATH, conversation.id),
        "@type": "PartyInteraction",
        "direction": "inbound",
        "reason": "customerCare",
        "status": INTERACTION_DONE if done else INTERACTION_OPEN,
        "creationDate": conversation.created_at.isoformat(),
        "statusChangeDate": (conversation.closed_at or conversation.created_at).isoformat(),
        "interactionDate": period,
        "channel": [
            {
                "id": channel,
                "href": links.channel,
                "name": channel,
                "role": "interaction",
                "@referredType": "Channel",
            }
        ],
        "interactionItem": [{"id": str(number), **item} for number, item in enumerate(items, start=1)],
        "relatedEntity": [conversation_reference(conversation.id)],
    }
    parties = [customer_reference(conversation.customer_id)] if conversation.customer_id else []
    if conversation.agent_id:
        parties.append({"id": conversation.agent_id, "role": "agent", "@referredType": "Individual"})
    return {**resource, "relatedParty": [linked_party(party, links) for party in parties]}


def transcript_attachment(conversation: Conversation, links: Links) -> Resource:
    """The whole thread as a file, at an address that the same API key opens."""
    return {
        "id": f"transcript-{conversation.id}",
        "name": f"{conversation.id}.txt",
        "attachmentType": "transcript",
        "mimeType": "text/plain",
        "url": links.to(INTERACTION_PATH, conversation.id) + "/transcript",
        "@type": "Attachment",
    }


def transcript_notes(messages: Sequence[Message]) -> list[Resource]:
    """The messages of a conversation as notes, in order; `id` is the message's `seq`."""
    return [
        {
            "id": str(message.seq),
            "author": message.author.name or message.author.kind.value,
            "date": message.at.isoformat(),
            "text": message.text,
            "@type": message.author.kind.value,
        }
        for message in messages
    ]
