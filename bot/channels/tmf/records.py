"""What other systems post and we keep as they posted it: a new record from a request."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.channels.tmf.keys import ApiKey
from bot.channels.tmf.query import idempotency_key
from bot.channels.tmf.store import Record, new_record_id


def new_record(
    request: web.Request,
    caller: ApiKey,
    at: datetime,
    *,
    resource: str,
    prefix: str,
    status: str,
    body: Mapping[str, Any],
    customer_id: str | None,
) -> Record:
    """A record of the caller's, not stored yet.

    Args:
        prefix: two letters that its id begins with.
        customer_id: whom it is about; a key of one customer sees no others.
    """
    return Record(
        id=new_record_id(prefix),
        resource=resource,
        status=status,
        customer_id=customer_id,
        key_id=caller.id,
        idempotency_key=idempotency_key(request, caller.id),
        created_at=at,
        updated_at=at,
        version=1,
        body=body,
    )
