# SPDX-License-Identifier: AGPL-3.0-only
"""Over HTTP: hand in, follow up, fetch what others handed in. The API asks no node: what it says of
an item is what the relay's rounds wrote."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from millpond.api.app import build
from millpond.api.relay.queue import Bounds
from millpond.api.relay.routes import router
from millpond.api.relay.service import Relaying
from millpond.api.services import Services
from millpond.chain import papers
from millpond.chain.governance import Ballot, Support, sheets
from millpond.core.canonical import keccak256
from millpond.core.subjects import to_hex
from millpond.mirror.documents import Shelf
from millpond.mirror.reads.snapshot import Mirror
from millpond.mirror.store import Store
from millpond.mirror.sync import open_mirror
from scripts import _ballots, _signed
from tests.api.relay.test_joins import item_of as join_item
from tests.api.relay.test_joins import papers_of as join_papers
from tests.api.relay.yard import OTHERS, Yard
from tests.api.site import served
from tests.chain.coop import FOUNDERS

POOL = "credsperiment"


@dataclass
class Window:
    """What members see of the relay."""

    yard: Yard
    http: httpx.Client

    def post(self, path: str, body: object, status: int = 202) -> dict[str, Any]:
        """Hand something in."""
        reply = self.http.post(f"/v1/relay/{path}", json=body)
        assert reply.status_code == status, reply.text
        found: dict[str, Any] = reply.json()
        if status >= 400:
            assert reply.headers["content-type"] == "application/problem+json"
            assert set(found) == {"type", "title", "status", "detail", "next_step"}
            assert all(found.values())
        return found

    def get(self, path: str, status: int = 200) -> httpx.Response:
        """Look."""
        reply = self.http.get(f"/v1/relay{path}")
        assert reply.status_code == status, reply.text
        return reply


def _body(ballot: Ballot, reason: str = "") -> dict[str, Any]:
    return {"pool": POOL, "ballot": json.loads(papers.ballot_json(ballot, reason))}


@pytest.fixture(scope="module")
def mirrored(founded: Yard) -> Path:
    """A mirror of the co-op as it was founded."""
    place = founded.folder / "mirror.db"
    with Store(place) as store:
        open_mirror(store, founded.client, founded.coop.hub.address, 0).catch_up()
    return place


@pytest.fixture(scope="module")
def server(mirrored: Path) -> Iterator[tuple[FastAPI, httpx.Client]]:
    """The application, made once: that takes a while."""
    app = build(Services(Mirror(mirrored), Shelf(None)))
    with served(app) as http:
        yield app, http


@pytest.fixture
def window(yard: Yard, mirrored: Path, server: tuple[FastAPI, httpx.Client]) -> Iterator[Window]:
    """The API over a copy of that mirror, and an empty queue beside it."""
    place = Path(shutil.copy(mirrored, yard.folder / "mirror.db"))
    relaying, (app, http) = Relaying(place, Bounds(live_of_one=3)), server
    before = app.state.services
    app.state.services = replace(
        before, mirror=Mirror(place), clock=lambda: yard.clock, relay=relaying
    )
    yield Window(yard, http)
    app.state.services = before


# --- ballots --------------------------------------------------------------------------------------


def test_relay_ballot__from_the_file_to_the_chain__by_one_form(
    window: Window, tmp_path: Path
) -> None:
    """What `ape run pool ballot` writes is what is handed in, and what is fetched is that file."""
    yard = window.yard
    (proposal,) = yard.propose()
    ballot = yard.ballot(FOUNDERS[0], proposal, reason="it is needed")
    file = _ballots.save(tmp_path / "ballots", ballot, "it is needed")
    handed = {"pool": POOL, "ballot": json.loads(file.read_bytes())}
    said = window.post("ballots", handed)
    assert (said["state"], said["kind"], said["person"]) == (
        "received",
        "ballot",
        FOUNDERS[0].address,
    )
    assert said["relay_works"] is False, "no round was made yet"
    again = window.http.post("/v1/relay/ballots", json=handed)
    assert (again.status_code, again.json()["id"]) == (200, said["id"])
    assert again.headers["location"] == f"/v1/relay/items/{said['id']}"
    fetched = window.get(f"/items/{said['id']}/signed")
    assert fetched.content == file.read_bytes()
    assert file.name in fetched.headers["content-disposition"]
    digest = to_hex(keccak256(b"it is needed"))
    assert window.get(f"/reasons/{digest}").json() == {"hash": digest, "text": "it is needed"}
    relay = yard.relay()
    relay.round()
    relay.round()
    now = window.get(f"/items/{said['id']}").json()
    assert (now["state"], now["relay_works"]) == ("done", True)
    assert now["transaction_hash"]
    assert now["block_number"]
    assert yard.tally(proposal) == (0, 1, 0)


def test_list__what_was_handed_in__can_be_brought_without_this_relay(
    window: Window, tmp_path: Path
) -> None:
    """Whoever fetches the ballots and pays the gas needs nobody's leave."""
    yard = window.yard
    (proposal,) = yard.propose()
    for founder in FOUNDERS:
        window.post("ballots", _body(yard.ballot(founder, proposal)))
    place = f"/ballots?pool={POOL}&proposal={proposal}"
    first = window.get(f"{place}&limit=3").json()
    rest = window.get(f"{place}&limit=3&after={first['next']}").json()
    assert (len(first["data"]), len(rest["data"]), rest["next"]) == (3, 2, None)
    for shown in [*first["data"], *rest["data"]]:
        found, reason = papers.ballot_of(shown["ballot"])
        _ballots.save(tmp_path / "fetched", found, reason)
    (sheet,) = sheets(_ballots.load(tmp_path / "fetched", proposal))
    yard.coop.governor.vote_by_signatures.send(OTHERS[0], *sheet)
    assert yard.tally(proposal) == (0, 5, 0)


