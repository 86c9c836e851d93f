"""Tests that look at the queue begin with an empty one."""

from __future__ import annotations

import jwt

from tests.service import Customer, Service

_FAR_AHEAD = 2**31


def empty_queue(service: Service) -> None:
    """Have every customer whom other tests have left waiting leave the queue, as they would themselves."""
    secret = (service.data_dir / "tokens.secret").read_text().strip()
    for row in service.sql("SELECT id FROM conversations WHERE owner = 'queued'"):
        token = jwt.encode({"cid": row["id"], "exp": _FAR_AHEAD}, secret, algorithm="HS256")
        Customer(service, id=row["id"], token=token).call("DELETE", "/handoff")
