# SPDX-License-Identifier: AGPL-3.0-only
"""Alive, ready and how far are three answers: each says its own thing, whatever is wrong."""

from pathlib import Path

import pytest

from millpond.api.app import create_app
from millpond.core.errors import BadInput
from millpond.mirror.reads import pools
from millpond.mirror.reads.snapshot import Mirror
from millpond.mirror.stops import ReorgTooDeep
from millpond.mirror.store import NotMirrored, Store
from tests.api.site import POOL, Site, served
from tests.api.story import CLOCK, Story


def test_health__whatever_the_mirror_is_like__is_alive(tmp_path: Path) -> None:
    with served(create_app(tmp_path / "nothing.db", None)) as http:
        reply = http.get("/health")
        assert (reply.status_code, reply.json()) == (200, {"status": "alive"})


def test_ready__caught_up__is_200_and_names_the_block(young: Site) -> None:
    block = young.story.feed.tell()
    young.story.tell()
    now = young.get("/ready").json()
    assert now["status"] == "ready"
    assert now["block_number"] == block.block_number + 1


def test_ready__no_file__is_503_and_says_how_to_make_one(tmp_path: Path) -> None:
    with served(create_app(tmp_path / "nothing.db", None)) as http:
        for path in ("/ready", "/status", "/v1/pools"):
            reply = http.get(path)
            assert reply.status_code == 503
            assert reply.json()["type"] == "/problems#not-mirrored"
            assert "millpond sync" in reply.json()["next_step"]


def test_ready__a_file_without_tables__is_503(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    with Store(path), served(create_app(path, None)) as http:
        assert http.get("/ready").json()["type"] == "/problems#not-mirrored"


def test_ready__no_database_at_all__is_503_and_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "text.db"
    path.write_text("not a database, but a file that is long enough to be read as one" * 20)
    with served(create_app(path, None)) as http:
        reply = http.get("/ready").json()
        assert reply["type"] == "/problems#mirror-error"
        assert str(path) in reply["detail"]


def test_ready__tables_of_another_version__is_503_and_says_to_rebuild(young: Site) -> None:
    young.story.feed.store._db.execute("UPDATE mirror SET schema = 'older'")  # noqa: SLF001
    problem = young.problem("/ready", 503, "not-mirrored")
    assert "--rebuild" in problem["next_step"]


@pytest.mark.parametrize(
    ("head", "checked_at", "problem", "detail"),
    [
        (+3, CLOCK, None, "3 blocks behind"),
        (0, CLOCK - 61, None, "nothing for 61 seconds"),
        (0, CLOCK + 61, None, "one of the clocks is wrong"),
        (0, 0, None, "nothing has been mirrored"),
        (0, CLOCK, BadInput("the chain was rewritten", "make it again"), "was rewritten"),
    ],
)
def test_ready__something_is_wrong__is_503_with_the_reason_and_status_says_it_too(
    young: Site, head: int, checked_at: int, problem: BadInput | None, detail: str
) -> None:
    number = young.story.feed.store.cursor().block_number
    young.story.feed.store.say(number + head, checked_at, problem)
    refused = young.problem("/ready", 503, "not-ready")
    assert detail in refused["detail"]
    status = young.get("/status").json()
    assert status["ready"] is False
    assert status["trouble"] == {
        "detail": refused["detail"],
        "next_step": refused["next_step"],
        "reason": getattr(problem, "reason", "failed") if problem else None,
        "stopped": False,
    }
    assert status["lag"]["blocks"] == max(0, head)
    assert young.get("/health").json() == {"status": "alive"}
    assert detail in young.page("/")


@pytest.mark.parametrize(
    ("head", "checked_at"), [(2, CLOCK), (0, CLOCK - 60), (0, CLOCK + 60), (-5, CLOCK)]
)
def test_ready__at_the_edge__is_still_200(young: Site, head: int, checked_at: int) -> None:
    number = young.story.feed.store.cursor().block_number
    young.story.feed.store.say(number + head, checked_at, None)
    young.get("/ready")


def test_status__caught_up__says_where_it_stands(site: Site) -> None:
    status, story = site.get("/status").json(), site.story
    cursor = story.feed.store.cursor()
    assert status["block_number"] == status["node_head"] == cursor.block_number
    assert status["block_hash"] == cursor.block_hash
    assert status["finality"] == "safe"
    assert (status["safe_number"], status["finalized_number"]) == (
        cursor.safe_number,
        cursor.finalized_number,
    )
    assert status["lag"] == {"blocks": 0, "seconds": 0}
    assert (status["ready"], status["trouble"]) == (True, None)
    assert (status["chain_id"], status["hub"]) == (1337, story.coop.hub.address)
    assert status["identity"] == story.coop.identity.address
    assert status["checked_at"] == CLOCK


def test_status__behind__counts_seconds_by_the_readers_clock(young: Site) -> None:
    cursor = young.story.feed.store.cursor()
    young.story.feed.store.say(cursor.block_number + 9, CLOCK, None)
    status = young.get("/status").json()
    assert status["lag"] == {"blocks": 9, "seconds": CLOCK - cursor.block_timestamp}


def test_snapshot__the_file_is_replaced__the_same_thread_reads_the_new_one(
    tmp_path: Path,
) -> None:
    """What `sync --rebuild` does while the server runs."""
    path, stories = tmp_path / "mirror.db", []
    for name, founders in (("old", 2), ("new", 4)):
        (tmp_path / name).mkdir()
        story = Story(tmp_path / name, founders)
        story.feed.store.close()
        assert isinstance(story.place, Path)
        stories.append(story.place)
    mirror, found = Mirror(path), []
    for story_path in stories:
        story_path.replace(path)
        with mirror.snapshot() as now:
            found.append(pools.member_count(now, pools.find(now, "mill")))
    assert found == [2, 4]
    path.unlink()
    with pytest.raises(NotMirrored), mirror.snapshot():
        pass


def test_everything__once_the_writer_found_its_rows_wrong__is_503_and_shows_nothing(
    young: Site,
) -> None:
    """What may be wrong is not served, not even as old; only how things stand is."""
    number = young.story.feed.store.cursor().block_number
    young.story.feed.store.say(number, CLOCK, ReorgTooDeep("blocks went", "look at the node"))
    for path in ("/v1/pools", f"{POOL}/gifts.csv", "/v1/events/stream?seconds=1", "/v1/snapshot"):
        problem = young.problem(path, 503, "not-sound")
        assert problem["detail"] == "blocks went"
    assert "look at the node" in young.page("/", 503).lower()
    status = young.get("/status").json()
    assert (status["ready"], status["trouble"]["stopped"]) == (False, True)
    assert status["trouble"]["reason"] == ReorgTooDeep.reason
    young.problem("/ready", 503, "not-ready")
    young.story.feed.store.go_on()
    assert young.data("/v1/pools")
