# SPDX-License-Identifier: AGPL-3.0-only
"""From a forum and from GitHub to cred, and two accounts that become one person and two again."""

import json
from pathlib import Path

import pytest

from millpond.core.cred.compute import compute
from millpond.core.cred.scores import Scores
from millpond.core.identity import Log, Merge, Undo, appended
from millpond.core.identity.accounts import discourse_account, github_account
from millpond.sources import discourse, github
from millpond.sources.identities import write_identities
from millpond.sources.instances import read_instance
from millpond.sources.writing import write_found
from tests.sources.discourse_site import DiscourseSite
from tests.sources.github_site import GithubSite
from tests.sources.server import Place, StoppedClock, running


def _forum(folder: Path, site: DiscourseSite, place: Place) -> None:
    path = folder / discourse.CONFIG
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"serverUrl": place.url}))
    found = discourse.fetch(folder, lambda *_: None, StoppedClock().access())
    assert found.people
    assert site.posts
    write_found(folder, found)


def _github(folder: Path, site: GithubSite) -> None:
    path = folder / github.CONFIG
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"repositories": list(site.repos)}))
    with running(site.answer) as place:
        access = StoppedClock().access(Authorization="Bearer x")
        write_found(folder, github.fetch(folder, lambda *_: None, access, api=place.url))


def _scores(folder: Path) -> Scores:
    return compute(read_instance(folder), "credrank", "exact")


def _cred(scores: Scores) -> dict[str, float]:
    """Everybody's cred, by the text whose hash is her subject in a distribution."""
    people = scores.contributions.people
    return {person.identity: float(cred) for person, cred in zip(people, scores.cred, strict=True)}


def test_cred__from_both__mints_likes_pulls_and_reviews_to_accounts_by_number(
    tmp_path: Path,
) -> None:
    forum, site = DiscourseSite(), GithubSite()
    ann, ben = forum.person("ann", 2), forum.person("ben", 3)
    topic = forum.topic(ann, "hello")
    forum.like(ben, forum.post(ann, topic, "good"))
    alice, bob = site.user("alice", 11), site.user("bob", 12)
    repo = site.repo("o/r")
    pull = site.pull(repo, alice, "a fix")
    site.review(pull, bob, "fine")
    site.merge(pull, site.commit(repo, alice))
    site.pull(repo, alice, "not merged: mints nothing")
    with running(forum.answer) as place:
        _forum(tmp_path, forum, place)
        _github(tmp_path, site)
        scores, cred = _scores(tmp_path), _cred(_scores(tmp_path))
        assert scores.total_mint == 4 * 1.25 + 4 + 1
        assert sum(cred.values()) == pytest.approx(scores.total_mint, rel=1e-9)
        names = [f"discourse:{place.url}/{id_}" for id_ in (ann, ben)]
        assert set(cred) == {*names, "github:11", "github:12"}
        assert cred[names[0]] > cred[names[1]] == 0  # to like is no work of one's own
        assert cred["github:11"] > cred["github:12"] > 0

        hers = discourse_account(place.url, ann)
        log = appended(Log(), Merge(github_account(11), hers, "said so"), 1, "maintainer")
        write_identities(tmp_path, log)
        merged = _cred(_scores(tmp_path))
        assert set(merged) == {names[1], "github:11", "github:12"}
        assert merged["github:11"] > max(cred["github:11"], cred[names[0]])

        write_identities(tmp_path, appended(log, Undo(1, "two people"), 2, "maintainer"))
        assert _cred(_scores(tmp_path)) == cred
