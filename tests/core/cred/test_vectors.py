# SPDX-License-Identifier: AGPL-3.0-only
"""Our scores beside those that SourceCred itself computed from the same files."""

import json
from math import isclose
from pathlib import Path

import pytest

from millpond.core.cred.addresses import IDENTITY, NODE, joined
from millpond.core.cred.compute import compute
from millpond.core.cred.model import Dependency, Instance, Period, Person
from millpond.core.cred.written import as_json, nodes_as_json
from millpond.sources.graphs import read_graph
from tests.core.cred.vectors import expected, instance
from tests.sourcecred import INSTANCES, WITH_CRED

NEAR = 1e-9

each_instance = pytest.mark.parametrize("name", INSTANCES)
each_with_cred = pytest.mark.parametrize("name", WITH_CRED)


@each_with_cred
def test_credrank__compatible__is_to_the_last_bit_what_sourcecred_wrote(name: str) -> None:
    theirs = expected(name, "expected-cred.json")
    ours = as_json(compute(instance(name), "credrank", "compatible"))
    for key in ("intervals", "parameters", "totalMint", "totalParticipantCred"):
        assert ours[key] == theirs[key]
    assert {key: ours["chain"][key] for key in theirs["chain"]} == theirs["chain"]
    keys = theirs["participants"][0].keys()
    assert "weekly" in keys
    for mine, other in zip(ours["participants"], theirs["participants"], strict=True):
        assert {key: mine[key] for key in keys} == other, other["name"]


@each_with_cred
def test_credrank__compatible__gives_the_scores_of_contributions_to_the_last_bit(name: str) -> None:
    theirs = expected(name, "expected-node-scores.json")["nodes"]
    ours = nodes_as_json(compute(instance(name), "credrank", "compatible"))["nodes"]
    assert ours == theirs


@each_instance
def test_credrank__exact__gives_out_what_is_minted_and_is_the_limit(name: str) -> None:
    limit = expected(name, "converged-cred.json")["participants"]
    scores = compute(instance(name), "credrank", "exact")
    assert isclose(scores.weekly.sum(), scores.total_mint, rel_tol=1e-12)
    ours = scores.by_person()
    assert {ours[person] for person in ours.keys() - limit.keys()} <= {0}
    # The limit was iterated, until no probability changed by 1e-16: that is its own error.
    wrong = {
        person: (ours[person], cred)
        for person, cred in limit.items()
        if not isclose(ours[person], cred, rel_tol=NEAR, abs_tol=1e-12)
    }
    assert wrong == {}


def test_timeline__compatible__is_what_sourcecred_07_published(tmp_path: Path) -> None:
    theirs = expected("kurafire", "upstream-credResult-timeline.json")[1]
    path = tmp_path / "graph.json"
    path.write_text(json.dumps(theirs["weightedGraph"]))
    graph = read_graph(path, "sourcecred/all", "graph.json")
    # Their graph is contracted already: a person is her node.
    people = tuple(
        Person(address.split("\0")[-2], "somebody", address)
        for address in graph.nodes.addresses
        if address.startswith(joined(NODE, IDENTITY))
    )
    number = {person.address: at for at, person in enumerate(people)}
    dependencies = tuple(
        Dependency(
            people[number[each["address"]]].id,
            tuple(Period(one["startTimeMs"], one["weight"]) for one in each["periods"]),
        )
        for each in theirs["dependencyPolicies"]
    )
    scores = compute(
        Instance((graph,), people, dependencies=dependencies), "timeline", "compatible"
    )
    ours = dict(zip(scores.contributions.addresses, scores.nodes.tolist(), strict=True))
    ours |= {person.address: float(scores.cred[number[person.address]]) for person in people}
    order = sorted(ours)
    assert len(people) == 17
    data = theirs["credData"]
    assert len(order) == len(data["nodeSummaries"])
    for address, summary, weekly in zip(
        order, data["nodeSummaries"], data["nodeOverTime"], strict=True
    ):
        assert isclose(ours[address], summary["cred"], rel_tol=NEAR), address
        if address in number:
            row = scores.weekly[number[address]].tolist()
            pairs = zip(row, weekly["cred"], strict=True)
            assert all(isclose(mine, cred, rel_tol=NEAR, abs_tol=NEAR) for mine, cred in pairs)
