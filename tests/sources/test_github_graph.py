# SPDX-License-Identifier: AGPL-3.0-only
"""What is an edge on GitHub, and what texts refer to."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from millpond.core.cred.addresses import shown
from millpond.sources import github
from millpond.sources.github.references import References, references
from millpond.sources.writing import Found
from tests.sources.github_site import GithubSite, Thing
from tests.sources.server import StoppedClock, running

PEOPLE = {"alice": 11, "bob": 12}


def _found(tmp_path: Path, write: Callable[[GithubSite], object]) -> Found:
    """The graph of a repository in which somebody wrote."""
    site = GithubSite()
    for login, number in PEOPLE.items():
        site.user(login, number)
    site.repo("o/r")
    write(site)
    config = tmp_path / github.CONFIG
    config.parent.mkdir(parents=True)
    config.write_text(json.dumps({"repositories": ["o/r"]}))
    with running(site.answer) as place:
        access = StoppedClock().access(Authorization="Bearer x")
        return github.fetch(tmp_path, lambda *_: None, access, api=place.url)


def _edges(found: Found) -> set[str]:
    """Each edge as "KIND: source -> target", without what all addresses begin with."""
    return {
        f"{edge.address.split(chr(0))[3]}: {_short(edge.source)} -> {_short(edge.target)}"
        for edge in found.edges
    }


def _short(address: str) -> str:
    return shown(address).removeprefix("N/sourcecred/github/").replace("/o/r", "")


def _pull(site: GithubSite) -> None:
    alice, bob = site.users["alice"], site.users["bob"]
    repo = site.repos["o/r"]
    issue = site.issue(repo, alice, "a bug")
    pull = site.pull(repo, bob, "a fix", "fixes #1, Paired with @alice")
    review = site.review(pull, alice, "as @bob says")
    comment = site.comment(review, bob, f"see {issue['url']}")
    site.react(comment, alice, "HEART")
    site.react(comment, alice, "THUMBS_DOWN")
    site.react(issue, None, "HEART")
    commit = site.commit(repo, bob, message="a fix (#2)\n\n`#1` and\n```\n#1\n```\n")
    site.merge(pull, commit)
    site.pull(repo, None, "not merged")


def test_graph__a_pull_request_with_all_that_hangs_on_it__has_these_edges(tmp_path: Path) -> None:
    found = _found(tmp_path, _pull)
    commit = f"COMMIT/{10:040x}"
    review, comment = "REVIEW/2/3", "COMMENT/REVIEW/2/3/5"
    assert _edges(found) == {
        "AUTHORS: USERLIKE/ID/11 -> ISSUE/1",
        "AUTHORS: USERLIKE/ID/12 -> PULL/2",
        "AUTHORS: USERLIKE/ID/11 -> PULL/2",
        f"AUTHORS: USERLIKE/ID/11 -> {review}",
        f"AUTHORS: USERLIKE/ID/12 -> {comment}",
        f"AUTHORS: USERLIKE/ID/12 -> {commit}",
        "HAS_PARENT: ISSUE/1 -> REPO",
        "HAS_PARENT: PULL/2 -> REPO",
        "HAS_PARENT: PULL/3 -> REPO",
        f"HAS_PARENT: {review} -> PULL/2",
        f"HAS_PARENT: {comment} -> {review}",
        f"MERGED_AS: PULL/2 -> {commit}",
        "REFERENCES: PULL/2 -> ISSUE/1",
        f"REFERENCES: {review} -> USERLIKE/ID/12",
        f"REFERENCES: {comment} -> ISSUE/1",
        f"REFERENCES: {commit} -> PULL/2",
        f"REACTS: USERLIKE/ID/11 -> {comment}",
        f"CORRESPONDS_TO_COMMIT: {commit} -> N/millpond/git/{commit}",
    }


def test_graph__weights__are_those_of_sourcecred(tmp_path: Path) -> None:
    weights = _found(tmp_path, _pull).weights
    assert {shown(prefix): weight for prefix, weight in weights.nodes.items()} == {
        **{f"N/sourcecred/github/{kind}": 0 for kind in ("REPO", "ISSUE", "COMMENT", "COMMIT")},
        "N/sourcecred/github/PULL": 4,
        "N/sourcecred/github/REVIEW": 1,
        "N/sourcecred/github/USERLIKE": 0,
        "N/sourcecred/github/PULL/o/r/3": 0,
    }
    assert {shown(prefix)[20:]: weight for prefix, weight in weights.edges.items()} == {
        "AUTHORS": (0.5, 1),
        "HAS_PARENT": (1, 0.25),
        "MERGED_AS": (0.5, 1),
        "REFERENCES": (1, 0),
        "REACTS/HEART": (2, 0),
        "REACTS/THUMBS_UP": (1, 0),
        "REACTS/HOORAY": (4, 0),
        "REACTS/ROCKET": (1, 0),
        "CORRESPONDS_TO_COMMIT": (1, 1),
    }


def test_graph__a_merge_commit__corresponds_to_one_of_git(tmp_path: Path) -> None:
    def merge(site: GithubSite) -> None:
        commit: Thing = site.commit(site.repos["o/r"], site.users["bob"])
        commit["parents"].things = [{}, {}]

    edges = _edges(_found(tmp_path, merge))
    assert f"CORRESPONDS_TO_COMMIT: COMMIT/{1:040x} -> N/millpond/git/MERGE/{1:040x}" in edges


def test_graph__a_commit_of_an_impossible_time__is_dated_by_its_committer(tmp_path: Path) -> None:
    def early(site: GithubSite) -> None:
        commit = site.commit(site.repos["o/r"], site.users["bob"])
        commit["authoredDate"] = "1970-01-01T00:00:00Z"

    found = _found(tmp_path, early)
    (time_ms,) = (node.time_ms for node in found.nodes if "\0COMMIT\0" in node.address)
    assert time_ms == 1_609_462_800_000  # 2021-01-01T01:00:00Z


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", References()),
        ("#12, see #3.", References(numbers=(("", "12"), ("", "3")))),
        ("A/b#12", References(numbers=(("a/b", "12"),))),
        ("x#12 &#12; #012 #x1 #1x a/b/c#4", References()),
        ("@Alice, @bob-c: me@bob.example @-x", References(logins=("alice", "bob-c"))),
        ("paired with @alice and @bob", References(paired=("alice",), logins=("bob",))),
        ("`#1` ``a ` #2`` #3", References(numbers=(("", "3"),))),
        ("```\n#1\n```\n#2\n~~~\n#3", References(numbers=(("", "2"),))),
        (
            "https://github.com/O/R/issues/4#issuecomment-5 (https://github.com/o/r/pull/6).",
            References(addresses=("o/r/pull/4#issuecomment-5", "o/r/pull/6")),
        ),
        ("https://github.com/alice", References(addresses=("alice",))),
        (f"as {'a' * 40} and {'b' * 41}", References(hashes=("a" * 40,))),
    ],
)
def test_references__a_text__refers_to(text: str, expected: References) -> None:
    assert references(text) == expected


def test_references__a_hostile_text__takes_no_long_time() -> None:
    for piece in ("`", "```\n", "@a-", "#", "a/", "https://github.com/", "paired with "):
        assert isinstance(references(piece * 20_000), References)
