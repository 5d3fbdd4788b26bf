# SPDX-License-Identifier: AGPL-3.0-only
"""Reads an instance: SourceCred's directory of graphs, weights, ledger and settings.

    sourcecred.json                                   bundledPlugins: which graphs count
    output/graphs/<owner>/<name>/graph                plain, or packed; with .json or .json.gzip
    output/graphs/<owner>/<name>/identityProposals.json    people whom a source saw
    config/{weights,pluginBudgets,dependencies,personalAttributions}.json
    config/zeroed.json                                ours: [{"id": ..., "reason": ...}]
    data/ledger.json, data/identities.jsonl           who is who

Every file but the graphs may be missing. Each that is there is read strictly.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from millpond.core.cred.addresses import NODE, joined
from millpond.core.cred.graph import SourceGraph
from millpond.core.cred.model import (
    Attribution,
    Budget,
    Dependency,
    Instance,
    Period,
    Zeroed,
)
from millpond.core.cred.weights import Weights
from millpond.core.errors import ConfigFileError, GraphFileError, WeightsFileError
from millpond.sources.graphs import read_graph, read_weights
from millpond.sources.json_stream import JsonStream
from millpond.sources.people import People, read_people
from millpond.sources.times import milliseconds

_T = TypeVar("_T")

GRAPHS = Path("output", "graphs")
GRAPH_NAMES = ("graph", "graph.json", "graph.json.gzip")
WEIGHTS = Path("config", "weights.json")
_FETCH = "fetch the sources of this instance, or give the directory of one"


class _Settings(msgspec.Struct, rename="camel"):
    bundled_plugins: list[str] | None = None


class _BudgetPeriod(msgspec.Struct, rename="camel"):
    start_time: str
    budget: float


class _Budgets(msgspec.Struct, rename="camel"):
    interval_length: str
    plugins: dict[str, list[_BudgetPeriod]]


class _MintPeriod(msgspec.Struct, rename="camel"):
    start_time: str
    weight: float


class _Dependency(msgspec.Struct, rename="camel"):
    name: str
    periods: list[_MintPeriod]
    id: str | None = None


class _Proportion(msgspec.Struct, rename="camel"):
    start_date: str
    decimal_proportion: float


class _Recipient(msgspec.Struct, rename="camel"):
    to_participant_name: str
    proportions: list[_Proportion]
    to_participant_id: str | None = None


class _Attribution(msgspec.Struct, rename="camel"):
    from_participant_name: str
    recipients: list[_Recipient]
    from_participant_id: str | None = None


class _Zeroed(msgspec.Struct):
    id: str
    reason: str


def read_instance(
    directory: Path, weights: Path | None = None, descriptions: bool = True
) -> Instance:
    """The instance in a directory; with `weights`, that file stands in for config/weights.json.

    `InputFileError` names the file and the place of the first thing wrong.
    """
    graphs = tuple(
        read_graph(path, plugin, str(path.relative_to(directory)), descriptions)
        for plugin, path in graph_files(directory)
    )
    people = read_people(directory, [GRAPHS / graph.plugin for graph in graphs])
    own = (
        read_weights_file(directory / WEIGHTS, str(WEIGHTS), must_exist=False)
        if weights is None
        else read_weights_file(weights)
    )
    return Instance(
        graphs=graphs,
        people=people.all,
        weights=own,
        budgets=_budgets(directory, graphs),
        dependencies=_dependencies(directory, people),
        attributions=_attributions(directory, people),
        zeroed=_zeroed(directory, people),
    )


def graph_files(directory: Path) -> list[tuple[str, Path]]:
    """The graphs that count, by plugin: those that sourcecred.json names, else all there are."""
    if not directory.is_dir():
        raise GraphFileError("is no directory", _FETCH, str(directory))
    settings = _read(directory, Path("sourcecred.json"), _Settings)
    named = settings.bundled_plugins if settings else None
    root = directory / GRAPHS
    if named is None:
        named = [str(path.relative_to(root)) for path in root.glob("*/*") if path.is_dir()]
    found = [(plugin, _graph_file(directory, plugin)) for plugin in sorted(set(named))]
    if not found:
        raise GraphFileError("has no graphs", _FETCH, str(directory))
    return found


def _graph_file(directory: Path, plugin: str) -> Path:
    owner, slash, name = plugin.partition("/")
    if not slash or {owner, name} & {"", ".", ".."} or "/" in name:
        raise ConfigFileError(
            f"{plugin!r} is not the name of a plugin",
            'write "<owner>/<name>"',
            "sourcecred.json",
            "bundledPlugins",
        )
    folder = directory / GRAPHS / owner / name
    found = [folder / each for each in GRAPH_NAMES if (folder / each).is_file()]
    if len(found) != 1:
        how = "has no graph" if not found else f"has {len(found)} graphs: which of them counts?"
        step = _FETCH if not found else f"keep one of {', '.join(path.name for path in found)}"
        raise GraphFileError(how, step, str(folder.relative_to(directory)))
    return found[0]


def read_weights_file(path: Path, name: str = "", must_exist: bool = True) -> Weights:
    """The weights of a file, which errors call `name`; none if it need not be there and is not."""
    if not must_exist and not path.exists():
        return Weights()
    stream = JsonStream(path, name or str(path), WeightsFileError)
    weights = read_weights(stream)
    stream.end()
    return weights


def _read(directory: Path, name: Path, kind: type[_T]) -> _T | None:
    """A file of settings; None if it is not there."""
    try:
        data = (directory / name).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigFileError(
            f"cannot be read ({type(error).__name__})", "look at its permissions", str(name)
        ) from None
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.DecodeError as error:
        raise ConfigFileError(str(error), "correct the file", str(name)) from None


def _budgets(directory: Path, graphs: Sequence[SourceGraph]) -> tuple[Budget, ...]:
    name = Path("config", "pluginBudgets.json")
    found = _read(directory, name, _Budgets)
    if found is None:
        return ()
    if found.interval_length != "WEEKLY":
        raise ConfigFileError(
            f"budgets are by week, not {found.interval_length!r}",
            'write "WEEKLY"',
            str(name),
            "intervalLength",
        )
    known = {graph.plugin for graph in graphs}
    for plugin in found.plugins:
        if plugin not in known:
            raise ConfigFileError(
                f"{plugin!r} has a budget, and no graph",
                f"name one of {', '.join(sorted(known))}",
                str(name),
                "plugins",
            )
    return tuple(
        Budget(
            joined(NODE, plugin.split("/")),
            _periods(name, f"plugins.{plugin}", [(each.start_time, each.budget) for each in given]),
        )
        for plugin, given in sorted(found.plugins.items())
    )


def _dependencies(directory: Path, people: People) -> tuple[Dependency, ...]:
    name = Path("config", "dependencies.json")
    found = _read(directory, name, list[_Dependency]) or []
    result = []
    for at, each in enumerate(found):
        person = people.named(each.id, each.name, str(name), f"[{at}]")
        if person.name != each.name:
            raise ConfigFileError(
                f"{each.id} is {person.name!r} in the ledger, not {each.name!r}",
                "write the name as it is now, if the person is meant",
                str(name),
                f"[{at}].name",
            )
        given = [(period.start_time, period.weight) for period in each.periods]
        result.append(Dependency(person.id, _periods(name, f"[{at}].periods", given)))
    _once(name, [each.person for each in result])
    return tuple(result)


def _attributions(directory: Path, people: People) -> tuple[Attribution, ...]:
    name = Path("config", "personalAttributions.json")
    found = _read(directory, name, list[_Attribution]) or []
    result = []
    givers = []
    for at, each in enumerate(found):
        giver = people.named(
            each.from_participant_id, each.from_participant_name, str(name), f"[{at}]"
        )
        givers.append(giver.id)
        receivers = []
        for number, to in enumerate(each.recipients):
            place = f"[{at}].recipients[{number}]"
            receiver = people.named(to.to_participant_id, to.to_participant_name, str(name), place)
            receivers.append(receiver.id)
            given = [(one.start_date, one.decimal_proportion) for one in to.proportions]
            periods = _periods(name, f"{place}.proportions", given, most=1)
            result.append(Attribution(giver.id, receiver.id, periods))
        _once(name, receivers, f"[{at}].recipients")
    _once(name, givers)
    return tuple(result)


def _zeroed(directory: Path, people: People) -> tuple[Zeroed, ...]:
    name = Path("config", "zeroed.json")
    found = _read(directory, name, list[_Zeroed]) or []
    for at, each in enumerate(found):
        people.named(each.id, each.id, str(name), f"[{at}]")
        if not each.reason.strip():
            raise ConfigFileError(
                f"{each.id} is to get no cred, without a reason",
                "write the reason, for everybody to read",
                str(name),
                f"[{at}].reason",
            )
    _once(name, [each.id for each in found])
    return tuple(sorted((Zeroed(each.id, each.reason) for each in found), key=lambda z: z.person))


def _once(name: Path, ids: Sequence[str], array: str = "") -> None:
    for at, each in enumerate(ids):
        if each in ids[:at]:
            raise ConfigFileError(
                f"{each} is there twice",
                "put the two entries together",
                str(name),
                f"{array}[{at}]",
            )


def _periods(
    name: Path, place: str, given: Sequence[tuple[str, float]], most: float | None = None
) -> tuple[Period, ...]:
    """Figures by the time from which they hold, oldest first."""
    result: list[Period] = []
    for at, (text, value) in enumerate(given):
        where = f"{place}[{at}]"
        start = milliseconds(text, str(name), where)
        if not value >= 0 or (most is not None and value > most):
            upper = "above" if most is None else f"to {most}"
            raise ConfigFileError(
                f"{value!r} is out of range", f"give a number from 0 {upper}", str(name), where
            )
        if result and start < result[-1].start_ms:
            raise ConfigFileError(
                f"{text} is earlier than the entry before",
                "write the entries oldest first",
                str(name),
                where,
            )
        result.append(Period(start, value))
    return tuple(result)
