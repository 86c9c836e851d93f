"""The agents' tools over HTTP and the socket of a running service."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import aiohttp
import pytest

from tests.conftest import Pool
from tests.integration.shapes import assert_error
from tests.service import Customer, Desk, Service
from tests.waiting import empty_queue

_DONE = {"solved": True, "intent": "report_broadband_fault", "reason": "fixed"}
_PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


@pytest.fixture
def agent(service: Service) -> Iterator[Desk]:
    """agent1, available; afterwards off duty and without open chats."""
    empty_queue(service)
    desk = Desk(service, "agent1")
    desk.go("available")
    yield desk
    desk.go("offline")
    for row in desk.call("GET", "/conversations?scope=mine").json()["conversations"]:
        desk.call("POST", f"/conversations/{row['conversation_id']}/close", json=_DONE)


@pytest.fixture
def boss(service: Service) -> Desk:
    return Desk(service, "supervisor")


@pytest.fixture
def customer(service: Service, pool: Pool, agent: Desk) -> Customer:
    """Signed in, and served by agent1."""
    found, _facts = pool.customer("customer_basic", "zh")
    return _served(found, agent)


def _served(customer: Customer, agent: Desk) -> Customer:
    assert customer.call("POST", "/handoff").status_code == 202
    agent.accept(customer.id)
    return customer


def _say(customer: Customer, text: str) -> dict[str, Any]:
    body = {"client_msg_id": str(uuid.uuid4()), "text": text}
    answer = customer.call("POST", "/messages", json=body)
    assert answer.status_code == 202, answer.text
    return dict(answer.json()["message"])


def _chat(desk: Desk, customer: Customer) -> dict[str, Any]:
    return dict(desk.call("GET", f"/conversations/{customer.id}").json())


def _row(desk: Desk, customer: Customer, **query: str) -> dict[str, Any]:
    query = {"scope": "all", "limit": "500", **query}
    rows = desk.call("GET", "/conversations", params=query).json()["conversations"]
    return next(dict(row) for row in rows if row["conversation_id"] == customer.id)


# -- lists -------------------------------------------------------------------------------------------------------------


def test_a_row_says_who_waits_since_when_and_what_is_unread(agent: Desk, customer: Customer) -> None:
    first = _say(customer, "请问修好了吗")
    _say(customer, "在吗")
    row = _row(agent, customer)
    assert row["unread"] == 2 and row["customer"]["name"]["zh"] and row["agent"]["en"] == "Min Li"
    assert row["unanswered_since"] <= first["at"], "since the request for a person"
    agent.call("POST", f"/conversations/{customer.id}/messages", json={"text": "您好"})
    row = _row(agent, customer)
    assert row["unread"] == 0 and row["unanswered_since"] is None, "a reply answers and reads"
    again = _say(customer, "好的")
    assert _row(agent, customer)["unanswered_since"] == again["at"]


def test_search_finds_words_names_numbers_and_tickets(agent: Desk, customer: Customer) -> None:
    word = f"zz{uuid.uuid4().hex[:8]}"
    said = _say(customer, f"我的编号是 {word} 对吗")
    row = _row(agent, customer, q=word)
    assert [hit["seq"] for hit in row["hits"]] == [said["seq"]] and word in row["hits"][0]["text"]
    facts = _chat(agent, customer)["customer"]
    for words in (facts["name"]["zh"], facts["phone"][-8:], facts["account_number"]):
        assert _row(agent, customer, q=words)["conversation_id"] == customer.id, words
    assert agent.call("GET", "/conversations", params={"scope": "all", "q": uuid.uuid4().hex}).json()["total"] == 0


def test_pages_follow_each_other_and_a_strange_place_is_refused(service: Service, agent: Desk) -> None:
    for _ in range(3):
        Customer(service).open()
    seen: list[str] = []
    after = ""
    for _ in range(3):
        page = agent.call(
            "GET", "/conversations", params={"scope": "all", "sort": "oldest", "limit": "1", "after": after}
        )
        seen += [row["conversation_id"] for row in page.json()["conversations"]]
        after = page.json()["next"]
    assert len(set(seen)) == 3 and page.json()["total"] >= 3
    for bad in ("scope=everything", "sort=best", "scope=all&after=nonsense", f"scope=all&sort=newest&after={after}"):
        assert_error(agent.call("GET", f"/conversations?{bad}"), 400, "bad_request")
    assert_error(agent.call("GET", "/conversations?scope=low_ratings"), 403, "forbidden")


# -- marks, drafts, notes, files ---------------------------------------------------------------------------------------


def test_a_read_mark_never_goes_back_and_the_customer_sees_it_after_a_reload(agent: Desk, customer: Customer) -> None:
    seq = _say(customer, "看到了吗")["seq"]
    path = f"/conversations/{customer.id}/read"
    assert agent.call("POST", path, json={"seq": seq}).json() == {"seq": seq}
    assert agent.call("POST", path, json={"seq": 1}).json() == {"seq": seq}
    assert agent.call("POST", path, json={"seq": 10_000}).json() == {"seq": seq}, "nobody reads ahead"
    assert customer.call("GET", "/messages?after=0").json()["state"]["read_seq"] == seq
    assert _chat(agent, customer)["read"]["agent_seq"] == seq
    assert_error(agent.call("POST", path, json={"seq": "x"}), 400, "bad_request")


def test_a_colleague_who_only_looks_leaves_no_mark_for_the_customer(
    service: Service, agent: Desk, customer: Customer
) -> None:
    seq = _say(customer, "看到了吗")["seq"]
    Desk(service, "agent2").call("POST", f"/conversations/{customer.id}/read", json={"seq": seq})
    assert customer.call("GET", "/messages?after=0").json()["state"].get("read_seq", 0) < seq


def test_a_draft_is_there_on_another_machine_and_gone_once_sent(
    service: Service, agent: Desk, customer: Customer
) -> None:
    path = f"/conversations/{customer.id}"
    assert agent.call("PUT", path + "/draft", json={"text": " 我查一下", "kind": "reply"}).status_code == 200
    other = Desk(service, "agent1")
    assert _chat(other, customer)["draft"] == {"text": " 我查一下", "kind": "reply"}
    assert _chat(Desk(service, "agent2"), customer)["draft"] is None
    agent.call("POST", path + "/messages", json={"text": "我查一下"})
    assert _chat(other, customer)["draft"] is None
    for body in ({}, {"text": 5}, {"text": "x", "kind": "poem"}, {"text": "x" * 8_001}):
        assert_error(agent.call("PUT", path + "/draft", json=body), 400, "bad_request")


def test_who_is_named_in_a_note_finds_it(service: Service, agent: Desk, customer: Customer) -> None:
    text = f"@agent2 @nobody 帮忙看 {uuid.uuid4().hex}"
    note = agent.call("POST", f"/conversations/{customer.id}/notes", json={"text": text}).json()
    assert note["mentions"] == ["agent2"]
    colleague = Desk(service, "agent2")
    mention = colleague.call("GET", "/mentions?unread=1").json()["mentions"][0]
    assert (mention["note_id"], mention["text"], mention["author"]["zh"]) == (note["id"], text, "李敏")
    rows = colleague.call("GET", "/conversations?scope=mentions").json()["conversations"]
    assert rows[0]["conversation_id"] == customer.id
    assert colleague.call("POST", f"/mentions/{mention['id']}/read").json()["mention"]["read_at"]
    assert mention["id"] not in [item["id"] for item in colleague.call("GET", "/mentions?unread=1").json()["mentions"]]
    assert_error(agent.call("POST", f"/mentions/{mention['id']}/read"), 404, "not_found")
    assert text not in json.dumps(customer.thread(), ensure_ascii=False)


def test_an_agents_photo_reaches_the_customer(agent: Desk, customer: Customer) -> None:
    path = f"/conversations/{customer.id}"
    up = agent.call("POST", path + "/attachments", files={"file": ("plan.png", _PNG, "image/png")})
    assert up.status_code == 201
    sent = agent.call("POST", path + "/messages", json={"attachment_id": up.json()["attachment_id"]})
    assert sent.status_code == 201
    (file,) = customer.thread()[-1]["attachments"]
    got = customer.call("GET", f"/attachments/{file['id']}")
    assert got.content == _PNG and customer.thread()[-1]["author"]["kind"] == "agent"
    assert_error(agent.call("POST", path + "/messages", json={"attachment_id": "x"}), 404, "not_found")
    assert_error(
        agent.call("POST", path + "/attachments", files={"file": ("a.exe", b"MZ", "image/png")}),
        422,
        "unsupported_file",
    )


# -- macros, knowledge, customers, settings ----------------------------------------------------------------------------


def test_macros_are_filled_from_the_chat_and_shared_ones_are_the_supervisors(
    service: Service, agent: Desk, boss: Desk, customer: Customer
) -> None:
    shown = {macro["id"]: macro for macro in agent.call("GET", "/macros").json()["macros"]}
    assert len(shown) >= 12
    filled = agent.call("POST", "/macros/greet/render", json={"conversation_id": customer.id}).json()
    name = _chat(agent, customer)["customer"]["name"]["zh"]
    assert filled == {"text": f"{name}您好，我是李敏，前面的对话我都看到了，接下来由我帮您处理。", "missing": []}
    own = agent.call("POST", "/macros", json={"title": "我的", "text": "{visit_window}见"}).json()
    assert own["visibility"] == "mine" and own["author"] == "agent1"
    rendered = agent.call("POST", f"/macros/{own['id']}/render", json={"conversation_id": customer.id}).json()
    assert rendered["missing"] in ([], ["visit_window"]) and ("{" in rendered["text"]) == bool(rendered["missing"])
    assert_error(Desk(service, "agent2").call("DELETE", f"/macros/{own['id']}"), 404, "not_found")
    assert_error(agent.call("POST", "/macros", json={"title": "x", "text": "y", "visibility": "all"}), 403, "forbidden")
    assert_error(agent.call("PUT", "/macros/greet", json={"title": "x", "text": "y"}), 403, "forbidden")
    shared = boss.call("POST", "/macros", json={"title": "x", "text": "y", "visibility": "all"})
    assert shared.status_code == 201
    assert boss.call("DELETE", f"/macros/{shared.json()['id']}").json() == {"removed": True}
    assert agent.call("DELETE", f"/macros/{own['id']}").status_code == 200


def test_suggestions_answer_the_newest_message_with_their_source(agent: Desk, customer: Customer) -> None:
    seq = _say(customer, "光猫上的指示灯是什么意思，LOS灯红了")["seq"]
    found = agent.call("GET", f"/conversations/{customer.id}/suggestions").json()
    assert found["seq"] == seq
    best = found["articles"][0]
    assert best["id"] == "modem_lights" and best["source"] and best["review_date"] and best["score"] >= 0.4
    assert "ask_lights" in [macro["id"] for macro in found["macros"]]
    listed = agent.call("GET", "/knowledge", params={"q": "wifi password", "language": "en"}).json()["articles"]
    assert listed[0]["id"] == "wifi_password" and listed[0]["title"]
    assert_error(agent.call("GET", "/knowledge?q=x&language=fr"), 400, "bad_request")


def test_a_customer_is_shown_in_full(service: Service, agent: Desk, customer: Customer) -> None:
    customer_id = _chat(agent, customer)["customer"]["id"]
    shown = agent.call("GET", f"/customers/{customer_id}").json()
    assert shown["unavailable"] == []
    assert shown["customer"]["id"] == customer_id and shown["lines"][0]["plan"]["zh"]
    assert len(shown["bills"]) == 6 and shown["bills"][0]["items"]
    assert isinstance(shown["usage"], list) and shown["balance"]["currency"]
    assert {"tickets", "visits", "past", "ratings"} <= set(shown)
    seen = service.sql("SELECT actor FROM audit WHERE action = 'customer_viewed' AND subject_id = ?", customer_id)
    assert {"actor": "agent1"} in seen
    assert_error(agent.call("GET", "/customers/nobody"), 404, "not_found")


def test_settings_follow_their_person(service: Service, agent: Desk) -> None:
    agent.call("PUT", "/me/settings", json={"theme": "dark", "sound": False})
    assert Desk(service, "agent1").call("GET", "/me").json()["settings"]["theme"] == "dark"
    assert Desk(service, "agent2").call("GET", "/me").json()["settings"]["theme"] == "system"
    for body in ({"theme": "pink"}, {"sound": 1}, {"font": "big"}, {"theme": ["dark"]}):
        assert_error(agent.call("PUT", "/me/settings", json=body), 400, "bad_request")


def test_a_ticket_that_an_agent_opens_or_moves_is_shown_to_its_customer_once(agent: Desk, customer: Customer) -> None:
    body = {
        "ticket_type": "request",
        "severity": "Minor",
        "description": "需要发票",
        "customer_id": _chat(agent, customer)["customer"]["id"],
        "conversation_id": customer.id,
        "client_key": uuid.uuid4().hex,
    }
    ids = {agent.call("POST", "/tickets", json=body).json()["ticket"]["id"] for _ in range(2)}
    assert len(ids) == 1
    path = f"/tickets/{ids.pop()}"
    assert agent.call("POST", path + "/take", json={}).status_code == 200
    assert agent.call("POST", path + "/wait", json={"reason": "等抬头"}).status_code == 200
    cards = [item["data"] for item in customer.thread() if (item.get("data") or {}).get("type") == "ticket"]
    assert [card["status"] for card in cards] == ["acknowledged", "pending"]
    assert agent.call("GET", f"/conversations/{customer.id}").json()["tickets"][0]["id"] == cards[0]["id"]


# -- identity ----------------------------------------------------------------------------------------------------------


def test_an_agent_checks_who_the_customer_is_without_seeing_the_code(service: Service, pool: Pool, agent: Desk) -> None:
    facts = pool.take("customer_otp")
    customer = _served(Customer(service, "zh").open(), agent)
    path = f"/conversations/{customer.id}/identity_check"
    assert_error(agent.call("POST", path, json={}), 422, "customer_unknown")
    assert_error(agent.call("POST", path, json={"phone": "19900000000"}), 422, "customer_unknown")
    sent = agent.call("POST", path, json={"phone": facts["phone"]}).json()
    assert sent["sent"] is True and sent["to"].endswith(facts["phone"][-4:]) and "****" in sent["to"]
    assert _say(customer, "000000")["text"] == "******"
    assert "2" in customer.thread()[-1]["text"] and _chat(agent, customer)["assurance_level"] == "anonymous"
    assert _say(customer, facts["otp"])["text"] == "******"
    shown = _chat(agent, customer)
    assert shown["assurance_level"] == "otp" and shown["customer"]["phone"].endswith(facts["phone"][-4:])
    assert facts["otp"] not in json.dumps(shown), "it stands nowhere"
    rows = service.sql(
        "SELECT detail FROM audit WHERE action = 'identity_checked' AND conversation_id = ?", customer.id
    )
    assert [json.loads(row["detail"])["outcome"] for row in rows] == ["wrong", "ok"]
    assert _say(customer, "123456")["text"] == "123456", "nothing is awaited any more"


def test_only_who_serves_the_customer_may_check_them(service: Service, customer: Customer) -> None:
    answer = Desk(service, "agent2").call("POST", f"/conversations/{customer.id}/identity_check", json={})
    assert_error(answer, 403, "not_your_conversation")


# -- rating ------------------------------------------------------------------------------------------------------------


def test_bot_and_person_are_rated_after_the_end_and_low_scores_are_reviewed(
    service: Service, pool: Pool, agent: Desk, boss: Desk
) -> None:
    customer, _facts = pool.customer("customer_basic", "zh")
    customer.say("你好")
    _served(customer, agent)
    rating = {"score": 1, "solved": False, "comment": "等太久", "of": "agent"}
    assert_error(customer.call("POST", "/rating", json=rating), 409, "not_over")
    agent.call("POST", f"/conversations/{customer.id}/close", json=_DONE)
    assert customer.call("GET", "/messages?after=0").json()["state"]["rate"] == ["agent", "bot"]
    assert customer.call("POST", "/rating", json=rating).status_code == 201
    assert customer.call("POST", "/rating", json={"score": 5, "solved": True, "of": "bot"}).status_code == 201
    assert "rate" not in customer.call("GET", "/messages?after=0").json()["state"]
    assert_error(agent.call("GET", "/ratings?low=1"), 403, "forbidden")
    low = boss.call("GET", "/ratings?low=1&reviewed=0").json()["ratings"]
    mine = next(item for item in low if item["conversation_id"] == customer.id)
    assert mine["agent"]["agent_id"] == "agent1" and mine["agent_name"]["zh"] == "李敏" and mine["comment"] == "等太久"
    assert mine["bot"]["score"] == 5
    assert boss.call("POST", f"/ratings/{customer.id}/review", json={"note": "已回电"}).json() == {"note": "已回电"}
    left = boss.call("GET", "/ratings?low=1&reviewed=0").json()["ratings"]
    assert customer.id not in [item["conversation_id"] for item in left]


def test_the_packet_is_rated_in_one_click(agent: Desk, customer: Customer) -> None:
    path = f"/conversations/{customer.id}/packet_rating"
    rated = agent.call("POST", path, json={"useful": False, "missing": "地址"}).json()["packet_rating"]
    assert rated["useful"] is False and rated["missing"] == "地址" and rated["user_id"] == "agent1"
    assert _chat(agent, customer)["packet_rating"] == rated
    assert_error(agent.call("POST", path, json={}), 400, "bad_request")


# -- live --------------------------------------------------------------------------------------------------------------


async def _until(socket: Any, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The first frame that fits, within ten seconds."""

    async def look() -> dict[str, Any]:
        while True:
            frame = dict(await socket.receive_json())
            if fits(frame):
                return frame

    return await asyncio.wait_for(look(), 10)


