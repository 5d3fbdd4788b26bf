# SPDX-License-Identifier: AGPL-3.0-only
"""An instance is made, and brought up to date, from all its sources at once or not at all."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from millpond.core.errors import BadInput, ConfigFileError, ContributionsFileError, RepositoryError
from millpond.sources.fetching import Fetched, NewSources, fetch
from millpond.sources.git.config import CONFIG, counted, together
from millpond.sources.online import Told
from tests.sources.git_repositories import ADA, BOB, Repo
from tests.sources.graph_files import graph_json, write

TABLE = "person,weight,time\nriver,3,2024-05-02\n"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo.made(tmp_path / "pond")
    made.commit("One", ADA, 0)
    return made


@pytest.fixture
def new(repo: Repo, tmp_path: Path) -> NewSources:
    """One source of each kind."""
    (tmp_path / "table.csv").write_text(TABLE)
    write(tmp_path / "garden" / "graph.json", graph_json())
    return NewSources(
        repositories=[counted(tmp_path / "instance", repo.folder, None, "HEAD")],
        contributions=tmp_path / "table.csv",
        external={"garden": tmp_path / "garden"},
    )


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def _by_plugin(found: list[Fetched]) -> dict[str, Fetched]:
    return {each.plugin: each for each in found}


def test_fetch__all_kinds__make_an_instance(tmp_path: Path, repo: Repo, new: NewSources) -> None:
    found = _by_plugin(fetch(tmp_path / "instance", new))
    counts = {plugin: (each.contributions, each.people) for plugin, each in found.items()}
    assert counts == {
        "millpond/git": (1, 1),
        "millpond/contributions": (1, 1),
        "external/garden": (3, 0),
    }
    assert found["millpond/git"].ends == {"pond": repo.head()}
    assert set(_files(tmp_path / "instance")) == {
        *("sourcecred.json", "contributions.csv", "config/plugins/external/garden/graph.json"),
        "config/plugins/millpond/git/config.json",
        *(f"output/graphs/{plugin}/{name}" for plugin in counts for name in (
            "graph.json", "identityProposals.json")),
    }  # fmt: skip


def test_fetch__again__changes_no_byte(tmp_path: Path, new: NewSources) -> None:
    first = fetch(tmp_path / "instance", new)
    before = _files(tmp_path / "instance")
    assert fetch(tmp_path / "instance", NewSources()) == first
    assert fetch(tmp_path / "instance", new) == first
    assert _files(tmp_path / "instance") == before


def test_fetch__new_work__is_there_after_the_next_run(
    tmp_path: Path, repo: Repo, new: NewSources
) -> None:
    first = _by_plugin(fetch(tmp_path / "instance", new))
    repo.commit("Two", BOB, 1)
    second = _by_plugin(fetch(tmp_path / "instance", NewSources()))
    assert second["millpond/git"].contributions == 2
    assert second["millpond/git"].sha256 != first["millpond/git"].sha256
    assert second["external/garden"] == first["external/garden"]


def test_fetch__the_instance_and_the_repository_moved_together__reads_the_same(
    tmp_path: Path, new: NewSources
) -> None:
    before = _by_plugin(fetch(tmp_path / "instance", new))
    away = tmp_path / "away"
    away.mkdir()
    for name in ("instance", "pond"):
        (tmp_path / name).rename(away / name)
    assert _by_plugin(fetch(away / "instance", NewSources())) == before


def test_fetch__one_source_fails__nothing_is_written(
    tmp_path: Path, repo: Repo, new: NewSources
) -> None:
    fetch(tmp_path / "instance", new)
    before = _files(tmp_path / "instance")
    repo.commit("Two", BOB, 1)
    (tmp_path / "table.csv").write_text(TABLE + "river,much,2024-05-02\n")
    with pytest.raises(ContributionsFileError, match="line 3"):
        fetch(tmp_path / "instance", new)
    assert _files(tmp_path / "instance") == before


def test_fetch__a_new_repository_that_is_none__is_not_written_down(tmp_path: Path) -> None:
    nowhere = [counted(tmp_path / "instance", tmp_path / "nowhere", None, "HEAD")]
    with pytest.raises(RepositoryError, match="no git repository"):
        fetch(tmp_path / "instance", NewSources(nowhere))
    assert not (tmp_path / "instance").exists()


def test_fetch__progress__hears_each_source(tmp_path: Path, new: NewSources) -> None:
    heard: list[str] = []

    @contextmanager
    def progress(what: str) -> Iterator[Told]:
        yield lambda done, whole: heard.append(f"{what} {done}/{whole}")
        heard.append(f"{what} done")

    fetch(tmp_path / "instance", new, progress)
    assert heard == [
        *("reading millpond/git 1/1", "reading millpond/git done"),
        *("reading millpond/contributions done", "reading external/garden done"),
    ]


def test_fetch__own_mailmap_of_the_instance__makes_one_person_of_two(
    tmp_path: Path, repo: Repo, new: NewSources
) -> None:
    repo.commit("Two", "Ada <ada@old.example>", 1)
    two = _by_plugin(fetch(tmp_path / "instance", new))["millpond/git"]
    mailmap = tmp_path / "instance" / CONFIG.parent / "mailmap"
    mailmap.write_text("Ada <ada@pond.example> <ada@old.example>\n")
    one = _by_plugin(fetch(tmp_path / "instance", NewSources()))["millpond/git"]
    assert (two.people, one.people) == (2, 1)


def test_fetch__nothing_to_count__is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="counts nothing yet"):
        fetch(tmp_path / "instance", NewSources())


def test_fetch__somebodys_folder__is_left_alone(tmp_path: Path, new: NewSources) -> None:
    with pytest.raises(BadInput, match="is no instance"):
        fetch(tmp_path, new)
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match="is no directory"):
        fetch(tmp_path / "file", new)


def test_fetch__an_external_name_that_leads_elsewhere__is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot name a source"):
        fetch(tmp_path / "instance", NewSources(external={"../x": tmp_path / "garden"}))


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"repositories": [{"name": "a"}]},
        {"repositories": [{"name": "a", "path": "x", "more": 1}]},
        {"repositories": [{"name": "a", "path": "x"}, {"name": "a", "path": "y"}]},
        {"repositories": [{"name": "../a", "path": "x"}]},
    ],
)
def test_fetch__a_config_that_is_none__is_refused(tmp_path: Path, value: object) -> None:
    (tmp_path / CONFIG).parent.mkdir(parents=True)
    (tmp_path / CONFIG).write_text(json.dumps(value))
    with pytest.raises(ConfigFileError, match="millpond/git/config"):
        fetch(tmp_path, NewSources())


def test_together__a_name_for_two_repositories__is_refused(tmp_path: Path) -> None:
    one = counted(tmp_path, tmp_path / "one" / "pond.git", None, "HEAD")
    other = counted(tmp_path, tmp_path / "other" / "pond", None, "HEAD")
    assert one.name == other.name == "pond"
    with pytest.raises(BadInput, match=r"is the repository one/pond\.git already"):
        together([one], [other])
    later = counted(tmp_path, tmp_path / "one" / "pond.git", None, "v2")
    assert together([one], [later]) == (later,)


def test_counted__a_folder_without_a_usable_name__asks_for_one(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="NAME=PATH"):
        counted(tmp_path, tmp_path / "\u6c60", None, "HEAD")
    assert counted(tmp_path, tmp_path / "\u6c60", "pond", "HEAD").name == "pond"