def test_relay_ballot__replaced_by_a_later_one__is_not_handed_out(window: Window) -> None:
    yard = window.yard
    (proposal,) = yard.propose()
    first = window.post("ballots", _body(yard.ballot(FOUNDERS[0], proposal)))
    window.post("ballots", _body(yard.ballot(FOUNDERS[0], proposal, Support.AGAINST)))
    yard.relay(linger=60).round()
    reply = window.get(f"/items/{first['id']}/signed", 409)
    assert reply.json()["type"] == "/problems#withheld"
    listed = window.get(f"/ballots?pool={POOL}&proposal={proposal}").json()["data"]
    assert [each["ballot"]["support"] for each in listed] == ["0"]


def test_relay_ballot__by_a_wallet__says_so_in_its_file(window: Window) -> None:
    yard = window.yard
    (proposal,) = yard.propose()
    ballot = replace(yard.ballot(OTHERS[0], proposal), voter=FOUNDERS[0].address, by_wallet=True)
    said = window.post("ballots", _body(ballot))
    fetched = window.get(f"/items/{said['id']}/signed").json()
    assert fetched["byWallet"] is True
    plain = _body(yard.ballot(FOUNDERS[1], proposal))
    plain["ballot"]["byWallet"] = False
    said = window.post("ballots", plain)
    assert "byWallet" not in window.get(f"/items/{said['id']}/signed").json()


@pytest.mark.parametrize("slug", ["bad-item", "wrong-body"])
def test_relay_ballot__that_is_none__is_refused_by_name(window: Window, slug: str) -> None:
    changes: dict[str, list[dict[str, object]]] = {
        "bad-item": [
            {"signature": "0x" + "11" * 65},
            {"signature": "0x" + "11" * 64},
            {"signature": "0x11"},
            {"support": "3"},
            {"castsBefore": "256"},
            {"proposalId": str(2**256)},
            {"reason": "another one"},
            {"reason": "nul\0"},
        ],
        "wrong-body": [
            {"signature": "nothing"},
            {"support": 1},
            {"support": True},
            {"support": "-1"},
            {"deadline": "1e9"},
            {"voter": "0x12"},
            {"more": "1"},
            {"voter": None},
        ],
    }
    good = _body(window.yard.ballot(FOUNDERS[0], 7, deadline=2**40))
    for change in changes[slug]:
        said = window.post("ballots", good | {"ballot": good["ballot"] | change}, 422)
        assert said["type"] == f"/problems#{slug}", change


def test_relay_ballot__a_body_that_is_none__is_refused(window: Window) -> None:
    for content in (
        b"",
        b"[]",
        b"null",
        b"{",
        b"\xff\xfe",
        b'{"pool": "credsperiment"}',
        b'{"pool": NaN}',
        b"[" * 100_000,
        b'{"pool": "\\ud800", "ballot": {}}',
    ):
        reply = window.http.post("/v1/relay/ballots", content=content)
        assert reply.status_code == 422, content[:40]
        assert reply.json()["type"] == "/problems#wrong-body"


def test_relay_ballot__too_large_a_body__is_not_read_to_its_end(window: Window) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(200):
            yield b" " * 1_000

    reply = window.http.post("/v1/relay/ballots", content=endless())
    assert reply.status_code == 413
    assert reply.json()["type"] == "/problems#body-too-large"


def test_relay_ballot__for_no_pool__is_not_found(window: Window) -> None:
    body = _body(window.yard.ballot(FOUNDERS[0], 7, deadline=2**40)) | {"pool": "nowhere"}
    assert window.post("ballots", body, 404)["type"] == "/problems#no-such-pool"


