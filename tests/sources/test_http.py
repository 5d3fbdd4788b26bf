# SPDX-License-Identifier: AGPL-3.0-only
"""Questions to a place that fails, is busy, sends elsewhere or sends too much."""

import json
from collections.abc import Iterator

import pytest

from millpond.core.errors import (
    BadInput,
    BadSourceAnswer,
    MillpondError,
    RateLimited,
    SourceDown,
    SourceRefused,
)
from millpond.sources.http import Access, Budget, Site
from tests.sources.server import CUT, Asked, Place, Reply, StoppedClock, as_json, running

FINE = {"fine": True}
TOKEN = "secret-0123456789"  # noqa: S105  (of nobody)


@pytest.fixture
def place() -> Iterator[Place]:
    with running(lambda _: as_json(FINE)) as found:
        yield found


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


def _site(place: Place, clock: StoppedClock, budget: Budget | None = None, **secrets: str) -> Site:
    return Site(place.url, clock.access(budget, **secrets))


def test_get__a_path_and_a_question__is_answered(place: Place, clock: StoppedClock) -> None:
    site = _site(place, clock, Authorization=f"Bearer {TOKEN}")
    assert site.get("/a/b", {"page": 2}).json() == FINE
    (asked,) = place.asked
    assert (asked.method, asked.path, asked.query) == ("GET", "/a/b", {"page": ["2"]})
    assert asked.headers["Authorization"] == f"Bearer {TOKEN}"
    assert clock.waits == []


def test_post__a_body__arrives_whole(place: Place, clock: StoppedClock) -> None:
    _site(place, clock).post("/graphql", {"query": "{ }"})
    assert json.loads(place.asked[0].body) == {"query": "{ }"}
    assert "Authorization" not in place.asked[0].headers


@pytest.mark.parametrize(
    ("fault", "waits"),
    [
        (as_json({}, 429, Retry_After="7"), [7]),
        (as_json({}, 429), [1]),
        (as_json({}, 403, Retry_After="60"), [60]),
        (as_json({}, 403, x_ratelimit_remaining="0", x_ratelimit_reset="1700000100"), [101]),
        (as_json({}, 429, Retry_After="Tue, 14 Nov 2023 22:13:50 GMT"), [30]),
        (as_json({}, 429, Retry_After="soon"), [1]),
        (as_json({}, 503, Retry_After="5"), [5]),
        (Reply(500), [1]),
        (Reply(502, b"<html>bad gateway</html>"), [1]),
        (CUT, [1]),
        (Reply(200, b"<html>log in, please</html>"), [1]),
        (Reply(200, b'{"half": '), [1]),
    ],
)
def test_get__a_fault_that_passes__is_asked_again_after_the_wait(
    place: Place, clock: StoppedClock, fault: Reply, waits: list[float]
) -> None:
    place.faults.append(fault)
    assert _site(place, clock).get("/x").json() == FINE
    assert clock.waits == waits
    assert len(place.asked) == 2


@pytest.mark.parametrize(
    ("fault", "error"),
    [(Reply(500), SourceDown), (CUT, SourceDown), (as_json({}, 429), RateLimited),
     (Reply(200, b"no"), BadSourceAnswer)],
)  # fmt: skip
def test_get__a_fault_that_stays__is_named_after_as_many_tries_as_allowed(
    place: Place, clock: StoppedClock, fault: Reply, error: type[MillpondError]
) -> None:
    place.faults.extend([fault] * 9)
    with pytest.raises(error) as caught:
        _site(place, clock, Budget(tries=4, timeout=5)).get("/x")
    assert len(place.asked) == 4
    assert clock.waits == [1, 2, 4]
    assert "127.0.0.1" in str(caught.value)


def test_get__a_longer_wait_than_the_budget__is_refused_before_it(
    place: Place, clock: StoppedClock
) -> None:
    place.faults.extend([as_json({}, 429, Retry_After="50")] * 3)
    site = _site(place, clock, Budget(wait_seconds=120, timeout=5))
    with pytest.raises(RateLimited, match="asks to wait 50 s, and there are 20 left"):
        site.get("/x")
    assert clock.waits == [50, 50]


def test_get__nothing_left_of_the_limit__the_next_question_waits(
    place: Place, clock: StoppedClock
) -> None:
    last = as_json(FINE, 200, x_ratelimit_remaining="0", x_ratelimit_reset="1700000010")
    place.faults.append(last)
    site = _site(place, clock)
    site.get("/x")
    assert clock.waits == []
    site.get("/x")
    assert clock.waits == [11]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 422])
