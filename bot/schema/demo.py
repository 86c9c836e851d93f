"""The demo operator's own books."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table

from bot.schema.base import UtcTime, metadata

demo_customers = Table(
    "demo_customers",
    metadata,
    Column("id", String(40), primary_key=True),
    #: `sub` of identity tokens
    Column("sub", String(64), nullable=False, unique=True),
    Column("phone", String(20), nullable=False, unique=True),
    Column("account_number", String(16), nullable=False, unique=True),
    #: {zh, en}
    Column("name", JSON, nullable=False),
    Column("address", JSON, nullable=False),
    Column("area", String(32), nullable=False),
    Column("language", String(8), nullable=False),
    #: what the account stands at in fen: positive is credit, negative is owed
    Column("balance_cents", Integer, nullable=False),
    #: facts for `seed-demo --needs`, the fixed one-time code, the line test's result …
    Column("facts", JSON, nullable=False),
)

demo_lines = Table(
    "demo_lines",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("customer_id", String(40), ForeignKey("demo_customers.id"), nullable=False),
    Column("product", String(16), nullable=False),
    Column("number", String(32), nullable=False),
    Column("plan_id", String(40), nullable=False),
    #: active, suspended, barred
    Column("status", String(16), nullable=False),
    Column("contract_until", UtcTime),
    Column("addons", JSON, nullable=False),
    Column("usage", JSON, nullable=False),
    Column("test", JSON, nullable=False),
    Index("ix_demo_lines_customer", "customer_id"),
)

demo_bills = Table(
    "demo_bills",
    metadata,
    Column("customer_id", String(40), ForeignKey("demo_customers.id"), primary_key=True),
    #: YYYY-MM
    Column("period", String(7), primary_key=True),
    Column("total_cents", Integer, nullable=False),
    #: [{name: {zh, en}, amount_cents}]
    Column("items", JSON, nullable=False),
    Column("due_on", String(10), nullable=False),
    Column("paid", Boolean, nullable=False),
)

#: single values such as the day that the demo was seeded
demo_facts = Table(
    "demo_facts",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", JSON, nullable=False),
)
