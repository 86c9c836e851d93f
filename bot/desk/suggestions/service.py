"""Answers to the customer's newest message: articles with their source, and macros of the desk."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from bot.contracts import AuthorKind, Message
from bot.conversations.store import ConversationStore
from bot.desk.macros.model import Macro
from bot.desk.macros.service import MacroService
from bot.handoff.model import User
from bot.knowledge.model import Hit
from bot.knowledge.service import KnowledgeService

#: 95 of 100 questions that no article answers stay below (see bot/knowledge/service.py)
ARTICLE_FLOOR = 0.40
#: titles and texts of macros are short: what fits lies further off
MACRO_FLOOR = 0.30
_ARTICLES, _MACROS = 3, 3
#: a shorter message ("ok") is looked at together with the one before
_SHORT = 6
#: messages from which the customer's newest words are taken
_LOOK_BACK = 30
_CACHED = 2_000


@dataclass(frozen=True)
class Suggestions:
    language: str
    #: the message that they answer; None when the customer has written nothing
    seq: int | None
    articles: Sequence[Hit]
    macros: Sequence[Macro]


class SuggestionService:
    """Searches once for each message; the same question of another console is answered from memory."""

    def __init__(self, conversations: ConversationStore, knowledge: KnowledgeService, macros: MacroService) -> None:
        self._conversations = conversations
        self._knowledge = knowledge
        self._macros = macros
        #: (conversation, seq, language) → articles
        self._articles: OrderedDict[tuple[str, int, str], Sequence[Hit]] = OrderedDict()

    async def of(self, conversation_id: str, user: User, groups: tuple[str, ...]) -> Suggestions:
        """What could be answered now; empty when nothing is near enough."""
        head = await self._conversations.head(conversation_id)
        language = head.language if head.language in ("zh", "en") else "zh"
        recent = await self._conversations.messages(conversation_id, after=max(0, head.last_seq - _LOOK_BACK))
        said = [message for message in recent if message.author.kind is AuthorKind.customer and message.text]
        if not said:
            return Suggestions(language, None, (), ())
        words = _words(said)
        articles = self._search(conversation_id, said[-1].seq, language, words)
        macros = await self._macros.visible(user, groups)
        texts = [f"{macro.title[language]} {macro.text[language]}" for macro in macros]
        scores = self._knowledge.likeness(words, texts, language)
        best = sorted(range(len(macros)), key=lambda n: -scores[n])[:_MACROS]
        fitting = tuple(macros[n] for n in best if scores[n] >= MACRO_FLOOR)
        return Suggestions(language, said[-1].seq, articles, fitting)

    def _search(self, conversation_id: str, seq: int, language: str, words: str) -> Sequence[Hit]:
        key = (conversation_id, seq, language)
        found = self._articles.get(key)
        if found is None:
            hits = self._knowledge.search(words, language, _ARTICLES)
            found = self._articles[key] = tuple(hit for hit in hits if hit.score >= ARTICLE_FLOOR)
            while len(self._articles) > _CACHED:
                self._articles.popitem(last=False)
        return found


def _words(said: Sequence[Message]) -> str:
    """The newest words, with those before when they say little alone."""
    newest = said[-1].text
    if len(newest) >= _SHORT or len(said) == 1:
        return newest
    return f"{said[-2].text} {newest}"
