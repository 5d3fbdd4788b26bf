# SPDX-License-Identifier: AGPL-3.0-only
"""The page and the plot of the mirror's speed. Nothing in either but what a run measured."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench.cred_page import Scale, picture

_DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE, PLOT = _DOCS / "MIRROR-SPEED.md", _DOCS / "mirror-speed.svg"
YARDSTICK = "ponder, PostgreSQL, no limit"
"""What ours is held against: the fastest that ponder is."""
_COLOURS = ("#0b6e4f", "#3c6fb4", "#8a6d1d", "#5d4a8a", "#b4443c", "#d08a2c", "#888888")
_HEAD = """\
# How fast the mirror is

Written by `make bench-mirror`; do not edit. {machine}.

## Backfill

From an empty database to all events, whole processes, the start of Python and of node included.
The node is `bench/mirror/node.py`: a chain of real events of our contracts
(`bench/mirror/story.py`), whose headers hash and whose receipts prove, served from memory by a
process that is not counted. `millpond sync` by itself reads the header of every block and holds
every block with events against the receipts' root in it; with `receipts` it leaves out the
headers of blocks where the node shows no events, with `quick` most receipts, too. ponder is npm
0.17.7 on node 24, told all addresses, with one table for each event and nothing computed; "no
limit": its limit of requests a second is lifted. It checks nothing. With PGlite it is given the
smallest size alone, since its time grows faster than the events. `@ponder/utils` is 0.2.18, since
the version it names cannot be had. PostgreSQL runs without syncing to disk, for both alike.

Seconds of the clock, in brackets of the processor, the database server's own behind the plus; the
most memory at one time, the server's behind the plus. The ratios are {yardstick} by that row,
taken one after the other in one round; of several rounds the median. The load of the machine just
before says what else it had to do.

"""
_COLUMNS = (
    *("", "seconds", "events a second of processor", "memory", "ratio"),
    *("ratio of processor time", "rounds", "load before"),
)
_LOAD_HEAD = """
## The API under load

`millpond serve` over a mirror of {events:,} events, asked by wrk over {connections} connections for
{seconds} s each, with 400 different keys in turn, on the same machine: the one who asks takes a
part of it. No reply comes out of a cache. Limits for single addresses are lifted.

| store | processes | question | a second | half within | 99 % within |
|---|---:|---|---:|---:|---:|
"""


def page(known: Mapping[str, Any]) -> str:
    """The page."""
    lines = [_HEAD.format(machine=known["machine"], yardstick=YARDSTICK)]
    for _, size in _sizes(known):
        kind = ", every other block without ours" if size["plan"]["sparse"] else ""
        blocks = size["plan"]["blocks"]
        lines.append(f"### {size['events']:,} events in {blocks:,} blocks{kind}\n\n")
        lines.append(f"| {' | '.join(_COLUMNS)} |\n|---|{'---:|' * (len(_COLUMNS) - 1)}\n")
        lines += [_row(way, size) for way in _ways(size)]
        lines.append("\n")
    lines.append("![Seconds of the processor by the number of events](mirror-speed.svg)\n")
    if known.get("load"):
        lines += _load(known["load"])
    return "".join(lines)


def _sizes(known: Mapping[str, Any]) -> list[tuple[str, Any]]:
    sizes = known.get("backfill", {})
    return sorted(sizes.items(), key=lambda each: (each[1]["events"], each[1]["plan"]["blocks"]))


def _ways(size: Mapping[str, Any]) -> list[str]:
    """Ours first."""
    return list(dict.fromkeys(way for each in size["rounds"] for way in each))


def _row(way: str, size: Mapping[str, Any]) -> str:
    taken = [each[way] for each in size["rounds"] if way in each]

    def middle(name: str) -> float:
        return float(median(each[name] for each in taken))

    cpu, server = middle("cpu_seconds"), middle("server_cpu_seconds")
    memory, beside = middle("peak_mib"), middle("server_peak_mib")
    loads = [each["load_before"] for each in taken]
    shown = f"{cpu:,.1f} + {server:,.1f}" if server else f"{cpu:,.1f}"
    held = f"{memory:,.0f} + {beside:,.0f}" if beside else f"{memory:,.0f}"
    load = f"{min(loads):g}" if min(loads) == max(loads) else f"{min(loads):g} to {max(loads):g}"
    cells = (
        *(way, f"{middle('seconds'):,.1f} ({shown})"),
        *(f"{size['events'] / (cpu + server):,.0f}", f"{held} MiB"),
        *(
            _ratio(size, way, ("seconds",)),
            _ratio(size, way, ("cpu_seconds", "server_cpu_seconds")),
        ),
        *(str(len(taken)), load),
    )
    return f"| {' | '.join(cells)} |\n"


def _ratio(size: Mapping[str, Any], way: str, names: Sequence[str]) -> str:
    """The yardstick by this way, pair by pair; nothing where a round has not both."""
    pairs = [
        sum(each[YARDSTICK][name] for name in names) / sum(each[way][name] for name in names)
        for each in size["rounds"]
        if way in each and YARDSTICK in each
    ]
    return f"{median(pairs):.1f}" if pairs else ""


def _load(load: Mapping[str, Any]) -> Iterator[str]:
    about = load["about"]
    yield _LOAD_HEAD.format(**about)
    for store, rows in load["stores"].items():
        for row in rows:
            yield (
                f"| {store} | {row['processes']} | {row['question']} | {row['per_second']:,.0f} "
                f"| {row['p50_ms']:g} ms | {row['p99_ms']:g} ms |\n"
            )


def plot(known: Mapping[str, Any]) -> str:
    """Seconds of the processor by events, all blocks with events; both scales logarithmic."""
    lines: dict[str, list[tuple[int, float]]] = {}
    for _, size in _sizes(known):
        if size["plan"]["sparse"]:
            continue
        for way in _ways(size):
            taken = [each[way] for each in size["rounds"] if way in each]
            used = median(each["cpu_seconds"] + each["server_cpu_seconds"] for each in taken)
            lines.setdefault(way, []).append((size["events"], used))
    points = [point for line in lines.values() for point in line]
    scale = Scale([x for x, _ in points], [y for _, y in points])
    parts: list[str] = []
    for (way, line), colour in zip(sorted(lines.items()), _COLOURS, strict=False):
        parts += scale.line(line, colour, way)
    return picture("Seconds of the processor by the number of events", scale, parts)
