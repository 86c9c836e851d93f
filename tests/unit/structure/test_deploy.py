"""What `deploy/` names exists: settings, folders, addresses. Nothing here builds an image."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from bot.settings import Settings
from bot.yaml_files import load_yaml

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"


@pytest.mark.parametrize("path", sorted(DEPLOY.iterdir()), ids=lambda path: path.name)
def test_every_setting_that_is_named_is_one(path: Path) -> None:
    known = {f"FRONTLINE_{item.name.upper()}" for item in fields(Settings)}
    assert set(re.findall(r"FRONTLINE_[A-Z_]+", path.read_text("utf-8"))) <= known


def test_everything_that_the_image_copies_is_there_or_is_built() -> None:
    stages = [line for line in _lines("Dockerfile") if line.startswith("FROM ")]
    assert len(stages) == 3
    for line in _lines("Dockerfile"):
        found = re.match(r"COPY (?!--from)(.+) \S+$", line)
        for source in found.group(1).split() if found else ():
            assert (ROOT / source).exists(), line


def test_the_image_serves_as_somebody_who_is_not_root_and_says_whether_it_lives() -> None:
    text = (DEPLOY / "Dockerfile").read_text("utf-8").split("FROM ")[-1]
    user = re.search(r"^USER (\S+)$", text, re.MULTILINE)
    assert user is not None and user.group(1) not in ("root", "0")
    assert text.index("USER ") < text.index("ENTRYPOINT")
    assert re.search(r"^HEALTHCHECK .*\n?.*/healthz", text, re.MULTILINE)


def test_services_wait_for_what_they_need_and_only_ours_has_an_address_outside() -> None:
    services: dict[str, Any] = load_yaml((DEPLOY / "compose.yml").read_text("utf-8"))["services"]
    needed = services["frontline"]["depends_on"]
    assert {name: item["condition"] for name, item in needed.items()} == {
        "postgres": "service_healthy",
        "redis": "service_healthy",
    }
    assert all("healthcheck" in services[name] for name in needed)
    assert [name for name, item in services.items() if "ports" in item] == ["frontline"]


def test_the_proxy_lets_both_sockets_and_the_largest_upload_through() -> None:
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    pattern = re.search(r"location ~ (\S+) \{", text)
    assert pattern is not None
    assert all(re.search(pattern.group(1), path) for path in ("/api/v1/ws", "/api/v1/desk/ws"))
    assert text.count("{") == text.count("}")
    assert "client_max_body_size 11m;" in text


def _lines(name: str) -> list[str]:
    return (DEPLOY / name).read_text("utf-8").splitlines()
