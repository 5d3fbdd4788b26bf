# SPDX-License-Identifier: AGPL-3.0-only
"""The stream: what comes, what is taken back, and going on where one was cut off."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from queue import Queue
from typing import Any

import httpx
import pytest

from millpond.api import streaming
from millpond.mirror.sync import KEEP
from tests.api.site import Site
from tests.mirror.feed import hash_of

STREAM = "/v1/events/stream"
SECONDS = 20.0


@dataclass(frozen=True)
class Message:
    """One server-sent event."""

    event: str
    data: Any
    id: str | None


def _messages(lines: Iterator[str]) -> Iterator[Message]:
    """As a browser reads them: fields up to an empty line, comments left out."""
    fields: dict[str, str] = {}
    for line in lines:
        if not line:
            if "data" in fields:
                yield Message(fields["event"], json.loads(fields["data"]), fields.get("id"))
            fields = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(": ")
            fields[name] = value


class _Ear:
    """Somebody who listens in a thread."""

    def __init__(self, site: Site, query: str, last: str | None) -> None:
        self._heard: Queue[Message] = Queue()
        self._headers = {"Last-Event-ID": last} if last else {}
        self._url = f"{STREAM}?seconds=60{query}"
        self._http = httpx.Client(base_url=site.http.base_url, timeout=SECONDS)
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        try:
            with self._http.stream("GET", self._url, headers=self._headers) as reply:
                assert reply.headers["content-type"].startswith("text/event-stream")
                for message in _messages(reply.iter_lines()):
                    self._heard.put(message)
        except httpx.HTTPError:
            return

    def next(self) -> Message:
        """The next message; it must come."""
        return self._heard.get(timeout=SECONDS)

    def until(self, event: str) -> list[Message]:
        """All up to and with the next of this kind."""
        found = [self.next()]
        while found[-1].event != event:
            found.append(self.next())
        return found

    def close(self) -> None:
        self._http.close()


@contextmanager
def _listening(site: Site, query: str = "", last: str | None = None) -> Iterator[_Ear]:
    ear = _Ear(site, query, last)
    try:
        yield ear
    finally:
        ear.close()


def _roll_back(site: Site, blocks: int) -> int:
    """The chain takes so many blocks back; the last that stands."""
    store = site.story.feed.store
    was = store.cursor()
    number = was.block_number - blocks
    header = next(iter(store.headers(number)))
    now = replace(
        was,
        block_number=number,
        block_hash=header.hash,
        block_timestamp=header.timestamp,
        safe_number=min(was.safe_number, number),
        finalized_number=min(was.finalized_number, number),
    )
    store.roll_back(was, now, KEEP)
    return number


def test_stream__what_happens__comes_in_order_and_then_up_to_where(young: Site) -> None:
    story = young.story
    with _listening(young) as ear:
        hello = ear.next()
        assert (hello.event, bool(hello.id)) == ("standing", True)
        assert hello.data["block_number"] == story.feed.store.cursor().block_number
        story.coop.give(5)
        story.coop.give(7)
        story.tell()
        *events, end = ear.until("advanced")
        amounts = [
            field["value"]
            for message in events
            for field in message.data["fields"]
            if field["name"] == "amount"
        ]
        assert amounts == ["5", "7"]
        assert [message.data for message in events] == young.data(
            f"/v1/events?from_block={hello.data['block_number'] + 1}"
        )
        cursor = story.feed.store.cursor()
        assert end.data == {"block_number": cursor.block_number, "block_hash": cursor.block_hash}
        assert end.id != hello.id


def test_stream__after_a_reorg__takes_back_and_tells_again(young: Site) -> None:
    story = young.story
    story.evm.warp(0)
    story.tell()
    with _listening(young) as ear:
        ear.next()
        story.evm.warp(0)
        story.coop.give(5)
        story.tell()
        first = ear.until("advanced")
        stands = _roll_back(young, 1)
        [gone] = ear.until("retracted")
        assert gone.data == {"block_number": stands, "block_hash": hash_of(stands)}
        assert all(each.data["block_number"] > stands for each in first[:-1])
        story.tell()
        again = ear.until("advanced")
        assert [each.data for each in again[:-1]] == [each.data for each in first[:-1]]


def test_stream__cut_off__goes_on_behind_the_last_id(young: Site) -> None:
    story = young.story
    with _listening(young) as ear:
        last = ear.next().id
    story.coop.give(5)
    story.tell()
    story.coop.give(7)
    story.tell()
    with _listening(young, last=last) as ear:
        assert ear.next().id == last
        first, second = ear.until("advanced"), ear.until("advanced")
        assert len(first) == len(second) == 2
    with _listening(young, query=f"&last_event_id={first[-1].id}") as ear:
        ear.next()
        assert ear.until("advanced") == second


def test_stream__cut_off_before_a_reorg__hears_nothing_that_is_gone(young: Site) -> None:
    story = young.story
    story.evm.warp(0)
    story.tell()
    with _listening(young) as ear:
        last = ear.next().id
    story.coop.give(5)
    story.tell()
    stands = _roll_back(young, 1)
    with _listening(young, last=last) as ear:
        ear.next()
        messages = ear.until("retracted")
        assert [each.event for each in messages] == ["advanced", "retracted"]
        assert messages[-1].data["block_number"] == stands


@pytest.mark.parametrize("last", ["999-00000000", "0-12345678", "1-00000000"])
def test_stream__an_id_of_another_time_or_database__begins_anew(young: Site, last: str) -> None:
    with _listening(young, last=last) as ear:
        begin = ear.next()
        assert begin.event == "reset"
        assert begin.id != last
        young.story.coop.give(5)
        young.story.tell()
        assert len(ear.until("advanced")) == 2


def test_stream__by_filters__is_only_that(young: Site) -> None:
    story, coop = young.story, young.story.coop
    proposal = coop.opened(coop.spending(coop.founders[0], 5), text="five wei")
    story.tell()
    with _listening(young, query="&pool=mill&event=VoteCast") as ear:
        ear.next()
        coop.give(5)
        coop.vote(proposal, 1, coop.founders[0])
        story.tell()
        message, _ = ear.until("advanced")
        assert message.data["event"] == "VoteCast"


def test_stream__nonsense__is_refused_before_it_begins(young: Site) -> None:
    young.problem(f"{STREAM}?pool=nowhere", 404, "no-such-pool")
    young.problem(f"{STREAM}?last_event_id=x", 422, "bad-query")
    young.problem(f"{STREAM}?seconds=0", 422, "bad-query")
    refused = young.http.get(STREAM, headers={"Last-Event-ID": "x"})
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems#bad-query")


def test_stream__asked_for_its_headers__ends_at_once(young: Site) -> None:
    reply = young.http.head(STREAM)
    assert (reply.status_code, reply.content) == (200, b"")
    assert reply.headers["cache-control"] == "no-store"


def test_stream__more_listeners_than_are_taken__are_told_to_come_back(
    young: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "MOST_STREAMS", 1)
    with _listening(young) as ear:
        ear.next()
        young.problem(f"{STREAM}?seconds=1", 429, "too-busy")


def test_stream__that_is_quiet__says_now_and_then_that_it_is_there(
    young: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "QUIET_SECONDS", 0.2)
    text = young.get(f"{STREAM}?seconds=2").text
    assert text.count(": still here\n\n") >= 2
