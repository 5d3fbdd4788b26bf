# SPDX-License-Identifier: AGPL-3.0-only
"""Writes an instance of any size, for the bench: the same arguments give the same bytes.

    python -m bench.cred_instance FOLDER --contributions 34000 --people 2430 --weeks 270

Two sources, as a real instance has them: pull requests with reviews and comments, and a chat with
reactions, most of them by few people. Everything is numbered so that the order in which it is made
is the order in which it is written, and nothing has to be kept in memory but the numbers.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import click
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
WEEK = 7 * 24 * 60 * 60 * 1000
DAY = WEEK // 7
START = 1_577_577_600_000  # Sunday 2019-12-29
FORGE, CHAT = "sourcecred/github", "sourcecred/discord"


@dataclass(frozen=True)
class Kind:
    """Contributions of one kind, by number: who made each, when, and to which other they belong."""

    name: str
    authors: Ints
    times: Ints
    parents: Ints


@dataclass(frozen=True)
class Size:
    """How large an instance is."""

    contributions: int
    people: int
    weeks: int


def write_instance(folder: Path, size: Size, seed: int = 1) -> None:
    """Write all files of an instance."""
    chance = np.random.default_rng(seed)
    share = size.contributions // 100
    pulls = _first(chance, size, "PULL", 24 * share)
    comments = _later(chance, size, "COMMENT", 13 * share, pulls)
    reviews = _later(chance, size, "REVIEW", 13 * share, pulls)
    messages = _first(chance, size, "MESSAGE", 25 * share)
    reactions = _later(chance, size, "REACTION", size.contributions - 75 * share, messages)
    _settings(folder, size)
    _graph(folder, FORGE, "USERLIKE", size.people, (comments, pulls, reviews), chance)
    _graph(folder, CHAT, "MEMBER", size.people, (messages, reactions), chance)
    _ledger(folder / "data" / "ledger.json", size.people)


def _first(chance: np.random.Generator, size: Size, name: str, count: int) -> Kind:
    times = START + (chance.random(count) ** 0.7 * (size.weeks * WEEK - DAY)).astype(np.int64)
    return Kind(name, _few(chance, size.people, count), times, np.full(count, -1))


def _later(chance: np.random.Generator, size: Size, name: str, count: int, to: Kind) -> Kind:
    parents = chance.integers(0, len(to.times), count)
    latest = START + size.weeks * WEEK - 1
    times = to.times[parents] + (chance.random(count) * 9 * DAY).astype(np.int64)
    return Kind(name, _few(chance, size.people, count), np.minimum(times, latest), parents)


def _few(chance: np.random.Generator, people: int, count: int) -> Ints:
    """Most by few."""
    return (people * chance.random(count) ** 3).astype(np.int64)


# --- graphs ---------------------------------------------------------------------------------------


def _graph(
    folder: Path,
    plugin: str,
    accounts: str,
    people: int,
    kinds: Sequence[Kind],
    chance: np.random.Generator,
) -> None:
    owner, source = plugin.split("/")
    sizes = {kind.name: len(kind.times) for kind in kinds} | {accounts: people}
    at, first = 0, {}
    for name in sorted(sizes):
        first[name] = at
        at += sizes[name]
    path = folder / "output" / "graphs" / owner / source / "graph.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        file.write('[{"type":"sourcecred/weightedGraph","version":"0.1.0"},{"graphJSON":[')
        file.write('{"type":"sourcecred/graph","version":"0.8.0"},{"edges":[')
        _joined(file, _edges(source, kinds, first, accounts))
        file.write('],"nodes":[')
        _joined(file, _nodes(source, kinds, first, accounts, people))
        file.write('],"sortedNodeAddresses":[')
        names = ((name, number) for name in sorted(sizes) for number in range(sizes[name]))
        _joined(file, (f'["sourcecred","{source}","{name}","{at:09d}"]' for name, at in names))
        file.write("]}],")
        file.write('"weightsJSON":' + json.dumps(_weights(source, accounts, kinds, chance)) + "}]")


def _joined(file: TextIO, parts: Iterable[str]) -> None:
    file.writelines(f",{part}" if number else part for number, part in enumerate(parts))


def _edges(
    source: str, kinds: Sequence[Kind], first: dict[str, int], accounts: str
) -> Iterator[str]:
    start = f'{{"address":["sourcecred","{source}"'
    for kind in kinds:
        base, by = first[kind.name], first[accounts]
        pairs = zip(kind.authors.tolist(), kind.times.tolist(), strict=True)
        for at, (author, time) in enumerate(pairs):
            yield (
                f'{start},"AUTHORS","{kind.name}","{at:09d}"],"dstIndex":{base + at},'
                f'"srcIndex":{by + author},"timestampMs":{time}}}'
            )
    for kind in kinds:
        base = first[kind.name]
        to = first["PULL" if "PULL" in first else "MESSAGE"]
        pairs = zip(kind.parents.tolist(), kind.times.tolist(), strict=True)
        for at, (parent, time) in enumerate(pairs):
            if parent >= 0:
                yield (
                    f'{start},"BELONGS","{kind.name}","{at:09d}"],"dstIndex":{to + parent},'
                    f'"srcIndex":{base + at},"timestampMs":{time}}}'
                )


def _nodes(
    source: str, kinds: Sequence[Kind], first: dict[str, int], accounts: str, people: int
) -> Iterator[str]:
    by_name = {kind.name: kind for kind in kinds}
    for name in sorted(first):
        base = first[name]
        if name == accounts:
            for at in range(people):
                called = f"{source}/person-{at}"
                yield f'{{"description":"{called}","index":{base + at},"timestampMs":null}}'
            continue
        word = name.lower()
        for at, time in enumerate(by_name[name].times.tolist()):
            yield (
                f'{{"description":"{word} [#{at}](https://{source}.example/{word}/{at})",'
                f'"index":{base + at},"timestampMs":{time}}}'
            )


def _weights(
    source: str, accounts: str, kinds: Sequence[Kind], chance: np.random.Generator
) -> list[Any]:
    nodes = {"PULL": 4.0, "REVIEW": 1.0, "COMMENT": 0.25, "MESSAGE": 0.0, "REACTION": 1.0}
    by_prefix = {f"N\0sourcecred\0{source}\0{accounts}\0": 0.0}
    by_prefix |= {f"N\0sourcecred\0{source}\0{each.name}\0": nodes[each.name] for each in kinds}
    # Chats weigh each reaction by who gave it; unmerged requests count for nothing.
    own = kinds[1]
    weights = chance.integers(1, 17, len(own.times)) / 4
    for at in range(0, len(own.times), 2):
        weight = float(weights[at]) if own.name == "REACTION" else 0.0
        by_prefix[f"N\0sourcecred\0{source}\0{own.name}\0{at:09d}\0"] = weight
    edges = {
        f"E\0sourcecred\0{source}\0AUTHORS\0": {"forwards": 0.5, "backwards": 1},
        f"E\0sourcecred\0{source}\0BELONGS\0": {"forwards": 1, "backwards": 0.25},
    }
    return [
        {"type": "sourcecred/weights", "version": "0.2.0"},
        {"nodeWeights": by_prefix, "edgeWeights": edges},
    ]


# --- settings and people --------------------------------------------------------------------------


def _settings(folder: Path, size: Size) -> None:
    most = max(10, size.contributions // (2 * size.weeks))
    budget = [{"startTime": "2020-01-01", "budget": most}]
    tithe = [{"startTime": "2020-01-01", "weight": 0.05}]
    files = {
        "sourcecred": {"bundledPlugins": [FORGE, CHAT]},
        "config/currencyDetails": {"currencyName": "Grain", "currencySuffix": " g"},
        "config/dependencies": [{"id": _id(0), "name": "upstream", "periods": tithe}],
        "config/grain": {"allocationPolicies": []},
        "config/personalAttributions": [],
        "config/pluginBudgets": {"intervalLength": "WEEKLY", "plugins": {CHAT: budget}},
        "config/weights": [
            {"type": "sourcecred/weights", "version": "0.2.0"},
            {"nodeWeights": {}, "edgeWeights": {}},
        ],
    }
    for name, value in files.items():
        path = folder / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value), encoding="utf-8")


def _id(number: int) -> str:
    """Sixteen bytes in base64, of digits alone: SourceCred refuses some neighbours of letters."""
    return f"{number:021d}A"


def _ledger(path: Path, people: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for number, action in enumerate(_actions(people)):
            event = {
                "action": action,
                "ledgerTimestamp": START + number,
                "uuid": f"{number:021d}Q",
                "version": "1",
            }
            file.write(json.dumps(event, sort_keys=True, separators=(",", ":")) + "\n")


def _actions(people: int) -> Iterator[dict[str, Any]]:
    yield _created(0, "upstream", "PROJECT")
    for at in range(people):
        yield _created(at + 1, f"person-{at}", "USER")
        for source, accounts in (("github", "USERLIKE"), ("discord", "MEMBER")):
            address = f"N\0sourcecred\0{source}\0{accounts}\0{at:09d}\0"
            yield {
                "type": "ADD_ALIAS",
                "identityId": _id(at + 1),
                "alias": {"address": address, "description": f"{source}/person-{at}"},
            }


def _created(number: int, name: str, subtype: str) -> dict[str, Any]:
    identity = {
        "id": _id(number),
        "name": name,
        "subtype": subtype,
        "address": f"N\0sourcecred\0core\0IDENTITY\0{_id(number)}\0",
        "aliases": [],
    }
    return {"type": "CREATE_IDENTITY", "identity": identity}


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--contributions", default=34_000)
@click.option("--people", default=2_430)
@click.option("--weeks", default=270)
@click.option("--seed", default=1)
def main(folder: Path, contributions: int, people: int, weeks: int, seed: int) -> None:
    """Write an instance of this size into FOLDER."""
    write_instance(folder, Size(contributions, people, weeks), seed)


if __name__ == "__main__":
    main()
