"""Who reads, and what is written but not sent. Pure."""

from __future__ import annotations

from enum import Enum

#: the customer's read mark; people of the desk have theirs under their id
CUSTOMER = "customer"
#: how far whoever served the customer has read
DESK_READER = "desk"
DRAFT_LIMIT = 8_000


class DraftKind(str, Enum):
    reply = "reply"
    note = "note"
