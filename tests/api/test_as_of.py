# SPDX-License-Identifier: AGPL-3.0-only
"""As of a safe or a final block: the state then, as if nothing later had happened; and waiting for
a block that is still to come.
"""

import re
import threading
import time
from typing import Any

import pytest

from millpond.mirror.reads.as_of import shadow
from millpond.mirror.store import Cursor, schema
from millpond.mirror.stores.dialect import statements
from tests.api.site import POOL, Site
from tests.contracts.coop import FOR


def _safe(site: Site, number: int) -> None:
    """What the node calls safe; what is final is two blocks behind the newest in these stories."""
    db = site.story.feed.store._db  # noqa: SLF001  as a batch that only confirms would
    db.execute("UPDATE mirror SET safe_number = ?", (number,))


def _mirrored(site: Site) -> Cursor:
    return site.story.feed.store.cursor()


def test_finality__of_every_list_and_item__is_the_state_as_of_that_block(young: Site) -> None:
    """Asked when a block was the newest, and again as of that block once it is safe, and final."""
    story, coop = young.story, young.story.coop
    seen: dict[int, dict[str, Any]] = {}
    paths = [
        "/v1/pools", POOL, f"{POOL}/members", f"{POOL}/proposals", f"{POOL}/earmarks",
        f"{POOL}/gifts", f"{POOL}/ledger", f"{POOL}/patrons", "/v1/events?limit=1000",
    ]  # fmt: skip
    compared = 0

    def look() -> None:
        """Three blocks, so that what was seen at the first is final at the third."""
        nonlocal compared
        for _ in range(3):
            story.tell()
            number = _mirrored(young).block_number
            seen[number] = {path: young.get(path).json()["data"] for path in paths}
            _safe(young, number - 1)
            for finality, back in (("safe", 1), ("finalized", 2)):
                for path, data in seen.get(number - back, {}).items():
                    found = young.get(f"{path}{'&' if '?' in path else '?'}finality={finality}")
                    reply = found.json()
                    assert reply["data"] == data, (number, finality, path)
                    assert reply["block_number"] == number - back
                    assert reply["finality"] in ("safe", "finalized")
                    compared += 1

    look()
    story.open_earmark()
    look()
    story.give_all()
    look()
    proposal = coop.opened(coop.spending(coop.founders[0], 5), text="five wei")
    look()
    coop.vote(proposal, FOR, *coop.founders)
    look()
    story.evm.warp_to(coop.governor.proposalEta(proposal.id))
    coop.execute(proposal)
    look()
    assert young.data(f"{POOL}/proposals")[-1]["state"] == "executed"
    assert len({str(each) for each in seen.values()}) >= 6
    assert compared > 100


def test_finality__of_a_file__is_in_its_rows_and_its_headers(young: Site) -> None:
    story = young.story
    story.coop.give(1)
    story.tell()
    number = _mirrored(young).block_number
    story.evm.warp(0)
    story.coop.give(2)
    story.tell()
    assert _mirrored(young).finalized_number == number
    reply = young.get(f"{POOL}/gifts.jsonl?finality=finalized")
    assert len(reply.text.splitlines()) == 1
    assert reply.headers["millpond-block-number"] == str(number)
    assert reply.headers["millpond-finality"] == "finalized"
    assert len(young.get(f"{POOL}/gifts.jsonl").text.splitlines()) == 2


def test_finality__nothing_is_final_yet__says_so(young: Site) -> None:
    store = young.story.feed.store
    first = store.cursor()
    store._db.execute(  # noqa: SLF001  a mirror whose oldest header is above what is final
        "UPDATE mirror SET finalized_number = -1, safe_number = ?", (first.block_number,)
    )
    for path in ("/v1/pools", POOL, f"{POOL}/gifts.csv"):
        young.problem(f"{path}?finality=finalized", 409, "nothing-final")
        assert young.get(f"{path}?finality=safe").status_code == 200


@pytest.mark.parametrize(
    "query",
    ["finality=final", "finality=", "finality=safe&finality=safe", "min_block=-1", "min_block=x",
     "min_block=99999999999999999999", "wait=31", "wait=-1", "wait=1.5"],
)  # fmt: skip
def test_as_of__nonsense__is_refused(site: Site, query: str) -> None:
    for path in ("/v1/pools", POOL):
        site.problem(f"{path}?{query}", 422, "bad-query")


def test_as_of__where_it_means_nothing__is_not_known(site: Site) -> None:
    for path in ("/health", "/ready", "/status", "/", "/v1/snapshot"):
        site.get(f"{path}?finality=safe", 422)


def test_etag__of_the_same_list_by_finality__differs(site: Site) -> None:
    tags = {
        site.get(f"/v1/pools?finality={each}").headers["etag"]
        for each in ("latest", "safe", "finalized")
    }
    assert len(tags) == 3


# --- waiting --------------------------------------------------------------------------------------


def test_min_block__that_is_there__is_answered_at_once(young: Site) -> None:
    number = _mirrored(young).block_number
    assert young.get(f"/v1/pools?min_block={number}").json()["block_number"] == number


def test_min_block__that_never_comes__is_409_after_the_wait(young: Site) -> None:
    began = time.monotonic()
    young.problem("/v1/pools?min_block=999999&wait=1", 409, "not-yet-mirrored")
    assert 1 <= time.monotonic() - began < 10
    young.problem("/v1/pools?min_block=999999", 409, "not-yet-mirrored")


def test_min_block__that_comes_while_somebody_waits__brings_her_own_ballot(young: Site) -> None:
    story, coop = young.story, young.story.coop
    proposal = coop.opened(coop.spending(coop.founders[0], 5), text="five wei")
    story.tell()
    ballots = f"{POOL}/proposals/{proposal.id}/ballots"
    assert young.data(ballots) == []
    coop.vote(proposal, FOR, coop.founders[0])
    coming = _mirrored(young).block_number + 1
    asked: list[dict[str, Any]] = []
    waiting = threading.Thread(
        target=lambda: asked.append(young.get(f"{ballots}?min_block={coming}&wait=30").json())
    )
    waiting.start()
    time.sleep(0.5)
    assert not asked
    story.tell()
    waiting.join(20)
    [reply] = asked
    assert reply["block_number"] >= coming
    assert [each["voter"] for each in reply["data"]] == [coop.founders[0].address]


def test_min_block__final_blocks__are_waited_for_as_such(young: Site) -> None:
    number = _mirrored(young).block_number
    young.problem(f"/v1/pools?min_block={number}&finality=finalized", 409, "not-yet-mirrored")
    assert young.get(f"/v1/pools?min_block={number}&finality=safe").status_code == 200


# --- the statements -------------------------------------------------------------------------------


def test_shadow__every_view_and_every_table_with_rows_of_blocks__is_covered() -> None:
    made = shadow("safe", statements(schema()), "main")
    names = [re.findall(r"CREATE TEMP VIEW (\w+) AS", statement) for statement in made]
    assert all(len(each) == 1 for each in names)
    covered = {name for [name] in names}
    assert len(covered) == len(names)
    with_rows = {
        found[1]
        for statement in statements(schema())
        if (found := re.search(r"CREATE (?:TABLE|VIEW) (\w+)", statement))
        and ("block_number" in statement or "CREATE VIEW" in statement or found[1] == "blocks")
    }
    assert covered == with_rows - {"account_sums", "kinds"}
