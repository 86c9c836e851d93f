"""Who works at the demo's desk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.handoff.people.accounts import demo_logins, demo_people

ROLES = {"agent", "supervisor", "trainer", "admin"}


def test_every_role_has_somebody_and_every_language_an_agent() -> None:
    people = demo_people()
    assert {role for person in people for role in person.roles} == ROLES
    taking_chats = [person for person in people if "agent" in person.roles and person.capacity > 0]
    assert {language for person in taking_chats for language in person.languages} == {"zh", "en"}
    assert all(person.name["zh"] and person.name["en"] for person in people)


def test_everybody_gets_a_password_that_stays(tmp_path: Path) -> None:
    logins = demo_logins(tmp_path)
    assert set(logins) == {person.username for person in demo_people()}
    assert demo_logins(tmp_path) == logins


def test_somebody_new_gets_a_password_beside_those_that_stay(tmp_path: Path) -> None:
    logins = demo_logins(tmp_path)
    *others, last = logins
    (tmp_path / "demo_logins.json").write_text(json.dumps({name: logins[name] for name in others}), "utf-8")
    now = demo_logins(tmp_path)
    assert {name: now[name] for name in others} == {name: logins[name] for name in others}
    assert now[last] and demo_logins(tmp_path) == now


@pytest.mark.parametrize("text", ["people: 3", "people: [{id: agent1}]", "people: [", "[]"])
def test_a_broken_file_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "desk.yml"
    file.write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=r"desk\.yml"):
        demo_people(file)
    with pytest.raises(SettingsError, match=r"none\.yml"):
        demo_people(tmp_path / "none.yml")