def test_relay_ballot__more_than_her_share__is_refused(window: Window) -> None:
    yard = window.yard
    for number in range(3):
        window.post("ballots", _body(yard.ballot(FOUNDERS[0], number, deadline=2**40)))
    said = window.post("ballots", _body(yard.ballot(FOUNDERS[0], 9, deadline=2**40)), 429)
    assert said["type"] == "/problems#too-many-items"
    window.post("ballots", _body(yard.ballot(FOUNDERS[1], 9, deadline=2**40)))


# --- joins ----------------------------------------------------------------------------------------


def test_relay_join__papers_as_their_files_have_them__are_one_item(window: Window) -> None:
    yard = window.yard
    acceptance, invitations = join_papers(yard, FOUNDERS[:2], OTHERS[2])
    body = {
        "pool": POOL,
        "acceptance": json.loads(acceptance.to_json()),
        "invitations": [json.loads(paper.to_json()) for paper in invitations],
    }
    said = window.post("joins", body)
    assert said["id"] == join_item(yard, acceptance, invitations).id
    reply = window.get(f"/items/{said['id']}/signed")
    fetched = reply.json()
    (yard.folder / f"join-{said['id']}.json").write_bytes(reply.content)
    assert f"join-{said['id']}.json" in reply.headers["content-disposition"]
    for kind, papers_of_kind in (("invitation", invitations), ("acceptance", [acceptance])):
        found = _signed.load(yard.folder, yard.coop.admission, kind, OTHERS[2].address)
        assert sorted(map(str, found)) == sorted(map(str, papers_of_kind))
        assert _signed.load(yard.folder, yard.coop.admission, kind, OTHERS[1].address) == []
    assert fetched["acceptance"] == body["acceptance"]
    assert sorted(map(str, fetched["invitations"])) == sorted(map(str, body["invitations"]))
    body["invitations"] = body["invitations"][:1] * 2
    assert window.post("joins", body, 422)["type"] == "/problems#bad-item"


# --- claims ---------------------------------------------------------------------------------------


def test_relay_claim__that_is_none__is_refused(window: Window) -> None:
    yard = window.yard
    call = {
        "chain_id": 1337,
        "contract": yard.coop.distributor.address,
        "function": "claim",
        "subject": "0x" + "11" * 32,
        "previous": "0x" + "00" * 32,
        "claims": [],
        "proof": [],
        "to": None,
        "calldata": None,
    }
    said = window.post("claims", {"pool": POOL, "claim": call}, 422)
    assert said["type"] == "/problems#bad-item"
    said = window.post("claims", {"pool": POOL, "claim": call | {"contract": POOL}}, 422)
    assert said["type"] == "/problems#wrong-body"


# --- how it is ------------------------------------------------------------------------------------


def test_get_relay__before_and_after_a_round__says_how_it_is(window: Window) -> None:
    before = window.get("").json()
    assert (before["works"], before["account"], before["trouble"]) == (False, None, None)
    relay = window.yard.relay()
    relay.round()
    now = window.get("").json()
    assert now["works"] is True
    assert now["account"]["address"] == relay.key.address
    assert int(now["account"]["balance"]) > 0
    assert now["items"]["received"] == 0
    assert now["limits"]["live_of_one"] == 3


def test_relay_ballot__when_its_account_is_empty__is_refused_with_the_reason(
    window: Window,
) -> None:
    yard = window.yard
    relay = yard.relay()
    yard.ask("anvil_setBalance", relay.key.address, "0x0")
    relay.round()
    said = window.post("ballots", _body(yard.ballot(FOUNDERS[0], 7, deadline=2**40)), 503)
    assert said["type"] == "/problems#no-money"
    assert f"{relay.key.address} has 0 wei" in said["detail"]
    assert "ape run pool relay" in said["next_step"]
    trouble = window.get("").json()["trouble"]
    assert trouble["problem"] == "NoMoney"


def test_item__that_nobody_handed_in__is_not_found(window: Window) -> None:
    for path in ("/items/0x" + "00" * 32, "/items/0x" + "00" * 32 + "/signed"):
        assert window.get(path, 404).json()["type"] == "/problems#no-such-item"
    assert window.get("/reasons/0x" + "00" * 32, 404).json()["next_step"]


def test_every_route__without_a_relay__says_what_to_do_instead(
    server: tuple[FastAPI, httpx.Client],
) -> None:
    _, http = server
    for route in router.routes:
        path = str(getattr(route, "path", "")).replace("{item}", "0x" + "00" * 32)
        path = path.replace("{digest}", "0x" + "00" * 32)
        for method in getattr(route, "methods", ()):
            query = "?pool=abc&proposal=1" if (method, path[-7:]) == ("GET", "ballots") else ""
            reply = http.request(method, path + query, json={})
            assert reply.status_code == 503, path
            assert reply.json()["type"] == "/problems#relay-off"
            assert "--relay" in reply.json()["next_step"]
