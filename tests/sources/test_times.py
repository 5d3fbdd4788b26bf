# SPDX-License-Identifier: AGPL-3.0-only
"""Dates in settings are in UTC on every machine."""

import time
from collections.abc import Iterator

import pytest

from millpond.core.errors import ConfigFileError
from millpond.sources.times import milliseconds


@pytest.fixture(params=["UTC", "America/Los_Angeles", "Asia/Tokyo"])
def _zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine stands somewhere."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_zone")
@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("1/1/2021", 1_609_459_200_000),
        ("12/31/2020", 1_609_372_800_000),
        ("2021-01-01", 1_609_459_200_000),
        ("2021-01-01T00:00:00", 1_609_459_200_000),
        ("2021-01-01T00:00:00.049Z", 1_609_459_200_049),
        ("2021-01-01T01:00:00+01:00", 1_609_459_200_000),
    ],
)
def test_milliseconds__a_date__is_in_utc_wherever_the_machine_stands(
    text: str, instant: int
) -> None:
    assert milliseconds(text, "f", "p") == instant


@pytest.mark.parametrize("text", ["", "soon", "31/12/2020", "2021-1-1", "1/1/21", "2021-02-30"])
def test_milliseconds__no_date__is_refused_with_its_place(text: str) -> None:
    with pytest.raises(ConfigFileError, match=r"f, p: '.*' is not a date") as raised:
        milliseconds(text, "f", "p")
    assert (raised.value.file, raised.value.position) == ("f", "p")
