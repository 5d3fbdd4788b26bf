# SPDX-License-Identifier: AGPL-3.0-only
"""The tables and the plot of large distributions. Nothing in them but what a run measured."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.cred_page import Scale, picture
from millpond.core.sum_tree import level_sizes

_DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE, PLOT = _DOCS / "DISTRIBUTION-SPEED.md", _DOCS / "distribution-speed.svg"
CLAIMS = {100: "claim_later_100", 10_000: "claim_later_10k", 1_000_000: "claim_later_1m"}
"""Which row of `make bench` is a claim among so many leaves."""

_HEAD = """\
# What a large distribution costs

Written by `make bench-distribution`; do not edit.

{machine}. A month of four weeks; every person has cred in each. Each row is measured in processes
of their own. **Build** is a whole process: Python's start, making up the cred, the document with
all its checks, writing it, and the file of proofs beside it. Of that, *document* is from cred to
the checked document with its tree, *written* its bytes on disk, *proofs* the file of proofs, each
in seconds of the processor.
**Verify** is `millpond verify distribution` on the result, without a node. Seconds of the clock, in
brackets of the processor: the machine may have had other work, so the second say more.

"""
_COLUMNS = (
    *("leaves", "document", "build", "document", "written", "proofs", "verify"),
    *("file of proofs", "a proof, cold", "of 10, 9 in", "warm", "of 10, 9 in"),
)
_MIDDLE = """\

A proof is found in the file of proofs, read and checked against root and total; the file is opened
anew each time. Cold: the system was told to forget the file first. 400 of each.

![Seconds by the number of leaves](distribution-speed.svg)

## What a claim costs

One epoch, asset and grain, to an account that holds both, as `make bench` measured it on a chain.

| leaves | steps of a proof, at most | gas of a claim |
|---:|---:|---:|
"""


def page(machine: str, rows: Mapping[str, Any], gas: Mapping[int, int]) -> str:
    """The page."""
    lines = [
        _HEAD.format(machine=machine),
        f"| {' | '.join(_COLUMNS)} |\n",
        f"|{'---:|' * len(_COLUMNS)}\n",
        *(_row(int(key), rows[key]) for key in sorted(rows)),
        _MIDDLE,
        *(f"| {n:,} | {len(level_sizes(n)) - 1} | {gas[n]:,} |\n" for n in sorted(gas)),
    ]
    return "".join(lines)


def _row(leaves: int, row: Mapping[str, Any]) -> str:
    parts, served = row["parts"], row["serve"]
    cells = [
        f"{leaves:,}",
        f"{row['document_bytes'] / 1e6:,.1f} MB",
        _process(row["build"]),
        *(f"{parts[name]:,.1f} s" for name in ("build_seconds", "write_seconds", "proofs_seconds")),
        _process(row["verify"]),
        f"{row['proofs_bytes'] / 1e6:,.1f} MB",
        *(f"{served[f'cold_{which}_ms']:.2f} ms" for which in ("median", "nine_of_ten")),
        *(f"{served[f'warm_{which}_ms']:.2f} ms" for which in ("median", "nine_of_ten")),
    ]
    return f"| {' | '.join(cells)} |\n"


def _process(told: Mapping[str, Any]) -> str:
    return f"{told['seconds']:,.1f} s ({told['cpu_seconds']:,.1f} s), {told['peak_mib']:,} MiB"


def plot(rows: Mapping[str, Any]) -> str:
    """Seconds of the processor by leaves, both on logarithmic scales."""
    colours = {"build": "#0b6e4f", "verify": "#3c6fb4"}
    lines = {
        kind: [(int(key), rows[key][kind]["cpu_seconds"]) for key in sorted(rows)]
        for kind in colours
    }
    points = [point for line in lines.values() for point in line]
    scale = Scale([x for x, _ in points], [y for _, y in points])
    parts = [each for kind, line in lines.items() for each in scale.line(line, colours[kind], kind)]
    parts += scale.proportional(lines["build"])
    return picture("Seconds of the processor by the number of leaves", scale, parts)
