# SPDX-License-Identifier: AGPL-3.0-only
"""The bench of cred: instances of any size that everybody reads, a table and a plot of figures."""

import re
from pathlib import Path
from typing import Any

from bench.cred_instance import Size, write_instance
from bench.cred_page import page, plot
from millpond.core.cred.compute import compute
from millpond.sources.instances import read_instance

SMALL = Size(400, 20, 30)


def everything(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.json")
    }


def test_write_instance__the_same_size__gives_the_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_instance(tmp_path / name, SMALL, seed)
    one, two, other = (everything(tmp_path / name) for name in "abc")
    assert one == two
    assert one != other


def test_write_instance__any__is_sound_and_of_its_size(tmp_path: Path) -> None:
    write_instance(tmp_path, SMALL)
    scores = compute(read_instance(tmp_path))
    found = scores.contributions
    bonuses = sum("BONUS" in address for address in found.addresses)
    assert found.count - bonuses == SMALL.contributions
    assert len(found.people) == SMALL.people + 1
    assert found.weeks.count == SMALL.weeks
    assert found.left_out == 0
    assert all(graph.nodes.addresses == sorted(graph.nodes.addresses)
               for graph in read_instance(tmp_path).graphs)  # fmt: skip
    assert scores.cred.min() >= 0
    assert (scores.cred > 0).sum() > SMALL.people / 2


def figures(seconds: float, peak: int = 100) -> dict[str, float]:
    return {"seconds": seconds, "cpu_seconds": seconds / 2, "peak_mib": peak}


ROWS: dict[str, Any] = {
    "000010000": {
        "people": 500, "weeks": 150, "graph_bytes": 4_100_000, "exact": figures(1),
        "compatible": figures(0.8), "sourcecred": figures(40, 900), "ratio": 50.0,
        "cpu_ratio": 50.0, "agrees_within": 2e-14,
    },
    "005000000": {
        "people": 20_000, "weeks": 270, "graph_bytes": 1_900_000_000, "exact": figures(90, 5_000),
        "compatible": figures(70, 4_900),
    },
}  # fmt: skip


def test_page__each_size__has_a_row_with_what_was_measured() -> None:
    text = page("a machine", ROWS)
    assert "a machine" in text
    first, second = [line for line in text.splitlines() if re.match(r"\| [\d,]+ \|", line)]
    assert first == (
        "| 10,000 | 500 | 150 | 4 MB | 1.0 s (0.5 s), 100 MiB | 0.8 s (0.4 s), 100 MiB "
        "| 40.0 s (20.0 s), 900 MiB | 50.0 | 50.0 | 2e-14 |"
    )
    assert second.endswith("| 70.0 s (35.0 s), 4,900 MiB |  |  |  |  |")


def test_plot__figures__lie_higher_and_further_right_the_larger_they_are() -> None:
    picture = plot(ROWS)
    circles = [
        tuple(map(float, found))
        for found in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', picture)
    ]
    assert len(circles) == 5
    (x1, y1), (x2, y2) = circles[:2]
    assert x2 > x1
    assert y2 < y1
    for x, y in circles:
        assert 64 <= x <= 570
        assert 24 <= y <= 316
    assert "SourceCred" in picture
