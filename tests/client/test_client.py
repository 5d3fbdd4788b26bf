# SPDX-License-Identifier: AGPL-3.0-only
"""The client against the served application: every route, every row, every refusal in words."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from millpond.api.exports import form_of
from millpond.api.models.pools import Member
from millpond.client import Api, Many, NotUnderstood, Refused, Unreachable, routes
from millpond.core.errors import BadInput
from tests.api.site import Site

MILL = {"pool": "mill"}


@pytest.fixture
def api(site: Site) -> Iterator[Api]:
    """A client of the story's server."""
    with Api(str(site.http.base_url)) as found:
        yield found


def test_routes__all_that_answer_in_json__are_those_that_the_server_describes(site: Site) -> None:
    described: dict[str, str] = {}
    for path, methods in site.get("/openapi.json").json()["paths"].items():
        content = methods.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        if form_of(path) is None and "$ref" in schema and not path.startswith("/v1/relay"):
            described[path] = schema["$ref"].rpartition("/")[2]
    assert {path: form.__name__ for path, form in routes.every_route().items()} == described
    assert len(described) > 20


def test_every__a_list_of_several_pages__has_each_row_once(api: Api, site: Site) -> None:
    members = list(api.every(routes.MEMBERS, limit=2, **MILL))
    assert all(isinstance(each, Member) for each in members)
    told = site.every("/v1/pools/mill/members")
    assert [json.loads(each.model_dump_json(by_alias=True)) for each in members] == told
    assert len(members) > 4


def test_every_route__that_is_a_list__gives_what_the_api_gives(api: Api, site: Site) -> None:
    """By page and whole: the same rows, none changed on the way."""
    [queued] = site.data("/v1/pools/mill/proposals?state=queued")
    leaf = site.data("/v1/pools/mill/distributions/1/leaves?limit=1")[0]["subject"]
    values = {"pool": "mill", "proposal": queued["id"], "epoch": "1", "subject": leaf}
    lists = [route for route in vars(routes).values() if isinstance(route, Many)]
    filled = 0
    for route in lists:
        named: dict[str, Any] = {n: v for n, v in values.items() if f"{{{n}}}" in route.path}
        raw = site.every(route.path.format(**values))
        paged = [json.loads(r.model_dump_json(by_alias=True)) for r in api.every(route, **named)]
        whole = [json.loads(r.model_dump_json(by_alias=True)) for r in api.whole(route, **named)]
        assert paged == raw, route.path
        assert whole == raw, route.path
        filled += bool(raw)
    assert filled > 10


def test_get__things_with_filters__are_typed(api: Api) -> None:
    assert api.get(routes.HEALTH).status == "alive"
    assert api.get(routes.POOL, **MILL).data.pool.name == "mill"
    [proposal] = api.page(routes.PROPOSALS, state="queued", **MILL).data
    full = api.get(routes.PROPOSAL, proposal=proposal.id, finality="finalized", **MILL)
    assert full.data.proposal.id == proposal.id
    assert api.status().block_number >= full.block_number


