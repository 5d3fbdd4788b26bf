# SPDX-License-Identifier: AGPL-3.0-only
"""Several processes behind one address: any of them may die, and none is left behind."""

import json
import os
import signal
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families as families

from tests.api.story import Story
from tests.api.test_serve import SECONDS, _children, _is_alive, _running, _until

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")
POOLS = "/v1/pools"


def _answered(url: str) -> float:
    """How many lists of pools all processes together say that they have answered."""
    text = httpx.get(f"{url}/metrics").text
    wanted = {"route": POOLS, "method": "GET", "status": "200"}
    return sum(
        sample.value
        for family in families(text)
        for sample in family.samples
        if sample.name == "millpond_http_requests_total" and sample.labels == wanted
    )


def test_serve__with_two_processes__both_answer_count_together_and_end_together(
    tmp_path: Path,
) -> None:
    story = Story(tmp_path)
    options = ("--database", str(story.place), "--processes", "2", "--log-format", "json")
    with _running(*options, "--rate", "0") as (process, url):
        _until(lambda: _asked(url), "an answer")
        first = _children(process.pid)
        assert len(first) == 2
        before = _answered(url)
        for _ in range(20):
            assert httpx.get(f"{url}{POOLS}").status_code == 200
        assert _answered(url) == before + 20

        os.kill(first[0], signal.SIGKILL)
        _until(lambda: not _is_alive(first[0]), "the end of one")
        assert httpx.get(f"{url}{POOLS}").json()["data"][0]["name"] == "mill"
        assert _answered(url) == before + 21, "what it had counted is lost"
        _until(lambda: len(_living(process.pid)) == 2, "another in its place")
        others = _living(process.pid)

        process.terminate()
        assert process.wait(SECONDS) in {128 + signal.SIGTERM, -signal.SIGTERM}
        _until(lambda: not any(map(_is_alive, others)), "the end of the others")
        assert process.stderr is not None
        lines = [json.loads(line) for line in process.stderr.read().splitlines()]
    told = [line for line in lines if line.get("route") == POOLS]
    assert len(told) >= 21
    assert {line["logger"] for line in told} == {"millpond.requests"}
    assert any("ended with status" in line["message"] for line in lines)


def _living(pid: int) -> list[int]:
    return [child for child in _children(pid) if _is_alive(child)]


def _asked(url: str) -> bool:
    try:
        return httpx.get(f"{url}{POOLS}").is_success
    except httpx.TransportError:
        return False
