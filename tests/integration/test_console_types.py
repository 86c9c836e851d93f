"""The console's types say what the service answers: TypeScript checks real answers, written out as literals.

A field that the types do not know, lack, or give another kind is an error of the compiler with its name.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import WSMsgType

from tests.conftest import Pool
from tests.integration.desk_cases import COMPLAINT, done, opened
from tests.service import ROOT, Desk, Service
from tests.waiting import empty_queue

_CONSOLE = ROOT / "bot" / "web" / "console"
_COMPILER = _CONSOLE / "node_modules" / "typescript" / "bin" / "tsc"
_STRICT = ("--noEmit", "--strict", "--exactOptionalPropertyTypes", "--skipLibCheck", "--pretty", "false")
_MODULES = ("--module", "esnext", "--moduleResolution", "bundler", "--target", "es2022")
_WAIT_S = 15.0
_CLOSING = {"solved": True, "intent": "faq", "reason": "other", "note": "done"}


class Answers:
    """What the service said, each with the type that the console gives it."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def add(self, kind: str, body: object) -> None:
        name = f"a{len(self._lines)}"
        self._lines.append(f"export const {name}: {kind} = {json.dumps(body, ensure_ascii=False)};")

    def check(self, folder: Path) -> str:
        """What the compiler has against it, with the lines that it means."""
        api = _CONSOLE / "src" / "api"
        head = f'import type * as T from "{api}/types";\nimport type * as K from "{api}/ticket_types";\n'
        file = folder / "answers.ts"
        file.write_text(head + "\n".join(self._lines) + "\n", "utf-8")
        node = shutil.which("node")
        assert node is not None
        run = subprocess.run(
            [node, str(_COMPILER), *_STRICT, *_MODULES, str(file)],
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
        )
        return run.stdout + run.stderr


_KINDS = {"queue", "offer", "offer_ended", "message", "owner", "whisper", "viewers", "error", "pong"}


async def _frames(desk: Desk, watched: str, acts: list[Any]) -> list[dict[str, Any]]:
    """What a console that watches a chat hears while this is done, until it has heard every kind of frame.

    News of the queue may come after all else: they are told four times a second at most.
    """
    cookies = {name: str(value) for name, value in desk.http.cookies.get_dict().items()}
    heard: list[dict[str, Any]] = []
    url = desk.service.base + "/api/v1/desk/ws"
    async with aiohttp.ClientSession(cookies=cookies) as session, session.ws_connect(url) as socket:
        await socket.send_json({"type": "watch", "conversation_id": watched})
        await socket.send_json({"type": "nonsense"})
        for act in acts:
            await asyncio.to_thread(act)
        await socket.send_json({"type": "ping", "n": 1})
        while not {frame["type"] for frame in heard} >= _KINDS:
            got = await asyncio.wait_for(socket.receive(), _WAIT_S)
            assert got.type is WSMsgType.TEXT, got.type
            heard.append(json.loads(got.data))
    return heard