def test_document__by_its_hash__is_those_bytes_and_no_others(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = api.get(routes.DISTRIBUTION, epoch=1, **MILL).data.data_hash
    assert json.loads(api.document(digest))["epoch"] == "1"
    monkeypatch.setattr("millpond.client.api.keccak256", lambda _: bytes(32))
    with pytest.raises(NotUnderstood, match="another document"):
        api.document(digest)


def test_get__again__costs_a_look_and_gives_the_same(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = api.get(routes.POOL, **MILL)
    seen: list[int] = []
    ask = api._session.get  # noqa: SLF001  what it really sends

    def counted(*args: Any, **kwargs: Any) -> Any:
        reply = ask(*args, **kwargs)
        seen.append(reply.status_code)
        return reply

    monkeypatch.setattr(api._session, "get", counted)  # noqa: SLF001
    assert api.get(routes.POOL, **MILL) == first
    assert api.get(routes.POOL, finality="safe", **MILL).data.pool == first.data.pool
    assert seen == [304, 200]


@pytest.mark.parametrize(
    ("ask", "status", "kind"),
    [
        (lambda api: api.get(routes.POOL, pool="nobody"), 404, "no-such-pool"),
        (lambda api: api.get(routes.DISTRIBUTION, epoch=99, **MILL), 404, "no-such-epoch"),
        (lambda api: api.page(routes.MEMBERS, colour="red", **MILL), 422, "bad-query"),
        (lambda api: list(api.whole(routes.MEMBERS, pool="nobody")), 404, "no-such-pool"),
        (lambda api: api.document("0x" + "00" * 32), 404, "no-such-document"),
    ],
)
def test_refusal__any__is_an_error_with_its_kind_and_next_step(
    api: Api, ask: Callable[[Api], object], status: int, kind: str
) -> None:
    with pytest.raises(Refused) as refused:
        ask(api)
    assert (refused.value.status, refused.value.kind) == (status, kind)
    assert refused.value.next_step
    assert refused.value.message == refused.value.said.detail


def test_a_name__with_a_slash__stays_one_part_of_the_address(api: Api) -> None:
    with pytest.raises(Refused) as refused:
        api.get(routes.POOL, pool="../../health")
    assert refused.value.status == 404
    with pytest.raises(BadInput, match="was not given"):
        api.get(routes.POOL)
    with pytest.raises(BadInput, match="not the address"):
        Api("ftp://example")


# --- servers that are none ------------------------------------------------------------------------


Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture
def odd() -> Iterator[tuple[Api, list[Answer], list[float]]]:
    """A server that answers what a test tells it to, in turn; the pauses that were made."""
    answers: list[Answer] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = answers.pop(0)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    pauses: list[float] = []
    with Api(f"http://127.0.0.1:{server.server_port}", pause=pauses.append) as api:
        yield api, answers, pauses
    server.shutdown()
    server.server_close()
    thread.join()


def test_reply__with_fields_that_a_newer_server_has__is_read(odd: Any) -> None:
    api, answers, _ = odd
    answers.append((200, {}, b'{"status": "alive", "mood": "good"}'))
    assert api.get(routes.HEALTH).status == "alive"


@pytest.mark.parametrize(
    "body", [b"<html>", b"{}", b'{"status": "dead"}', b'{"status": 1}', b""], ids=repr
)
def test_reply__of_another_form__is_named(odd: Any, body: bytes) -> None:
    api, answers, _ = odd
    answers.append((200, {}, body))
    with pytest.raises(NotUnderstood, match="unexpected"):
        api.get(routes.HEALTH)


@pytest.mark.parametrize("status", [301, 302, 404, 500, 502])
def test_reply__without_a_reason__is_named_and_no_redirect_is_followed(
    odd: Any, status: int
) -> None:
    api, answers, _ = odd
    answers.append((status, {"Location": "http://127.0.0.1:1/"}, b"nothing here"))
    with pytest.raises(NotUnderstood, match=f"HTTP status {status}"):
        api.get(routes.HEALTH)


PROBLEM = {
    "type": "/problems#not-ready",
    "title": "The mirror answers, but what it says may be old",
    "status": 503,
    "detail": "the mirror is 9 blocks behind its node",
    "next_step": "wait: it is catching up; ask again",
}


def test_wait_until_ready__a_mirror_that_catches_up__is_waited_for(odd: Any) -> None:
    api, answers, pauses = odd
    late = (503, {"Content-Type": "application/problem+json"}, json.dumps(PROBLEM).encode())
    answers += [late, late, (200, {}, b'{"status": "ready"}')]
    api.wait_until_ready(30)
    assert len(pauses) == 2
    answers.append(late)
    with pytest.raises(Refused, match="9 blocks behind") as refused:
        api.wait_until_ready(0)
    assert (refused.value.kind, refused.value.status) == ("not-ready", 503)


def test_too_many__with_a_time__is_waited_for_and_asked_again(odd: Any) -> None:
    api, answers, pauses = odd
    answers += [(429, {"Retry-After": "3"}, b""), (429, {"Retry-After": "99999"}, b"")]
    answers.append((200, {}, b'{"status": "alive"}'))
    assert api.get(routes.HEALTH).status == "alive"
    assert pauses == [3, 30]


def test_too_many__again_and_again__is_given_up(odd: Any) -> None:
    api, answers, pauses = odd
    answers += [(429, {}, b"")] * 4
    with pytest.raises(NotUnderstood, match="429"):
        api.get(routes.HEALTH)
    assert pauses == [1, 1, 1]


def test_server__that_is_not_there__is_unreachable() -> None:
    with Api("http://127.0.0.1:1") as api:
        with pytest.raises(Unreachable, match="no server answers"):
            api.status()
        with pytest.raises(Unreachable):
            api.wait_until_ready(0)


def test_client__by_itself__needs_no_package_of_the_server() -> None:
    """`pip install millpond` without extras is enough."""
    program = (
        "import sys, millpond.client\n"
        "servers = ('fastapi', 'starlette', 'uvicorn', 'jinja2', 'web3')\n"
        "print([name for name in servers if name in sys.modules])"
    )
    run = subprocess.run(  # noqa: S603  this Python
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout == "[]\n"