def _console(http: aiohttp.ClientSession, desk: Desk) -> Any:
    """The socket of somebody's console."""
    cookies = "; ".join(f"{name}={value}" for name, value in desk.http.cookies.get_dict().items())
    return http.ws_connect(f"{desk.service.base}/api/v1/desk/ws", headers={"Cookie": cookies})


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "{",
        "[]",
        "null",
        '{"type": "watch", "conversation_id": NaN}',
        '{"type": "watch", "conversation_id": "\\ud800"}',
        '{"type": "watch", "conversation_id": "a\\u0000"}',
        '{"type": ["watch"]}',
        '{"conversation_id": "x"}',
        '{"type": "join"}',
        '{"a":' * 50_000,
        b"\xff\xfe",
    ],
    ids=lambda frame: repr(frame[:24]),
)
async def test_a_frame_that_cannot_be_read_is_answered_and_the_console_stays(boss: Desk, frame: str | bytes) -> None:
    async with aiohttp.ClientSession() as http, _console(http, boss) as socket:
        await (socket.send_str(frame) if isinstance(frame, str) else socket.send_bytes(frame))
        refused = await _until(socket, lambda heard: heard["type"] == "error")
        assert refused["error"]["code"] == "bad_request" and refused["error"]["message"]
        await socket.send_json({"type": "watch", "conversation_id": "nobody"})
        refused = await _until(socket, lambda heard: heard["type"] == "error")
        assert refused["error"]["code"] == "conversation_not_found"
        await socket.send_json({"type": "ping", "n": 1})
        await _until(socket, lambda heard: heard["type"] == "pong")


