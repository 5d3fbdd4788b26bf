# SPDX-License-Identifier: AGPL-3.0-only
"""Cred pinned by hash: a document names the instance, and whoever has it gets the same figures."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from millpond.chain.report import Verdict
from millpond.chain.verify_distribution import Evidence, verify_distribution
from millpond.core.canonical import decode, encode, keccak256
from millpond.core.cred import CredHistory, PersonCred
from millpond.core.cred.model import Instance
from millpond.core.distribution import Distribution, build, check_computed, to_json
from millpond.core.errors import ConfigFileError, DocumentError, VerifyError
from millpond.core.policies import policy_named
from millpond.core.subjects import to_hex
from millpond.core.units import MicroCred
from millpond.core.weeks import weeks_of_month
from millpond.sources.instances import read_instance
from millpond.sources.pins import Pinned, Pins, computed_again, pinned
from tests.core import month
from tests.sourcecred import VECTORS
from tests.sources.graph_files import write

WEEKS = weeks_of_month("2020-02")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of an instance with every kind of setting."""
    return Path(shutil.copytree(VECTORS / "synthetic-2k", tmp_path / "instance"))


def document(found: Pinned) -> Distribution:
    return build(
        chain_id=1337,
        pool=month.POOL,
        distributor=month.DISTRIBUTOR,
        epoch=1,
        history=found.scores.history(WEEKS),
        policy=policy_named("proportional", {}),
        inputs=found.pins.inputs(),
        weights=found.pins.weights,
        signers={},
        signer_cap_bps=2_500,
    )


def test_pins__of_an_instance__list_every_file_that_counts(folder: Path) -> None:
    found = Pins.of(folder, "credrank", "exact")
    graph, identities = decode(found.graph), decode(found.identities)
    assert isinstance(graph, dict)
    assert isinstance(identities, dict)
    files = {
        name: to_hex(keccak256((folder / name).read_bytes()))
        for name in (
            "output/graphs/sourcecred/discord/graph.json",
            "output/graphs/sourcecred/github/graph.json",
            "config/dependencies.json",
            "config/personalAttributions.json",
            "config/pluginBudgets.json",
        )
    }
    assert graph == {
        "files": files, "method": "credrank", "mode": "exact",
        "schema": "millpond/instance", "version": "1",
    }  # fmt: skip
    assert identities["files"] == {
        "data/ledger.json": to_hex(keccak256((folder / "data" / "ledger.json").read_bytes()))
    }
    assert found.weights == (folder / "config" / "weights.json").read_text()
    assert sorted(found.files()) == ["graph.json", "identities.json", "weights.json"]


def test_pins__without_weights_of_its_own__say_so(folder: Path) -> None:
    (folder / "config" / "weights.json").unlink()
    found = Pins.of(folder, "credrank", "exact")
    weights = next(each for each in found.inputs() if each.name == "weights")
    assert (weights.hash, found.weights) == (None, None)
    assert weights.note == "none of its own: those that its sources propose hold"


def test_computed_again__the_same_instance__gives_the_documents_cred(folder: Path) -> None:
    made = document(pinned(folder, "credrank", "exact"))
    again = computed_again(made, folder)
    history = again.scores.history(made.weeks)
    assert history.people == made.people
    files = again.pins.files()
    evidence = Evidence(
        {"graph": files["graph.json"], "identities": files["identities.json"]}, computed=history
    )
    report = verify_distribution(to_json(made), evidence)
    found = {each.name: each.verdict for each in report.steps}
    assert {found[name] for name in ("input graph", "input identities", "scores")} == {Verdict.OK}
    assert report.holds


@pytest.mark.parametrize("mode", ["exact", "compatible"])
@pytest.mark.parametrize("method", ["credrank", "timeline"])
def test_computed_again__by_whatever_method__finds_it_in_the_hash(
    folder: Path, method: str, mode: str
) -> None:
    again = computed_again(document(pinned(folder, method, mode)), folder)
    assert (again.scores.method, again.scores.mode) == (method, mode)


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("output/graphs/sourcecred/github/graph.json", "input graph"),
        ("config/dependencies.json", "input graph"),
        ("config/zeroed.json", "input graph"),
        ("config/weights.json", "input weights"),
        ("data/ledger.json", "input identities"),
        ("data/identities.jsonl", "input identities"),
        ("output/graphs/sourcecred/github/identityProposals.json", "input identities"),
    ],
)
def test_computed_again__a_file_changed_or_added__is_refused_by_its_input(
    folder: Path, name: str, step: str
) -> None:
    made = document(pinned(folder, "credrank", "exact"))
    path = folder / name
    path.write_bytes((path.read_bytes() if path.exists() else b"[]") + b"\n")
    with pytest.raises(VerifyError) as raised:
        computed_again(made, folder)
    assert raised.value.step == step


def test_pinned__files_that_change_meanwhile__are_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reads_while_somebody_writes(directory: Path, *, descriptions: bool) -> Instance:
        found = read_instance(directory, descriptions=descriptions)
        write(folder / "config" / "zeroed.json", [])
        return found

    monkeypatch.setattr("millpond.sources.pins.read_instance", reads_while_somebody_writes)
    with pytest.raises(ConfigFileError, match="changed while cred was computed"):
        pinned(folder, "credrank", "exact")


# --- what a verifier accepts ----------------------------------------------------------------------


def moved(history: CredHistory, by: int) -> CredHistory:
    """The first person's first week, that much more."""
    first, *others = history.people
    weekly = (MicroCred(first.weekly[0] + by), *first.weekly[1:])
    return replace(history, people=(replace(first, weekly=weekly), *others))


@pytest.fixture(scope="module")
def made() -> Distribution:
    """A document built from an instance."""
    return document(pinned(VECTORS / "synthetic-2k", "credrank", "exact"))


@pytest.mark.parametrize("by", [-1, 0, 1])
def test_check_computed__one_unit_beside__is_accepted(made: Distribution, by: int) -> None:
    check_computed(made, moved(CredHistory(made.weeks, made.people), by))


@pytest.mark.parametrize("by", [-2, 2, 1_000_000])
def test_check_computed__more_than_a_unit__is_refused(made: Distribution, by: int) -> None:
    with pytest.raises(DocumentError, match=r"micro-cred in a week for which the instance gives"):
        check_computed(made, moved(CredHistory(made.weeks, made.people), by))


def test_check_computed__somebody_more_or_less__is_refused_unless_hers_is_nothing(
    made: Distribution,
) -> None:
    history = CredHistory(made.weeks, made.people)
    with pytest.raises(DocumentError, match="for which the instance gives 0"):
        check_computed(made, replace(history, people=history.people[1:]))
    last = b"\xff" * 32
    one = tuple(MicroCred(1) for _ in made.weeks)
    extra = PersonCred(type(made.people[0].subject)(last), None, one)
    check_computed(made, replace(history, people=(*history.people, extra)))
    more = replace(extra, weekly=tuple(MicroCred(2) for _ in made.weeks))
    with pytest.raises(DocumentError, match="has 0 micro-cred in a week"):
        check_computed(made, replace(history, people=(*history.people, more)))


def test_check_computed__other_weeks__are_refused(made: Distribution) -> None:
    other = CredHistory(weeks_of_month("2020-03"), ())
    with pytest.raises(DocumentError, match="the weeks are not those of the instance"):
        check_computed(made, other)


def test_pins__json__is_canonical(folder: Path) -> None:
    found = Pins.of(folder, "credrank", "exact")
    assert encode(decode(found.graph)) == found.graph
    assert json.loads(found.identities)["schema"] == "millpond/instance"
