"""What trainers look at and let run."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from bot.schema.base import UtcTime, metadata

#: what customers meant where the model could not tell two wishes apart: examples for the trainers
labelled_examples = Table(
    "labelled_examples",
    metadata,
    Column("conversation_id", String(40), ForeignKey("conversations.id"), primary_key=True),
    #: of the message that was unclear
    Column("seq", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("language", String(8), nullable=False),
    #: names, numbers and addresses are masked
    Column("text", Text, nullable=False),
    #: the intent that the customer chose; null when it was neither
    Column("intent", String(64)),
    #: [{intent, confidence}], best first
    Column("candidates", JSON, nullable=False),
    #: archive of the model that could not tell
    Column("model", String(80), nullable=False),
    Index("ix_labelled_examples_at", "at"),
)

#: sentences that trainers should look at, each once
inbox_sentences = Table(
    "inbox_sentences",
    metadata,
    Column("conversation_id", String(40), ForeignKey("conversations.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("language", String(8), nullable=False),
    #: names, numbers and addresses are masked
    Column("text", Text, nullable=False),
    #: why it is here, in the order of the reasons' weight
    Column("reasons", JSON, nullable=False),
    #: what the bot took it for, and what came next; null when nothing
    Column("intent", String(64)),
    Column("confidence", Float, nullable=False),
    Column("second", String(64)),
    #: what a customer or an agent said was meant
    Column("suggested", String(64)),
    Column("model", String(80), nullable=False),
    #: 512 half-precision numbers; null until it is grouped
    Column("vector", LargeBinary),
    Column("group_id", String(40)),
    #: the decision made on it; null while it waits for one
    Column("decision_id", String(40)),
    Index("ix_inbox_sentences_group", "group_id", "at"),
    Index("ix_inbox_sentences_decision", "decision_id"),
)

#: open sentences alike in meaning
inbox_groups = Table(
    "inbox_groups",
    metadata,
    Column("id", String(40), primary_key=True),
    #: open, decided
    Column("status", String(8), nullable=False),
    Column("size", Integer, nullable=False),
    #: what a decision on it would teach, in points
    Column("weight", Integer, nullable=False),
    #: the first of its sentences
    Column("text", Text, nullable=False),
    #: {zh, en} and {reason: how many}
    Column("languages", JSON, nullable=False),
    Column("reasons", JSON, nullable=False),
    #: the same to look for: |refused|zh|
    Column("tags", String(200), nullable=False),
    Column("intent", String(64)),
    Column("confidence", Float, nullable=False),
    Column("suggested", String(64)),
    Column("first_at", UtcTime, nullable=False),
    Column("last_at", UtcTime, nullable=False),
    #: mean of its vectors, 512 half-precision numbers
    Column("centre", LargeBinary, nullable=False),
    Index("ix_inbox_groups_weight", "status", "weight", "id"),
)

#: what trainers decided on sentences of the inbox
inbox_decisions = Table(
    "inbox_decisions",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("actor_id", String(40), nullable=False),
    #: accept, other_intent, new_intent, out_of_scope, delete
    Column("decision", String(16), nullable=False),
    Column("group_id", String(40), nullable=False),
    Column("decided", Integer, nullable=False),
    #: [{path, line, intent, text}] put into the actor's working copy
    Column("edits", JSON, nullable=False),
    Column("undone_at", UtcTime),
    Index("ix_inbox_decisions_actor", "actor_id", "at"),
)

#: how far each source of the inbox has been read
inbox_progress = Table(
    "inbox_progress",
    metadata,
    Column("source", String(16), primary_key=True),
    Column("read_to", UtcTime, nullable=False),
)

#: what customers' messages were about, for what to teach next
matters = Table(
    "matters",
    metadata,
    Column("conversation_id", String(40), ForeignKey("conversations.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("language", String(8), nullable=False),
    #: names, numbers and addresses are masked
    Column("text", Text, nullable=False),
    #: as the bot took it; null: refused
    Column("intent", String(64)),
    #: the article that was shown in answer
    Column("article", String(64)),
    Index("ix_matters_at", "at"),
)

#: what trainers let run: training, evaluating, comparing
training_jobs = Table(
    "training_jobs",
    metadata,
    Column("id", String(40), primary_key=True),
    #: train, evaluate, conversations, findings, gate
    Column("kind", String(16), nullable=False),
    #: queued, running, done, failed, cancelled
    Column("state", String(12), nullable=False),
    Column("step", String(16), nullable=False),
    #: 0 to 1
    Column("progress", Float, nullable=False),
    Column("asked_at", UtcTime, nullable=False),
    Column("started_at", UtcTime),
    Column("ended_at", UtcTime),
    #: username
    Column("by", String(80), nullable=False),
    #: {proposal, model, promote, commit}
    Column("about", JSON, nullable=False),
    Column("result", JSON),
    #: a sentence that says why it failed
    Column("error", Text),
    #: the same as {case, values}
    Column("cause", JSON),
    #: 1 while it runs: only one does
    Column("slot", Integer, unique=True),
    #: host, pid and start of the process that does it, and of the one that watches that
    Column("process", String(160)),
    Column("watcher", String(160)),
    Column("heard_at", UtcTime),
    Index("ix_training_jobs_asked", "asked_at"),
)
