# SPDX-License-Identifier: AGPL-3.0-only
"""What a history means as a graph: who gets how much of what, and by which merge it came in."""

from pathlib import Path

import pytest

from millpond.core.cred.addresses import shown
from millpond.core.cred.compute import compute
from millpond.sources.git.command import Repository
from millpond.sources.git.graph import Read, brought_in, found_in
from millpond.sources.git.history import History, read_history
from millpond.sources.instances import read_instance
from millpond.sources.writing import Found, write_found
from tests.sources.git_repositories import ADA, BOB, CYD, Repo


def _history(repo: Repo) -> History:
    return read_history(Repository(repo.folder, "pond"), "HEAD", lambda _done, _whole: None)


def _cred(folder: Path, found: Found) -> dict[str, float]:
    write_found(folder, found)
    scores = compute(read_instance(folder))
    return {person.name: cred for person, cred in zip(
        scores.contributions.people, scores.cred.tolist(), strict=True)}  # fmt: skip


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo.made(tmp_path / "pond")


@pytest.fixture
def merged(repo: Repo) -> Repo:
    """Bob digs beside the main line, and a branch of his branch; Cyd merges it."""
    repo.commit("Begin", ADA, 0)
    repo.git("checkout", "--quiet", "-b", "dig")
    repo.commit("Dig", BOB, 1)
    repo.git("checkout", "--quiet", "-b", "deeper")
    repo.commit("Dig deeper", BOB, 2)
    repo.git("checkout", "--quiet", "dig")
    repo.merge("deeper", BOB, 3)
    repo.git("checkout", "--quiet", "main")
    repo.commit("Meanwhile", ADA, 4)
    repo.merge("dig", CYD, 5)
    repo.commit("End", ADA, 6)
    return repo


def test_brought_in__each_commit_beside_the_main_line__by_the_merge_of_the_main_line(
    merged: Repo,
) -> None:
    pairs = {(merge.subject, commit.subject) for merge, commit in brought_in(_history(merged))}
    assert pairs == {
        ("Merge dig", "Dig"),
        ("Merge dig", "Dig deeper"),
        ("Merge dig", "Merge deeper"),
    }


def test_brought_in__merged_twice__counts_for_the_first(merged: Repo) -> None:
    merged.git("checkout", "--quiet", "dig")
    merged.commit("Dig on", BOB, 7)
    merged.git("checkout", "--quiet", "main")
    merged.merge("dig", ADA, 8)
    last = merged.head()
    pairs = {commit.subject: merge.hash for merge, commit in brought_in(_history(merged))}
    assert sorted(pairs) == ["Dig", "Dig deeper", "Dig on", "Merge deeper"]
    assert {subject for subject, merge in pairs.items() if merge == last} == {"Dig on"}


def test_found_in__a_repository__has_a_node_for_each_commit_and_ties_to_all_who_had_part(
    merged: Repo,
) -> None:
    merged.commit(
        "Fill\n\nReviewed-by: Bob <bob@pond.example>\nHelped-by: Cyd <c@x.example>", ADA, 7
    )
    found = found_in([Read("pond", _history(merged))])
    kinds = sorted(shown(node.address).split("/")[3] for node in found.nodes)
    assert kinds == ["COMMIT"] * 6 + ["MERGE"] * 2
    ties = sorted(shown(edge.address).split("/")[3] for edge in found.edges)
    assert ties == ["AUTHOR"] * 8 + ["BRINGS"] * 3 + ["HELPER", "REVIEWER"]
    assert {person.name for person in found.people} == {"Ada", "Bob", "Cyd"}
    assert len(found.people) == 4


def test_cred__a_merge__mints_nothing_and_pays_who_merged_a_little(
    merged: Repo, tmp_path: Path
) -> None:
    cred = _cred(tmp_path / "instance", found_in([Read("pond", _history(merged))]))
    assert sum(cred.values()) == pytest.approx(5, rel=1e-9)  # five commits that are no merges
    assert 0.05 < cred["Cyd"] < 0.3
    assert cred["Ada"] == pytest.approx(3, abs=0.2)


def test_cred__co_authors__get_alike_and_a_reviewer_less(repo: Repo, tmp_path: Path) -> None:
    repo.commit(
        "Dig\n\nCo-authored-by: Bob <bob@pond.example>\nReviewed-by: Cyd <cyd@pond.example>\n"
    )
    cred = _cred(tmp_path / "instance", found_in([Read("pond", _history(repo))]))
    assert cred["Ada"] == pytest.approx(cred["Bob"], rel=1e-9)
    assert cred["Cyd"] == pytest.approx(cred["Ada"] / 4, rel=1e-9)


def test_found_in__a_fork_beside_the_first__counts_their_common_commits_once(
    merged: Repo, tmp_path: Path
) -> None:
    fork = tmp_path / "fork"
    merged.git("clone", "--quiet", str(merged.folder), str(fork))
    other = Repo(fork)
    other.commit("On our own", CYD, 9)
    reads = [Read("pond", _history(merged)), Read("fork", _history(other))]
    found, alone = found_in(reads), found_in(reads[:1])
    assert len(found.nodes) == len(alone.nodes) + 1
    assert found == found_in(reads[::-1])


def test_found_in__programs__are_marked_as_such(repo: Repo) -> None:
    repo.commit("Bump", "helper[bot] <1+helper[bot]@users.example>")
    [person] = found_in([Read("pond", _history(repo))]).people
    assert person.kind == "BOT"
