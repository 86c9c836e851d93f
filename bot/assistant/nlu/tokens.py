"""How a text falls into tokens, with nothing of Rasa in it."""

from __future__ import annotations

import re

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

_TOKEN = re.compile(
    r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"  # a Chinese character is a token, so no entity border is lost
    r"|[^\W\d_\u3400-\u9fff\uf900-\ufaff]+(?:'[^\W\d_\u3400-\u9fff]+)?"  # a word, with its apostrophe
    r"|\d+"
    r"|[^\w\s]|_"
)


class MixedTokenizer:
    """A spaCy tokenizer: Chinese by character, everything else by word, digit run or sign."""

    def __init__(self, vocab: Vocab) -> None:
        self._vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Return the tokens of `text`; `Doc.text` differs from it where several blanks stand in a row."""
        spans = token_spans(text)
        words = [text[start:end] for start, end in spans]
        spaces = [
            end < len(text) and text[end].isspace() and (index + 1 == len(spans) or spans[index + 1][0] > end)
            for index, (_, end) in enumerate(spans)
        ]
        return Doc(self._vocab, words=words, spaces=spaces)


def token_spans(text: str) -> list[tuple[int, int]]:
    """Return start and end of every token, in order. White space belongs to none."""
    return [match.span() for match in _TOKEN.finditer(text)]


def blank_language() -> Language:
    """Return an empty multi-language spaCy pipeline with the mixed tokenizer."""
    nlp = spacy.blank("xx")
    nlp.tokenizer = MixedTokenizer(nlp.vocab)
    return nlp