@pytest.mark.skipif(
    not (_COMPILER.is_file() and shutil.which("node")), reason="the console's tools are not there (make web)"
)
async def test_the_consoles_types_are_what_the_service_answers(service: Service, pool: Pool, tmp_path: Path) -> None:
    empty_queue(service)
    agent, boss = Desk(service, "agent1"), Desk(service, "supervisor")
    answers = Answers()

    def read(desk: Desk, kind: str, path: str) -> Any:
        body = done(desk.call("GET", path))
        answers.add(kind, body)
        return body

    customer, facts = pool.customer("customer_line_fault", "zh")
    customer.say("我家宽带断了")
    (row,) = service.sql("SELECT id FROM demo_customers WHERE sub = ?", facts["sub"])
    agent.go("offline")
    chat = f"/conversations/{customer.id}"

    def take() -> None:
        assert customer.call("POST", "/handoff").ok
        read(agent, "T.QueueAnswer", "/queue")
        read(agent, "T.RowsAnswer", "/conversations?scope=queued")
        agent.go("available")
        answers.add("T.Offer", agent.offer(customer.id))
        agent.accept(customer.id)

    def serve() -> None:
        said = done(agent.call("POST", chat + "/messages", json={"client_msg_id": "types-1", "text": "您好"}), 201)
        answers.add("{ message: T.Message }", said)
        customer.call("POST", "/messages", json={"client_msg_id": "types-2", "text": "好的"})
        done(boss.call("POST", chat + "/monitor"))
        done(boss.call("POST", chat + "/whisper", json={"text": "先查线路"}), 201)
        done(agent.call("POST", chat + "/notes", json={"text": "@supervisor @agent2 请看"}), 201)
        done(agent.call("POST", chat + "/packet_rating", json={"useful": False, "missing": "地址"}))
        done(agent.call("PUT", chat + "/draft", json={"text": "写了一半", "kind": "note"}))
        done(agent.call("POST", chat + "/read", json={"seq": 3}))

    heard = await _frames(agent, customer.id, [take, serve])
    for frame in heard:
        answers.add("T.Frame", frame)

    def look() -> None:
        read(agent, "T.Me", "/me")
        read(agent, "{ groups: T.Group[] }", "/groups")
        read(agent, "{ colleagues: T.Colleague[] }", "/colleagues")
        read(agent, "T.RowsAnswer", "/conversations?scope=mine&q=宽带")
        read(boss, "T.RowsAnswer", "/conversations?scope=all")
        read(boss, "T.ConversationView", chat)
        read(agent, "T.Suggestions", chat + "/suggestions")
        read(agent, "{ macros: T.Macro[] }", "/macros")
        read(agent, "{ articles: T.Article[] }", "/knowledge?q=宽带&language=zh")
        read(agent, "T.CustomerFull", f"/customers/{row['id']}")
        assert read(boss, "{ mentions: T.Mention[] }", "/mentions")["mentions"]
        case = opened(agent, customer_id=str(row["id"]), conversation_id=customer.id, product="broadband")
        path = f"/tickets/{case['ticket']['id']}"
        slots = read(agent, "{ slots: K.VisitSlot[]; area: string; product: string }", path + "/slots?limit=3")["slots"]
        booked = done(agent.call("POST", path + "/visits", json={"window_id": slots[0]["window_id"], "key": "t1"}), 201)
        answers.add("K.TicketCase", booked)
        complaint = done(agent.call("POST", "/tickets", json={**COMPLAINT, "customer_id": str(row["id"])}), 201)
        answers.add("K.TicketCase", complaint)
        read(agent, "K.TicketTables", "/tickets/tables")
        read(agent, "{ counts: Record<string, number> }", "/tickets/counts")
        listed = "{ tickets: K.TicketSummary[]; total: number; offset: number; limit: number }"
        read(agent, listed, "/tickets?view=open")
        read(agent, "T.ConversationView", chat)
        done(agent.call("POST", chat + "/close", json=_CLOSING))
        for of in ("agent", "bot"):
            rated = customer.call("POST", "/rating", json={"score": 1, "solved": False, "comment": "慢", "of": of})
            assert rated.status_code == 201, rated.text
        read(agent, "T.ConversationView", chat)
        read(boss, "{ ratings: T.RatedChat[]; next: string | null }", "/ratings?low=1&reviewed=0")
        read(boss, "T.RowsAnswer", "/conversations?scope=low_ratings")
        read(boss, "T.Dashboard", "/dashboard")

    def call_back() -> None:
        waiting, _facts = pool.customer("customer_line_fault", "zh")
        agent.go("offline")
        assert waiting.call("POST", "/handoff").ok
        assert waiting.call("POST", "/handoff/callback", json={}).ok
        found = read(agent, "{ callbacks: T.Callback[] }", "/callbacks?state=open")["callbacks"]
        mine = next(item for item in found if item["conversation_id"] == waiting.id)
        taken = done(agent.call("POST", f"/callbacks/{mine['id']}/take"))
        answers.add("{ callback: T.Callback }", taken)
        done(agent.call("POST", f"/callbacks/{mine['id']}/done", json={"reached": True, "note": "打通了"}))
        assert read(agent, "{ callbacks: T.Callback[] }", "/callbacks?state=done")["callbacks"]

    await asyncio.to_thread(look)
    await asyncio.to_thread(call_back)
    told = await asyncio.to_thread(answers.check, tmp_path)
    assert told == "", told
