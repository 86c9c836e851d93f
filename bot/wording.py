"""Texts and values in the customer's language: sentences from `data/responses/`, dates from Babel's CLDR data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_timedelta

from bot.errors import SettingsError
from bot.yaml_files import yaml_mapping

LANGUAGES = ("zh", "en")
_LOCALES = {"zh": "zh_Hans_CN", "en": "en_GB"}
#: response that lists the words of a language: products, statuses …
_TERMS = "terms"
_PARTS_OF_TERMS = ("formats", "products", "operator")


class Wording:
    """Renders responses and values. Everything a customer reads outside a turn goes through it too."""

    def __init__(self, responses: Mapping[str, Mapping[str, str]], terms: Mapping[str, Any], zone: ZoneInfo) -> None:
        self._responses = responses
        self._terms = terms
        self.zone = zone

    @classmethod
    def load(cls, folder: Path, zone: ZoneInfo) -> "Wording":
        """Read `data/responses/*.yml` (Rasa's format) and `terms.yml` beside them.

        Raises:
            SettingsError: a file is damaged; the message names it.
        """
        responses: dict[str, dict[str, str]] = {}
        terms_file = folder / f"{_TERMS}.yml"
        for path in sorted(folder.glob("*.yml")):
            if path == terms_file:
                continue
            try:
                for name, variations in yaml_mapping(path)["responses"].items():
                    found = responses.setdefault(name, {})
                    for variation in variations:
                        found.setdefault(_language_of(variation), variation.get("text", ""))
            except (KeyError, TypeError, AttributeError) as exc:
                raise SettingsError(f"{path} cannot be used: {type(exc).__name__} {exc}. Correct it.") from exc
        terms = yaml_mapping(terms_file)
        if missing := [name for name in _PARTS_OF_TERMS if not isinstance(terms.get(name), dict)]:
            raise SettingsError(f"{terms_file} lacks {', '.join(missing)}. Add what is missing.")
        return cls(responses, terms, zone)

    def become(self, other: Wording) -> None:
        """Say what another says from now on."""
        self.__dict__.update(other.__dict__)

    def text(self, name: str, language: str, **values: Any) -> str:
        """Render one response.

        Raises:
            SettingsError: no such response, or a value that it needs is missing.
        """
        try:
            variations = self._responses[name]
            return Formatter().vformat(variations.get(language) or variations["zh"], (), values)
        except KeyError as exc:
            raise SettingsError(f"The response {name} lacks {exc}. Correct data/responses.") from exc

    # -- values ------------------------------------------------------------------------------------------------

    def money(self, amount_cents: int, language: str) -> str:
        """¥1,128.50; a minus sign before the currency for what is owed back."""
        sign = "-" if amount_cents < 0 else ""
        return f"{sign}¥{abs(amount_cents) / 100:,.2f}"

    def day(self, moment: datetime, language: str) -> str:
        """Month, day and weekday, such as Wed 25 Nov, in the operator's zone."""
        return self._terms["formats"]["day"][language].format(**self._parts(moment, language))

    def clock(self, moment: datetime, language: str) -> str:
        """14:00 or 2 pm."""
        local = moment.astimezone(self.zone)
        if language != "en":
            return f"{local:%H:%M}"
        hour = local.hour % 12 or 12
        half = "am" if local.hour < 12 else "pm"
        return f"{hour} {half}" if local.minute == 0 else f"{hour}:{local:%M} {half}"

    def window(self, start: datetime, end: datetime, language: str) -> str:
        """A day with its first and last time, such as Wed 25 Nov, 8 am–10 am."""
        return self._terms["formats"]["window"][language].format(
            day=self.day(start, language), start=self.clock(start, language), end=self.clock(end, language)
        )

    def moment(self, moment: datetime, language: str) -> str:
        """A day and a clock time."""
        return self._terms["formats"]["moment"][language].format(
            day=self.day(moment, language), clock=self.clock(moment, language)
        )

    def deadline(self, moment: datetime | None, language: str) -> str:
        """As `moment`; empty when there is none."""
        return self.moment(moment, language) if moment is not None else ""

    def date(self, moment: Any, language: str) -> str:
        """A date with its year, from a date or datetime."""
        return str(format_date(moment, format="long", locale=_LOCALES[language]))

    def month(self, period: str, language: str, *, this_year: int | None = None) -> str:
        """YYYY-MM as a month, such as October; with its year when that is not `this_year`."""
        day = datetime.strptime(period + "-01", "%Y-%m-%d")
        pattern = self._terms["formats"]["month" if day.year == this_year else "month_of_year"][language]
        return str(format_date(day, format=pattern, locale=_LOCALES[language]))

    def duration(self, length: timedelta, language: str) -> str:
        return str(format_timedelta(length, locale=_LOCALES[language], threshold=1.5))

    def product(self, product: str, language: str) -> str:
        return self.term("products", product, language)

    def status(self, status: str, language: str) -> str:
        return self.term("ticket_statuses", status, language)

    def term(self, kind: str, value: str, language: str) -> str:
        """A word of `terms.yml`; the value itself when nobody has named it yet."""
        entry = (self._terms.get(kind) or {}).get(value)
        return str(entry[language]) if entry else value

    def has_term(self, kind: str, value: str) -> bool:
        """Whether somebody has named it."""
        return value in (self._terms.get(kind) or {})

    def joined(self, parts: Sequence[str], language: str) -> str:
        """Several phrases as one list."""
        return str(self._terms["formats"]["list"][language]).join(parts)

    def name(self, words: Any, language: str) -> str:
        """Pick the language of a `Words` or of a `{zh, en}` mapping."""
        if isinstance(words, Mapping):
            return str(words.get(language) or words.get("zh") or "")
        return str(words.in_language(language))

    def _parts(self, moment: datetime, language: str) -> dict[str, Any]:
        local = moment.astimezone(self.zone)
        locale = _LOCALES[language]
        return {
            "weekday": format_date(local, format="EEE", locale=locale),
            "month": local.month,
            "month_name": format_date(local, format="MMM", locale=locale),
            "day": local.day,
        }


def _language_of(variation: Mapping[str, Any]) -> str:
    for condition in variation.get("condition") or ():
        if condition.get("name") == "language":
            return str(condition.get("value"))
    return "zh"
