# SPDX-License-Identifier: AGPL-3.0-only
"""Sources behind a network in an instance: their settings, and what stays when one fails."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from millpond.core.errors import BadInput, ConfigFileError, SourceDown
from millpond.sources import discourse, github
from millpond.sources.fetching import NewSources, fetch
from millpond.sources.http import Access, Budget
from millpond.sources.online import Online, Told, online, settings
from millpond.sources.writing import Found
from tests.sources.discourse_site import DiscourseSite
from tests.sources.git_repositories import Repo
from tests.sources.github_site import GithubSite
from tests.sources.graph_files import write
from tests.sources.server import CUT, Place, StoppedClock, running

TABLE = "person,weight,time\nriver,3,2024-05-02\n"


@pytest.fixture
def place() -> Iterator[Place]:
    """A forum in which Ann wrote and Ben liked it."""
    site = DiscourseSite()
    ann, ben = site.person("ann", 2), site.person("ben", 2)
    site.topic(ann, "hello", 5)
    site.like(ben, 1)
    with running(site.answer) as started:
        yield started


def _no_access() -> Access:
    raise AssertionError("nobody may be asked")


def _all(tries: int = 2) -> tuple[Online, ...]:
    return online(_no_access, lambda: StoppedClock().access(Budget(tries=tries, timeout=5)), False)


def _files(folder: Path) -> set[str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)) for path in found} - {"cache"}


def test_fetch__a_forum__is_read_and_its_settings_kept(place: Place, tmp_path: Path) -> None:
    new = NewSources(settings=settings(tmp_path, [], place.url))
    [first] = fetch(tmp_path, new, online=_all())
    assert first.plugin == "sourcecred/discourse"
    assert first.people == 2
    assert json.loads((tmp_path / discourse.CONFIG).read_bytes()) == {"serverUrl": place.url}
    assert fetch(tmp_path, NewSources(), online=_all()) == [first]


def test_fetch__the_forum_is_down__nothing_but_the_cache_is_there(
    place: Place, tmp_path: Path
) -> None:
    directory = tmp_path / "i"
    (tmp_path / "table.csv").write_text(TABLE)
    new = NewSources(
        contributions=tmp_path / "table.csv", settings=settings(directory, [], place.url)
    )
    place.faults.extend([CUT] * 10)
    with pytest.raises(SourceDown):
        fetch(directory, new, online=_all())
    assert {name for name in _files(directory) if not name.startswith("cache/")} == set()
    place.faults.clear()
    assert len(fetch(directory, new, online=_all())) == 2


def test_fetch__settings_that_were_there__are_put_back_when_a_run_fails(
    place: Place, tmp_path: Path
) -> None:
    path = write(tmp_path / github.CONFIG, {"repositories": ["a/b"], "x": 1})
    before = path.read_bytes()

    def fails(directory: Path, _: Told) -> Found:
        assert json.loads((directory / github.CONFIG).read_bytes())["repositories"] == [
            "a/b",
            "c/d",
        ]
        raise SourceDown("it is down", "try later")

    broken = [Online(github.PLUGIN, github.CONFIG, fails)]
    with pytest.raises(SourceDown):
        fetch(tmp_path, NewSources(settings=settings(tmp_path, ["c/d"], None)), online=broken)
    assert path.read_bytes() == before
    assert not place.asked


def test_fetch__github_and_a_local_clone__are_one_graph_of_the_same_commits(
    tmp_path: Path,
) -> None:
    """What GitHub says of a commit leads to the commit that the local repository has."""
    site = GithubSite()
    repo = Repo.made(tmp_path / "pond")
    hash_ = repo.commit("Dig")
    remote = site.repo("octo/pond")
    made = site.commit(remote, site.user("ada", 7))
    made["oid"] = hash_
    with running(site.answer) as place:
        directory = tmp_path / "i"
        write(directory / github.CONFIG, {"repositories": ["octo/pond"]})
        access = StoppedClock().access(Budget(tries=2, timeout=5), Authorization="Bearer x")
        found = github.fetch(directory, lambda *_: None, access, api=place.url)
    ends = {edge.target for edge in found.edges} | {edge.source for edge in found.edges}
    assert f"N\0millpond\0git\0COMMIT\0{hash_}\0" in ends


@pytest.mark.parametrize(
    ("before", "named", "after"),
    [
        (None, ["B/b", "a/a"], {"repositories": ["a/a", "B/b"]}),
        ({"repositories": ["a/a"], "x": 1}, ["A/A"], {"repositories": ["a/a"], "x": 1}),
        ({"repositories": []}, ["a/a"], {"repositories": ["a/a"]}),
    ],
)
def test_settings__repositories__come_to_those_that_are_there(
    tmp_path: Path, before: object, named: list[str], after: object
) -> None:
    if before is not None:
        write(tmp_path / github.CONFIG, before)
    found = settings(tmp_path, named, None)
    assert json.loads(found[github.CONFIG]) == after


def test_settings__another_forum__is_refused(tmp_path: Path) -> None:
    write(tmp_path / discourse.CONFIG, {"serverUrl": "https://a.example", "weights": {}})
    with pytest.raises(BadInput, match=r"counts the forum https://a\.example already"):
        settings(tmp_path, [], "https://b.example")
    found = settings(tmp_path, [], "https://a.example")
    assert json.loads(found[discourse.CONFIG])["weights"] == {}


@pytest.mark.parametrize("text", ["[]", "{", '{"repositories": "a/b"}', '{"repositories": [1]}'])
def test_settings__a_file_that_is_none__is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / github.CONFIG
    path.parent.mkdir(parents=True)
    path.write_text(text)
    with pytest.raises(ConfigFileError, match=r"github/config\.json"):
        settings(tmp_path, ["a/b"], None)
