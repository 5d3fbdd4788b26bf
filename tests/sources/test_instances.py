# SPDX-License-Identifier: AGPL-3.0-only
"""Instances: which files count, what their settings mean, and each thing that may be wrong."""

import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from millpond.core.cred.compute import compute
from millpond.core.cred.model import Period
from millpond.core.cred.weights import Weights
from millpond.core.errors import (
    ConfigFileError,
    CorruptFile,
    GraphFileError,
    InputFileError,
    WeightsFileError,
)
from millpond.sources.instances import graph_files, read_instance, read_weights_file
from tests.core.cred.small import edge, node
from tests.sources.graph_files import graph_json, write, write_instance

ADA = "YVZbmKhBvmYsVI0MHmZ8Xg"
EVENT = {"ledgerTimestamp": 1_577_700_000_000, "version": "1"}
LEDGER = [
    {
        "action": {
            "type": "CREATE_IDENTITY",
            "identity": {
                "id": ADA,
                "name": "Ada",
                "subtype": "USER",
                "address": node("sourcecred", "core", "IDENTITY", ADA),
                "aliases": [],
            },
        },
        "uuid": "dc9IqJ4GAPwLzu09Tz1WTQ",
        **EVENT,
    },
    {
        "action": {
            "type": "ADD_ALIAS",
            "identityId": ADA,
            "alias": {"address": node("g", "USER", "ada"), "description": "g/ada"},
        },
        "uuid": "hpMBjJTkSQP7jk9MfDpCXg",
        **EVENT,
    },
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound instance."""
    return write_instance(tmp_path / "instance")


@pytest.fixture
def with_ledger(folder: Path) -> Path:
    """The same, whose ledger knows Ada."""
    write(folder / "data" / "ledger.json", LEDGER)
    return folder


def config(folder: Path, name: str, value: Any) -> None:
    write(folder / "config" / f"{name}.json", value)


def test_read_instance__people_without_a_ledger__are_those_whom_sources_propose(
    folder: Path,
) -> None:
    (ada,) = read_instance(folder).people
    assert (ada.id, ada.name, ada.address) == ("g/USER/ada", "ada", node("g", "USER", "ada"))
    assert ada.identity == "sourcecred:g/USER/ada"
    assert compute(read_instance(folder)).by_person() == pytest.approx({"g/USER/ada": 5})


def test_read_instance__an_alias_of_the_ledger__is_not_proposed_again(with_ledger: Path) -> None:
    (ada,) = read_instance(with_ledger).people
    assert (ada.id, ada.name, ada.aliases) == (ADA, "Ada", (node("g", "USER", "ada"),))
    assert ada.identity == f"sourcecred:sourcecred/core/IDENTITY/{ADA}"
    assert compute(read_instance(with_ledger)).by_person() == pytest.approx({ADA: 5})


def test_graph_files__without_settings__all_there_are(folder: Path) -> None:
    write(folder / "output" / "graphs" / "test" / "a" / "graph.json", graph_json())
    assert [plugin for plugin, _ in graph_files(folder)] == ["test/g"]
    (folder / "sourcecred.json").unlink()
    assert [plugin for plugin, _ in graph_files(folder)] == ["test/a", "test/g"]


@pytest.mark.parametrize("name", ["graph", "graph.json", "graph.json.gzip"])
def test_graph_files__each_name_that_sourcecred_used__is_found(folder: Path, name: str) -> None:
    place = folder / "output" / "graphs" / "test" / "g"
    (place / "graph.json").unlink()
    (place / name).write_bytes(zlib.compress(json.dumps(graph_json()).encode()))
    assert graph_files(folder) == [("test/g", place / name)]
    assert len(read_instance(folder).graphs[0].nodes.addresses) == 4


def test_graph_files__two_graphs_of_one_plugin__are_refused(folder: Path) -> None:
    write(folder / "output" / "graphs" / "test" / "g" / "graph", graph_json())
    with pytest.raises(GraphFileError, match="has 2 graphs: which"):
        graph_files(folder)


@pytest.mark.parametrize("plugin", ["", "g", "test/../g", "/g", "../g", "test/"])
def test_graph_files__a_plugin_that_is_no_name__is_refused(folder: Path, plugin: str) -> None:
    write(folder / "sourcecred.json", {"bundledPlugins": [plugin]})
    with pytest.raises(ConfigFileError, match="is not the name of a plugin"):
        graph_files(folder)


def test_graph_files__no_graph_or_no_directory__says_how_to_get_one(folder: Path) -> None:
    write(folder / "sourcecred.json", {"bundledPlugins": ["test/none"]})
    for place in (folder, folder / "nowhere"):
        with pytest.raises(GraphFileError, match="Next: fetch the sources") as raised:
            graph_files(place)
        assert raised.value.file


def test_read_instance__weights_of_its_own__replace_those_of_the_sources(folder: Path) -> None:
    weights: Any = [
        {"type": "sourcecred/weights", "version": "0.2.0"},
        {"nodeWeights": {node("g", "PULL"): 7}, "edgeWeights": {}},
    ]
    config(folder, "weights", weights)
    assert read_instance(folder).weights == Weights({node("g", "PULL"): 7})
    assert compute(read_instance(folder)).total_mint == 8
    weights[1]["nodeWeights"] = {node("g", "PULL"): 9}
    other = write(folder / "other.json", weights)
    assert compute(read_instance(folder, other)).total_mint == 10


def test_read_weights_file__missing__is_refused_only_where_it_was_asked_for(tmp_path: Path) -> None:
    assert read_weights_file(tmp_path / "none.json", must_exist=False) == Weights()
    with pytest.raises(InputFileError, match=r"none.json: cannot be read"):
        read_weights_file(tmp_path / "none.json")


def test_read_instance__budgets__by_plugin_and_by_the_date_in_utc(folder: Path) -> None:
    periods = [{"startTime": "1/5/2020", "budget": 2}, {"startTime": "2020-02-01", "budget": 3}]
    config(folder, "pluginBudgets", {"intervalLength": "WEEKLY", "plugins": {"test/g": periods}})
    (budget,) = read_instance(folder).budgets
    assert budget.prefix == node("test", "g")
    assert budget.periods == (Period(1_578_182_400_000, 2), Period(1_580_515_200_000, 3))


def test_read_instance__dependencies_and_attributions__by_name_or_id(with_ledger: Path) -> None:
    config(
        with_ledger,
        "dependencies",
        [{"name": "Ada", "periods": [{"startTime": "2020-01-01T00:00:00.000Z", "weight": 0.5}]}],
    )
    config(
        with_ledger,
        "personalAttributions",
        [
            {
                "fromParticipantName": "ADA",
                "recipients": [
                    {
                        "toParticipantName": "nobody by this name",
                        "toParticipantId": ADA,
                        "proportions": [{"startDate": "2020-01-01", "decimalProportion": 1}],
                    }
                ],
            }
        ],
    )
    found = read_instance(with_ledger)
    assert found.dependencies[0].person == ADA
    assert found.dependencies[0].periods == (Period(1_577_836_800_000, 0.5),)
    assert (found.attributions[0].giver, found.attributions[0].receiver) == (ADA, ADA)


def attribution(**changed: Any) -> Any:
    proportions = [{"startDate": "2020-01-01", "decimalProportion": 0.5}]
    to = {"toParticipantName": "Ada", "proportions": proportions, **changed}
    return [{"fromParticipantName": "Ada", "recipients": [to]}]


def budget(plugin: str = "test/g", **changed: Any) -> Any:
    period = {"startTime": "2020-01-01", "budget": 1, **changed}
    return {"intervalLength": "WEEKLY", "plugins": {plugin: [period]}}


def dependency(**changed: Any) -> Any:
    period = {"startTime": "2020-01-01", "weight": 0.1}
    return {"name": "Ada", "periods": [period], **changed}


WRONG: dict[str, tuple[str, Any, str, str]] = {
    "a budget without a graph": (
        "pluginBudgets", budget("test/x"), "has a budget, and no graph", "plugins"
    ),
    "a budget by month": (
        "pluginBudgets", budget() | {"intervalLength": "MONTHLY"}, "by week", "intervalLength"
    ),
    "a negative budget": (
        "pluginBudgets", budget(budget=-1), "-1.0 is out of range", "plugins.test/g[0]"
    ),
    "a date that is none": (
        "pluginBudgets", budget(startTime="2020-13-01"), "is not a date", "plugins.test/g[0]"
    ),
    "a day that is none": (
        "pluginBudgets", budget(startTime="2/30/2020"), "is not a date", "plugins.test/g[0]"
    ),
    "budgets that are a list": ("pluginBudgets", [], "Expected `object`, got `array`", ""),
    "a dependency that nobody is": (
        "dependencies", [dependency(name="Eve")], "there is nobody called 'Eve'", "[0]"
    ),
    "a dependency under an old name": (
        "dependencies", [dependency(id=ADA, name="Eve")], "is 'Ada' in the ledger", "[0].name"
    ),
    "a dependency by an unknown id": ("dependencies", [dependency(id="x")], "called 'x'", "[0]"),
    "a dependency twice": ("dependencies", [dependency()] * 2, "is there twice", "[1]"),
    "periods that go back": (
        "dependencies",
        [dependency(periods=[{"startTime": "2020-02-01", "weight": 1},
                             {"startTime": "2020-01-01", "weight": 1}])],
        "2020-01-01 is earlier than the entry before", "[0].periods[1]",
    ),
    "a share above all": (
        "personalAttributions",
        attribution(proportions=[{"startDate": "2020-01-01", "decimalProportion": 1.5}]),
        "1.5 is out of range", "[0].recipients[0].proportions[0]",
    ),
    "an attribution to nobody": (
        "personalAttributions", attribution(toParticipantName="Eve"), "called 'Eve'",
        "[0].recipients[0]",
    ),
    "a giver twice": ("personalAttributions", attribution() * 2, "is there twice", "[1]"),
    "nobody to zero": ("zeroed", [{"id": "x", "reason": "spam"}], "nobody called 'x'", "[0]"),
    "zeroed without a reason": (
        "zeroed", [{"id": ADA, "reason": " "}], "without a reason", "[0].reason"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_read_instance__a_setting_wrong__is_a_named_error_with_file_and_position(
    with_ledger: Path, name: str
) -> None:
    file, value, says, where = WRONG[name]
    config(with_ledger, file, value)
    with pytest.raises(ConfigFileError) as raised:
        read_instance(with_ledger)
    assert says in raised.value.message
    assert (raised.value.file, raised.value.position) == (f"config/{file}.json", where)


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (lambda data: data[: len(data) // 2], CorruptFile),
        (lambda data: data[:-30] + b"\0" + data[-29:], CorruptFile),
    ],
)
def test_read_instance__a_packed_graph_that_is_spoiled__is_named(
    folder: Path, spoil: Callable[[bytes], bytes], kind: type[InputFileError]
) -> None:
    place = folder / "output" / "graphs" / "test" / "g"
    (place / "graph.json").unlink()
    (place / "graph").write_bytes(spoil(zlib.compress(json.dumps(graph_json()).encode())))
    with pytest.raises(kind) as raised:
        read_instance(folder)
    assert raised.value.file == "output/graphs/test/g/graph"


def test_read_instance__weights_file_that_is_none__is_named(folder: Path) -> None:
    (folder / "config").mkdir()
    (folder / "config" / "weights.json").write_text("{}")
    with pytest.raises(WeightsFileError, match=r"config/weights\.json, byte 0"):
        read_instance(folder)


def test_read_instance__two_sources_weigh_one_prefix__is_refused(folder: Path) -> None:
    write(folder / "sourcecred.json", {"bundledPlugins": ["test/g", "test/h"]})
    write(folder / "output" / "graphs" / "test" / "h" / "graph.json", graph_json())
    with pytest.raises(WeightsFileError, match="gives a weight to E/g/AUTHORS"):
        compute(read_instance(folder))


def test_read_instance__proposals_that_are_none__are_refused(folder: Path) -> None:
    place = folder / "output" / "graphs" / "test" / "g" / "identityProposals.json"
    write(place, [{"name": "x", "alias": {"address": edge("g")}}])
    with pytest.raises(ConfigFileError, match=r"identityProposals.json, \[0\].alias"):
        read_instance(folder)
    write(place, {"name": "x"})
    with pytest.raises(ConfigFileError, match="Expected `array`"):
        read_instance(folder)
