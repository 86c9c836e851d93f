"""The stock side's action server: what a bare Rasa bot would do for the same wishes, from one SQLite file.

Each wish reads one customer's row and says one sentence with it. That is less than our actions do (line tests, tickets,
slots of technicians, identity), so the comparison leans towards stock.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from pathlib import Path
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

FOLDER = Path(__file__).parent
ANSWERS: dict[str, str] = json.loads((FOLDER / "answers.json").read_text("utf-8"))


class CustomerAnswer:
    """Looks its customer up and says its sentence."""

    action_name = ""
    answer = ""

    def __init__(self) -> None:
        self._database = sqlite3.connect(FOLDER / "customers.sqlite3", check_same_thread=False)

    def name(self) -> str:
        return self.action_name

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        (count,) = self._database.execute("SELECT count(*) FROM customers").fetchone()
        number = zlib.crc32(tracker.sender_id.encode()) % count
        (facts,) = self._database.execute("SELECT facts FROM customers WHERE number = ?", (number,)).fetchone()
        dispatcher.utter_message(text=self.answer.format(**json.loads(facts)))
        return [SlotSet("customer_number", str(number))]


#: rasa_sdk registers every subclass of Action that it finds in this module
KINDS = [
    type(name, (CustomerAnswer, Action), {"action_name": name, "answer": answer, "__module__": __name__})
    for name, answer in ANSWERS.items()
]