async def test_a_supervisor_who_watches_is_seen_by_nobody(agent: Desk, boss: Desk, customer: Customer) -> None:
    async with aiohttp.ClientSession() as http, _console(http, boss) as socket:
        await socket.send_json({"type": "watch", "conversation_id": customer.id})
        await _until(socket, lambda frame: frame["type"] == "viewers" and len(frame["viewers"]) == 1)
        seen = await asyncio.to_thread(_row, agent, customer)
        assert [viewer["user_id"] for viewer in seen["viewers"]] == ["supervisor"], "who only looks is seen"
        done = await asyncio.to_thread(lambda: boss.call("POST", f"/conversations/{customer.id}/monitor"))
        assert done.status_code == 200
        assert (await asyncio.to_thread(_row, agent, customer))["viewers"] == []
        shown = await asyncio.to_thread(lambda: agent.call("GET", f"/conversations/{customer.id}").json())
        assert shown["viewers"] == []
    await asyncio.to_thread(lambda: boss.call("POST", f"/conversations/{customer.id}/leave"))


def test_a_call_back_names_its_customer_and_a_waiting_window_is_known(
    service: Service, pool: Pool, agent: Desk
) -> None:
    agent.go("away")
    customer, facts = pool.customer("customer_basic", "zh")
    customer.call("POST", "/handoff")
    (row,) = [row for row in agent.call("GET", "/queue").json()["waiting"] if row["conversation_id"] == customer.id]
    assert row["kept"] is False, "the window has just asked"
    assert customer.call("POST", "/handoff/callback", json={}).status_code == 200
    (call,) = [
        call for call in agent.call("GET", "/callbacks").json()["callbacks"] if call["conversation_id"] == customer.id
    ]
    assert call["customer"]["name"]["zh"] == facts["name"] and "****" in call["phone"]
    taken = agent.call("POST", f"/callbacks/{call['id']}/take").json()["callback"]
    assert taken["customer"] == call["customer"] and taken["phone"].endswith(facts["phone"])
    agent.call("POST", f"/callbacks/{call['id']}/done", json={"reached": True})


