"""The desk's lists: filters, search, order, pages, and who else is in a conversation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.desk.customers.directory import CustomerDirectory
from bot.desk.inbox.model import LARGEST_PAGE, Entry, Hit, ListQuery, Page, Row, Viewer, write_cursor
from bot.desk.inbox.store import InboxStore
from bot.desk.ratings.model import Rating, Subject
from bot.desk.ratings.store import RatingStore
from bot.desk.search.model import snippet
from bot.desk.search.store import SearchStore
from bot.desk.viewers.store import ViewerStore
from bot.handoff.supervision.model import Mode
from bot.handoff.supervision.store import SupervisionStore

_WORDS_LIMIT = 200
_HITS_EACH = 3
_TICKET = re.compile(r"[A-Za-z]{2}\d{2,8}")


class InboxService:
    """Lists of conversations as the console shows them."""

    def __init__(
        self,
        store: InboxStore,
        search: SearchStore,
        directory: CustomerDirectory,
        viewers: ViewerStore,
        guests: SupervisionStore,
        ratings: RatingStore,
    ) -> None:
        self._store = store
        self._search = search
        self._directory = directory
        self._viewers = viewers
        self._guests = guests
        self._ratings = ratings

    async def page(self, query: ListQuery, words: str | None) -> Page:
        """One page of a list.

        Args:
            words: looked for in transcripts, customers' names and numbers, and ticket ids; None or blank: everything.
        """
        words = " ".join((words or "").split())[:_WORDS_LIMIT]
        if words:
            query = await self._searched(query, words)
        entries, total = await self._store.page(query)
        shown, more = entries[: query.limit], len(entries) > query.limit
        rows = await self._rows(shown, query.user_id, words)
        return Page(rows, write_cursor(query.sort, shown[-1].cursor) if more and shown else None, total)

    async def viewers(self, conversation_id: str) -> Sequence[Mapping[str, Any]]:
        """Who has a conversation on their screen: `{user_id, name, drafting}`."""
        found = (await self._looking([conversation_id])).get(conversation_id, ())
        return _named(found, await self._store.names([viewer.user_id for viewer in found]))

    async def name(self, user_id: str | None) -> Mapping[str, str] | None:
        """Somebody's name in both languages."""
        return (await self._store.names([user_id])).get(user_id) if user_id else None

    async def names(self, user_ids: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        """Names in both languages by id."""
        return await self._store.names(user_ids)

    async def _looking(self, ids: Sequence[str]) -> Mapping[str, Sequence[Viewer]]:
        """Who looks at these conversations; supervisors who watch unseen are left out."""
        found = await self._viewers.all()
        if not found:
            return {}
        inside = await self._guests.of(ids)
        unseen = {(item.conversation_id, item.user_id) for item in inside if item.mode is Mode.watching}
        return {id_: [item for item in found.get(id_, ()) if (id_, item.user_id) not in unseen] for id_ in ids}

    async def _searched(self, query: ListQuery, words: str) -> ListQuery:
        ids = await self._search.conversations(words)
        customers = await self._search.customers(words)
        if _TICKET.fullmatch(words):
            of_tickets, their_customers = await self._search.ticket_conversations(words.upper())
            ids, customers = (*ids, *of_tickets), (*customers, *their_customers)
        values = {**query.__dict__, "found_ids": tuple(dict.fromkeys(ids))}
        return ListQuery(**{**values, "found_customers": tuple(dict.fromkeys(customers))})

    async def _rows(self, entries: Sequence[Entry], user_id: str, words: str) -> Sequence[Row]:
        if not entries:
            return ()
        ids = [entry.head.id for entry in entries]
        viewers = await self._looking(ids)
        looking = {viewer.user_id for id_ in ids for viewer in viewers.get(id_, ())}
        serving = {entry.head.agent_id for entry in entries if entry.head.agent_id}
        names = await self._store.names(sorted(looking | serving))
        unread = await self._store.unread(ids, user_id)
        cards = await self._directory.cards(entry.head.customer_id for entry in entries if entry.head.customer_id)
        rated = await self._ratings.of(ids)
        due = await self._store.tickets_due([entry.head for entry in entries])
        hits = await self._search.messages(ids, words, _HITS_EACH) if words else {}
        rows = []
        for entry in entries:
            id_, card = entry.head.id, cards.get(entry.head.customer_id or "")
            rows.append(
                Row(
                    entry=entry,
                    unread=unread.get(id_, 0),
                    agent_name=names.get(entry.head.agent_id or ""),
                    customer=card.as_json() if card else None,
                    viewers=_named(viewers.get(id_, ()), names),
                    rating=_shown(rated.get(id_, {})),
                    ticket_due_at=due.get(id_),
                    hits=tuple(Hit(seq, snippet(text, words)) for seq, text in hits.get(id_, ())),
                )
            )
        return rows


def limit_of(value: str | None) -> int:
    """How many rows a page has: what was asked for within 1 to `LARGEST_PAGE`, 50 when nothing readable was."""
    if value is None or not value.isascii() or not value.isdigit():
        return 50
    return min(max(int(value[:6]), 1), LARGEST_PAGE)


def _named(viewers: Sequence[Viewer], names: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    return [
        {"user_id": viewer.user_id, "name": names.get(viewer.user_id), "drafting": viewer.drafting}
        for viewer in viewers
    ]


def _shown(rated: Mapping[Subject, Rating]) -> Mapping[str, Any] | None:
    """The rating that a row shows: the person's, else the bot's."""
    found = rated.get(Subject.agent) or rated.get(Subject.bot)
    return {**found.as_json(), "of": found.subject.value} if found else None
