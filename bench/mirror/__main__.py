# SPDX-License-Identifier: AGPL-3.0-only
"""The mirror's speed: backfill beside ponder, then the API under load.

    make bench-mirror                                   all sizes, each way once; the API
    make bench-mirror ARGS="--only 200000-in-2000"      one size; the others keep their figures
    make bench-mirror ARGS="--rounds 3 --peer-up-to 0"  ours alone, three times
    make bench-mirror ARGS=--load                       the API alone

A round takes every way once, one after the other, and a ratio is of two figures of one round.
Writes bench/results/mirror.json, docs/MIRROR-SPEED.md and docs/mirror-speed.svg.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import click

from bench.figures import RESULTS, write_json
from bench.mirror.blocks import Plan, write
from bench.mirror.load import PLAN, about, measure_load
from bench.mirror.page import PAGE, PLOT, page, plot
from bench.mirror.posting import posting
from bench.mirror.runs import ROOT, WAYS, Told, Way, can, measured, node
from bench.speed import machine

FILE = RESULTS / "mirror.json"
CHAINS = ROOT / ".cache" / "bench-mirror"
PLANS = (
    Plan(20_000, 200),
    Plan(200_000, 2_000),
    Plan(200_000, 20_000, sparse=True),
    PLAN,
    Plan(2_000_000, 20_000),
)


@click.command()
@click.option("--only", help="Only these sizes, such as 20000-in-200,200000-in-2000.")
@click.option("--ways", help="Only ways whose name contains one of these, comma between.")
@click.option("--rounds", default=1, type=click.IntRange(1), help="How often each is taken.")
@click.option("--peer-up-to", default=200_000, help="The most events that ponder is given.")
@click.option("--load/--backfill", default=None, help="Only the one, or only the other.")
def main(
    only: str | None, ways: str | None, rounds: int, peer_up_to: int, load: bool | None
) -> None:
    """Measure, and write results, page and plot."""
    wanted = only.split(",") if only else [plan.name for plan in PLANS]
    words = ways.split(",") if ways else [""]
    if load is not True:
        for plan in (each for each in PLANS if each.name in wanted):
            chosen = [w for w in WAYS if any(word in w.name for word in words) and can(w)]
            fit = [
                w for w in chosen if plan.events <= (min(w.most, peer_up_to) if w.peer else w.most)
            ]
            _backfill(plan, fit, rounds)
    if load is not False:
        _load()
    known = _known()
    PLOT.write_text(plot(known), "utf-8")
    PAGE.write_text(page(known), "utf-8")


def _backfill(plan: Plan, ways: Iterable[Way], rounds: int) -> None:
    folder = CHAINS / plan.name
    click.echo(f"{plan.name}: the chain ...", err=True)
    write(plan, folder, posting())
    events = json.loads((folder / "chain.json").read_text("utf-8"))["events"]
    taken: list[dict[str, Any]] = []
    with node(folder) as rpc:
        for _ in range(rounds):
            taken.append({})
            for way in ways:
                before = os.getloadavg()[0]
                figures = measured(way, Told(rpc, plan.blocks, events))
                taken[-1][way.name] = asdict(figures) | {"load_before": round(before, 1)}
                click.echo(f"{plan.name}: {way.name}: {taken[-1][way.name]}", err=True)
    _keep("backfill", plan.name, {"plan": asdict(plan), "events": events}, taken)


def _keep(part: str, name: str, about: dict[str, Any], rounds: list[dict[str, Any]]) -> None:
    """Beside what other runs have measured; a way that was not taken keeps its rounds."""
    known = _known()
    sizes = known.setdefault(part, {})
    before = sizes.get(name, {}).get("rounds", [])
    named = {way for each in rounds for way in each}
    kept = [{w: f for w, f in each.items() if w not in named} for each in before]
    sizes[name] = about | {"rounds": [each for each in kept if each] + rounds}
    known["machine"] = machine()
    write_json(known, FILE)


def _load() -> None:
    found = measure_load(CHAINS)
    known = _known()
    known["load"] = {"about": about(), "stores": found}
    known["machine"] = machine()
    write_json(known, FILE)


def _known() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    return found


if __name__ == "__main__":
    main()