async def test_consoles_see_who_looks_writes_and_reads_and_the_customer_sees_only_who_serves(
    service: Service, agent: Desk, customer: Customer
) -> None:
    colleague = Desk(service, "agent2")
    async with aiohttp.ClientSession() as http:
        async with (
            _console(http, agent) as mine,
            _console(http, colleague) as theirs,
            http.ws_connect(service.base + "/api/v1/ws") as window,
        ):
            await window.send_json({"type": "hello", "token": customer.token, "after": 0})
            await _until(window, lambda frame: frame["type"] == "state")
            await mine.send_json({"type": "ping", "n": 7})
            assert (await _until(mine, lambda frame: frame["type"] == "pong"))["n"] == 7
            for socket in (mine, theirs):
                await socket.send_json({"type": "watch", "conversation_id": customer.id})
            both = await _until(mine, lambda f: f["type"] == "viewers" and len(f["viewers"]) == 2)
            assert [viewer["user_id"] for viewer in both["viewers"]] == ["agent1", "agent2"]
            await theirs.send_json({"type": "drafting", "conversation_id": customer.id, "on": True})
            writes = await _until(mine, lambda f: f["type"] == "viewers" and any(v["drafting"] for v in f["viewers"]))
            assert [viewer["user_id"] for viewer in writes["viewers"] if viewer["drafting"]] == ["agent2"]
            row = await asyncio.to_thread(_row, agent, customer)
            assert [viewer["drafting"] for viewer in row["viewers"]] == [False, True]

            await theirs.send_json({"type": "typing", "conversation_id": customer.id})
            await mine.send_json({"type": "typing", "conversation_id": customer.id})
            seen = await _until(window, lambda frame: frame["type"] == "typing")
            assert seen["author"] == {"kind": "agent", "name": "李敏"}, "who only looks is not seen"
            await window.send_json({"type": "typing"})
            typing = await _until(mine, lambda f: f["type"] == "typing" and f["author"]["kind"] == "customer")
            assert typing["conversation_id"] == customer.id

            await window.send_json({"type": "read", "seq": 2})
            read = await _until(mine, lambda f: f["type"] == "read" and f.get("author", {}).get("kind") == "customer")
            assert read["seq"] == 2 and read["conversation_id"] == customer.id
            seq = (await asyncio.to_thread(_say, customer, "在吗"))["seq"]
            path = f"/conversations/{customer.id}/read"
            await asyncio.to_thread(lambda: agent.call("POST", path, json={"seq": seq}))
            assert (await _until(window, lambda frame: frame["type"] == "read"))["seq"] == seq
            await theirs.close()
            left = await _until(mine, lambda f: f["type"] == "viewers" and len(f["viewers"]) == 1)
            assert left["viewers"][0]["user_id"] == "agent1", "a window that has gone is gone at once"
