# SPDX-License-Identifier: AGPL-3.0-only
"""The bench of large distributions: it measures what a reader accepts, and tells it as it is."""

import re
from pathlib import Path
from typing import Any

from bench.distribution_child import build_all, serve
from bench.distribution_page import CLAIMS, page, plot
from bench.figures import GAS, read_costs
from millpond.core.distribution import verify


def test_child__a_small_size__writes_a_document_that_holds_and_serves_its_proofs(
    tmp_path: Path,
) -> None:
    parts = build_all(300, tmp_path)
    assert set(parts) == {"build_seconds", "write_seconds", "proofs_seconds"}
    assert min(parts.values()) > 0
    assert verify((tmp_path / "distribution.json").read_bytes()).leaf_count == 300
    served = serve(300, tmp_path)
    assert 0 < served["cold_median_ms"] <= served["cold_nine_of_ten_ms"]
    assert 0 < served["warm_median_ms"] <= served["warm_nine_of_ten_ms"]


def process(seconds: float, peak: int) -> dict[str, float]:
    return {"seconds": seconds, "cpu_seconds": seconds / 2, "peak_mib": peak}


def size(seconds: float) -> dict[str, Any]:
    return {
        "document_bytes": 2_700_000,
        "proofs_bytes": 1_600_000,
        "build": process(seconds, 30),
        "parts": {"build_seconds": 0.8, "write_seconds": 0.1, "proofs_seconds": 0.04},
        "verify": process(seconds + 2, 80),
        "serve": {
            "cold_median_ms": 2.24,
            "cold_nine_of_ten_ms": 3,
            "warm_median_ms": 0.22,
            "warm_nine_of_ten_ms": 0.3,
        },
    }


ROWS = {"0000100": size(1), "1000000": size(50)}
GAS_OF = {100: 125_249, 1_000_000: 140_565}


def test_page__each_size__has_a_row_with_what_was_measured() -> None:
    told = page("a machine", ROWS, GAS_OF)
    assert "a machine" in told
    rows = [line for line in told.splitlines() if re.match(r"\| [\d,]+ \|", line)]
    assert rows[1] == (
        "| 1,000,000 | 2.7 MB | 50.0 s (25.0 s), 30 MiB | 0.8 s | 0.1 s | 0.0 s "
        "| 52.0 s (26.0 s), 80 MiB | 1.6 MB | 2.24 ms | 3.00 ms | 0.22 ms | 0.30 ms |"
    )
    assert rows[2:] == ["| 100 | 7 | 125,249 |", "| 1,000,000 | 20 | 140,565 |"]


def test_page__the_gas_of_claims__is_among_what_the_bench_measures() -> None:
    assert set(CLAIMS.values()) <= set(read_costs(GAS))


def test_plot__figures__lie_higher_the_larger_they_are() -> None:
    circles = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', plot(ROWS))
    assert len(circles) == 4
    (x1, y1), (x2, y2) = (tuple(map(float, each)) for each in circles[:2])
    assert x2 > x1
    assert y2 < y1
