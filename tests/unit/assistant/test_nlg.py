"""Which variation of a response is said."""

from __future__ import annotations

from rasa.shared.core.events import BotUttered
from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker

from bot.assistant.nlg import BilingualResponses

_ENGLISH = [{"type": "slot", "name": "language", "value": "en"}]
_RESPONSES = {
    "utter_no": [
        {"id": "no_en_1", "text": "No.", "condition": _ENGLISH},
        {"id": "no_zh_1", "text": "不行。"},
        {"id": "no_zh_2", "text": "这个不行。"},
        {"id": "no_zh_3", "text": "不可以。"},
    ]
}


async def test_nothing_is_said_twice_in_a_row_and_what_was_said_longest_ago_comes_again() -> None:
    responses = BilingualResponses(_RESPONSES)
    tracker = DialogueStateTracker("c", [TextSlot("language", mappings=[{}], initial_value="zh")])
    said = []
    for _ in range(7):
        response = await responses.generate("utter_no", tracker, "")
        assert response is not None
        said.append(response["id"])
        tracker.update(BotUttered(response["text"], metadata={"id": response["id"]}))
    first = ["no_zh_1", "no_zh_2", "no_zh_3"]
    assert said == [*first, *first, "no_zh_1"]
