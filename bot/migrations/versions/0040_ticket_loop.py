"""When customers are asked whether it is solved; what other systems hang on a ticket stands in rows of its own."""

import json
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0013_ticket_indexes"

_TIME = sa.String(length=32)
_KINDS = {
    "attachment": "attachment",
    "relatedParty": "party",
    "relatedEntity": "entity",
    "troubleTicketRelationship": "relationship",
}
#: stand in columns
_COLUMNS = ("name", "externalId", "requestedResolutionDate")
_REF_MOST, _ROLE_MOST = 120, 40

_tickets = sa.table("tickets", sa.column("id"), sa.column("created_at"), sa.column("facts", sa.JSON))
_links = sa.table(
    "ticket_links",
    *(sa.column(name) for name in ("ticket_id", "n", "kind", "ref_id", "role", "at")),
    sa.column("body", sa.JSON),
)


def upgrade() -> None:
    op.add_column("tickets", sa.Column("ask_at", _TIME, nullable=True))
    op.add_column("tickets", sa.Column("asked_at", _TIME, nullable=True))
    op.create_index("ix_tickets_ask", "tickets", ["ask_at"], unique=False)
    op.create_index("ix_tickets_line", "tickets", ["line_id"], unique=False)
    op.add_column("ticket_archive", sa.Column("withdrawn_by", sa.String(length=80), nullable=True))
    connection = op.get_bind()
    with_more = sa.cast(_tickets.c.facts, sa.String).like('%"tmf"%')
    for row in connection.execute(sa.select([_tickets]).where(with_more)).fetchall():
        facts = dict(row.facts or {})
        extras = dict(facts.pop("tmf", None) or {})
        lists = {name: extras.pop(name, None) or [] for name in _KINDS}
        for name in _COLUMNS:
            extras.pop(name, None)
        if extras:
            facts["tmf"] = extras
        connection.execute(_tickets.update().where(_tickets.c.id == row.id).values(facts=facts))
        newest = sa.select([sa.func.coalesce(sa.func.max(_links.c.n), 0)]).where(_links.c.ticket_id == row.id)
        n = connection.execute(newest).scalar()
        for name, items in lists.items():
            for item in items:
                n += 1
                link = {"ticket_id": row.id, "n": n, "at": row.created_at, **_link(name, item)}
                connection.execute(_links.insert().values(**link))


def downgrade() -> None:
    op.drop_column("ticket_archive", "withdrawn_by")
    op.drop_index("ix_tickets_line", table_name="tickets")
    op.drop_index("ix_tickets_ask", table_name="tickets")
    op.drop_column("tickets", "asked_at")
    op.drop_column("tickets", "ask_at")


def _link(name: str, item: dict[str, object]) -> dict[str, object]:
    body = dict(item)
    role = "relationshipType" if name == "troubleTicketRelationship" else "role"
    if name == "attachment":
        role = "attachmentType"
    ref_id = str(body.pop("id", None) or secrets.token_hex(8))[:_REF_MOST]
    return {
        "kind": _KINDS[name],
        "ref_id": ref_id,
        "role": str(body.pop(role, None) or "")[:_ROLE_MOST],
        "body": json.loads(json.dumps(body)),
    }