def test_get__a_refusal__is_not_asked_again(place: Place, clock: StoppedClock, status: int) -> None:
    place.faults.append(as_json({"message": f"no: {TOKEN}"}, status))
    with pytest.raises(SourceRefused, match=rf"\(HTTP status {status}\): no: \*\*\*") as caught:
        _site(place, clock, Authorization=f"Bearer {TOKEN}").get("/x")
    assert caught.value.status == status
    assert len(place.asked) == 1
    assert TOKEN not in str(caught.value) + repr(caught.value)


def test_get__another_host__gets_no_question_and_no_token(clock: StoppedClock) -> None:
    with running(lambda _: as_json(FINE)) as other:
        elsewhere = Reply(302, b"", {"Location": f"{other.url}/x"})
        with running(lambda _: elsewhere) as place:
            site = _site(place, clock, Authorization=f"Bearer {TOKEN}")
            with pytest.raises(SourceRefused, match="sends on to another place"):
                site.get("/x")
        assert other.asked == []


def test_get__the_same_host__is_followed(clock: StoppedClock) -> None:
    def answer(asked: Asked) -> Reply:
        moved = Reply(301, b"", {"Location": "/new"})
        return as_json(FINE) if asked.path == "/new" else moved

    with running(answer) as place:
        assert _site(place, clock).get("/old", {"page": 1}).json() == FINE
        with pytest.raises(SourceRefused, match="another place"):
            _site(place, clock).post("/old", {})


def test_get__round_in_circles__is_refused(clock: StoppedClock) -> None:
    with running(lambda _: Reply(302, b"", {"Location": "/x"})) as place:
        with pytest.raises(SourceRefused, match="round in circles"):
            _site(place, clock).get("/x")
        assert len(place.asked) == 4


def test_get__too_much__is_refused(place: Place, clock: StoppedClock) -> None:
    place.faults.append(Reply(200, b"[" + b"1," * 500 + b"1]"))
    with pytest.raises(BadSourceAnswer, match="sends more than 1000 bytes"):
        _site(place, clock, Budget(most_bytes=1000, timeout=5)).get("/x")


def test_get__nested_too_deep__is_refused(place: Place, clock: StoppedClock) -> None:
    place.faults.append(Reply(200, b"[" * 99 + b"]" * 99))
    with pytest.raises(BadSourceAnswer, match="nested too deep"):
        _site(place, clock).get("/x")


def test_get__byte_by_byte__is_given_up(place: Place) -> None:
    """Each byte comes in time, and the whole never would."""
    clock = StoppedClock()
    slow = Access({}, Budget(tries=1, answer_seconds=-1, timeout=5), clock.access().clock)
    with pytest.raises(SourceDown, match="too slowly"):
        Site(place.url, slow).get("/x")


def test_get__nobody_there__is_named(clock: StoppedClock) -> None:
    with pytest.raises(SourceDown, match=r"127\.0\.0\.1:1/x does not answer \(no connection\)"):
        Site("http://127.0.0.1:1", clock.access(Budget(tries=2, timeout=5))).get("/x")
    assert clock.waits == [1]


@pytest.mark.parametrize(
    "base", ["", "forum.example", "ftp://x.example", "https://", "https://me:pw@x.example",
             "https://[", "https://x.example/?key=1"]
)  # fmt: skip
def test_site__no_address_of_a_place__is_refused(base: str) -> None:
    with pytest.raises(BadInput, match="not the address of a source"):
        Site(base, Access())


def test_site__a_token_in_clear_text__is_refused_except_on_this_machine() -> None:
    with pytest.raises(BadInput, match=r"a token would go to forum\.example in clear text"):
        Site("http://forum.example", Access({"Api-Key": TOKEN}))
    for here in ("http://127.0.0.1:9", "http://localhost", "http://[::1]:9", "https://x.example"):
        assert TOKEN not in repr(Site(here, Access({"Api-Key": TOKEN})))
    assert TOKEN not in repr(Access({"Api-Key": TOKEN}))


def test_get__a_password_in_netrc__is_not_sent(
    place: Place, clock: StoppedClock, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = f"{tmp_path}/netrc"
    with open(netrc, "w") as file:  # noqa: PTH123  (a path as text is what the variable takes)
        file.write("machine 127.0.0.1 login me password pw\n")
    monkeypatch.setenv("NETRC", netrc)
    _site(place, clock).get("/x")
    assert "Authorization" not in place.asked[0].headers
