# SPDX-License-Identifier: AGPL-3.0-only
"""What is read from real repositories: who had part in what, and that nothing else has a say."""

import os
import subprocess
from pathlib import Path

import pytest

from millpond.core.errors import RepositoryError
from millpond.sources.git.command import Repository
from millpond.sources.git.history import (
    AUTHOR,
    CO_AUTHOR,
    HELPER,
    REVIEWER,
    History,
    read_history,
)
from tests.sources.git_repositories import BOB, CYD, DAY, MAY_1, Repo


def _read(folder: Path, revision: str = "HEAD", mailmap: Path | None = None) -> History:
    return read_history(Repository(folder, "pond", mailmap), revision, lambda _done, _whole: None)


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo.made(tmp_path / "pond")


def test_history__a_commit__has_its_author_time_and_subject(repo: Repo) -> None:
    made = repo.commit("Dig a pond\n\nIt is deep.", BOB, 3)
    found = _read(repo.folder)
    assert found.head == made
    commit = found.commits[made]
    assert commit.people == {"bob@pond.example": AUTHOR}
    assert (commit.subject, commit.time_ms) == ("Dig a pond", (MAY_1 + 3 * DAY) * 1000)
    assert found.names == {"bob@pond.example": "Bob"}


def test_history__trailers__name_co_authors_reviewers_and_helpers(repo: Repo) -> None:
    repo.commit(
        "Dig\n\nBy hand.\n\nCo-authored-by: Bob <bob@pond.example>\n"
        "REVIEWED-BY: Cyd <cyd@pond.example>\nReported-by: Dot <dot@pond.example>\n"
        "Signed-off-by: Eve <eve@pond.example>\nReviewed-by: nobody at all\n"
    )
    [commit] = _read(repo.folder).commits.values()
    assert commit.people == {
        "ada@pond.example": AUTHOR,
        "bob@pond.example": CO_AUTHOR,
        "cyd@pond.example": REVIEWER,
        "dot@pond.example": HELPER,
    }


def test_history__what_looks_like_a_trailer_in_the_text__names_nobody(repo: Repo) -> None:
    repo.commit("Dig\n\nReviewed-by: Bob <bob@pond.example> said it was deep.\nIt is.\n\nDone.\n")
    [commit] = _read(repo.folder).commits.values()
    assert commit.people == {"ada@pond.example": AUTHOR}


def test_history__somebody_in_two_parts__has_the_one_that_counts_most(repo: Repo) -> None:
    repo.commit(
        "Dig\n\nReviewed-by: Ada <ADA@pond.example>\nReviewed-by: Bob <bob@pond.example>\n"
        "Co-authored-by: Bob <bob@pond.example>\n"
    )
    [commit] = _read(repo.folder).commits.values()
    assert commit.people == {"ada@pond.example": AUTHOR, "bob@pond.example": CO_AUTHOR}


def test_history__mailmap_of_the_commit__maps_authors_and_trailers(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that lies about in the folder in which the command is run has no say."""
    monkeypatch.chdir(repo.folder)
    repo.git("config", "core.worktree", str(repo.folder))
    old = "Cyd <cyd@old.example>"
    repo.commit("Dig\n\nReviewed-by: cyd <CYD@old.example>\n", old, 0)
    repo.commit("Fill\n\nReviewed-by: cyd <CYD@old.example>\n", BOB, 1)
    repo.write(".mailmap", "Cyd of the Pond <cyd@pond.example> <cyd@old.example>\n", day=2)
    (repo.folder / ".mailmap").write_text("Eve <eve@pond.example> <bob@pond.example>\n")
    found = _read(repo.folder)
    people = {commit.subject: commit.people for commit in found.commits.values()}
    assert people["Dig"] == {"cyd@pond.example": AUTHOR}
    assert people["Fill"] == {"bob@pond.example": AUTHOR, "cyd@pond.example": REVIEWER}
    assert found.names["cyd@pond.example"] == "Cyd of the Pond"


def test_history__mailmap_of_the_instance__has_the_last_word(repo: Repo, tmp_path: Path) -> None:
    repo.write(".mailmap", "Bob <bob@pond.example> <ada@pond.example>\n")
    own = tmp_path / "mailmap"
    own.write_text("Cyd <cyd@pond.example> <ada@pond.example>\n")
    [commit] = _read(repo.folder, mailmap=own).commits.values()
    assert commit.people == {"cyd@pond.example": AUTHOR}


def test_history__the_name_used_most__is_the_persons(repo: Repo) -> None:
    for number, name in enumerate(("ada", "Ada L", "Ada L", "Zoe", "Zoe")):
        repo.commit(f"Dig {number}", f"{name} <ada@pond.example>", number)
    assert _read(repo.folder).names == {"ada@pond.example": "Ada L"}


def test_history__a_revision__ends_there(repo: Repo) -> None:
    first = repo.commit("One")
    repo.git("tag", "v1")
    repo.commit("Two", day=1)
    assert set(_read(repo.folder, "v1").commits) == {first}
    assert len(_read(repo.folder).commits) == 2


def test_history__a_declared_encoding__is_read(repo: Repo) -> None:
    repo.git("config", "i18n.commitEncoding", "ISO-8859-1")
    name = os.fsdecode("Ren\u00e9".encode("latin-1"))
    env = {**repo.by("R <rene@pond.example>", 0), "GIT_AUTHOR_NAME": name}
    text = "Gr\u00f6\u00dfer\n\nCo-authored-by: J\u00fcrg <juerg@pond.example>\n"
    repo.git(
        *("commit", "--allow-empty", "--quiet", "-F", "-"), env=env, sent=text.encode("latin-1")
    )
    found = _read(repo.folder)
    assert [commit.subject for commit in found.commits.values()] == ["Gr\u00f6\u00dfer"]
    assert set(found.names.values()) == {"Ren\u00e9", "J\u00fcrg"}


def test_history__broken_commits__are_read_with_what_can_be_read(repo: Repo) -> None:
    second = str(MAY_1).encode()
    base = repo.raw(
        b"Broken \xff\xfe bytes\n",
        b"author \xff\xfe <ODD@pond.example> " + second + b" +0000",
        b"committer C <c@pond.example> " + second + b" +0000",
        b"encoding no-such-encoding",
    )
    repo.raw(
        b"No mail, and no time\n",
        b"parent " + base.encode(),
        b"author Somebody <> 99999999999999999999 +0000",
        b"committer C <c@pond.example> " + second + b" +0000",
    )
    lost = "\N{REPLACEMENT CHARACTER}"
    found = {commit.subject: commit for commit in _read(repo.folder).commits.values()}
    assert set(found) == {f"Broken {2 * lost} bytes", "No mail, and no time"}
    assert found[f"Broken {2 * lost} bytes"].people == {"odd@pond.example": AUTHOR}
    assert found["No mail, and no time"].people == {"somebody": AUTHOR}
    assert found["No mail, and no time"].time_ms == MAY_1 * 1000


def test_history__letters_that_steer_a_terminal__are_taken_out(repo: Repo) -> None:
    repo.commit("Dig \x1b[31mred\x07\n\nCo-authored-by: B\x1b[2Job <bob@pond.example>\n")
    found = _read(repo.folder)
    [commit] = found.commits.values()
    assert commit.subject == "Dig [31mred"
    assert found.names["bob@pond.example"] == "B [2Job"


@pytest.mark.parametrize(
    ("written", "committed", "counted"),
    [
        (-19_000, 1, 1),
        (9_000, 2, 2),
        (9_000, 9_000, 5),
        (2, 4, 2),
    ],
)
def test_history__a_clock_that_was_wrong__does_not_stretch_the_weeks(
    repo: Repo, written: float, committed: float, counted: float
) -> None:
    env = repo.by(BOB, written, committed)
    repo.git("commit", "--allow-empty", "--quiet", "-m", "Odd", env=env)
    repo.commit("Last", day=5)
    times = {commit.subject: commit.time_ms for commit in _read(repo.folder).commits.values()}
    assert times["Odd"] == (MAY_1 + round(counted * DAY)) * 1000


def test_history__a_bare_one_and_a_linked_one__read_like_the_first(
    repo: Repo, tmp_path: Path
) -> None:
    repo.commit("One")
    repo.git("clone", "--quiet", "--bare", str(repo.folder), str(tmp_path / "bare.git"))
    repo.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    assert _read(repo.folder) == _read(tmp_path / "bare.git") == _read(tmp_path / "linked")


def test_history__a_shallow_clone__is_refused(repo: Repo, tmp_path: Path) -> None:
    repo.commit("One")
    repo.commit("Two", day=1)
    away = tmp_path / "shallow"
    repo.git("clone", "--quiet", "--depth=1", f"file://{repo.folder}", str(away))
    with pytest.raises(RepositoryError, match=r"shallow clone(?s:.*)--unshallow"):
        _read(away)


@pytest.mark.parametrize("revision", ["HEAD", "gone", "--all", "v1:README"])
def test_history__no_such_commit__is_refused(repo: Repo, revision: str) -> None:
    with pytest.raises(RepositoryError, match="has no commit"):
        _read(repo.folder, revision)


def test_repository__a_folder_that_is_none__is_refused(tmp_path: Path) -> None:
    with pytest.raises(RepositoryError, match="no git repository"):
        Repository(tmp_path, "pond")


def test_history__a_corrupt_object__is_an_error_and_not_half_a_history(repo: Repo) -> None:
    first = repo.commit("One")
    repo.commit("Two", day=1)
    broken = repo.folder / ".git" / "objects" / first[:2] / first[2:]
    broken.chmod(0o644)
    broken.write_bytes(b"not what it was")
    with pytest.raises(RepositoryError, match=r"failed(?s:.*)git fsck"):
        _read(repo.folder)


def test_history__settings_of_the_user_and_the_repository__have_no_say(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repository can ask for programs to be run, and a user for another history."""
    repo.commit("One\n\nReviewed-by: Bob <bob@pond.example>\n")
    two = repo.commit("Two", CYD, 1)
    second = str(MAY_1 + 2 * DAY).encode()
    repo.raw(  # signed: who asks git to show signatures runs the program that checks them
        b"Three\n",
        b"parent " + two.encode(),
        b"author Bob <bob@pond.example> " + second + b" +0000",
        b"committer Bob <bob@pond.example> " + second + b" +0000",
        b"gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ==\n -----END PGP SIGNATURE-----",
    )
    before = _read(repo.folder)
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "core.alternateRefsCommand", "gpg.program"):
        repo.git("config", key, str(trap))
    for key, value in (
        ("log.showSignature", "true"),
        ("log.mailmap", "false"),
        ("trailer.separators", "="),
        ("mailmap.file", str(tmp_path / "mailmap")),
        ("i18n.logOutputEncoding", "UTF-16"),
        ("core.hooksPath", str(tmp_path)),
    ):
        repo.git("config", key, value)
    (tmp_path / "mailmap").write_text("Eve <eve@pond.example> <cyd@pond.example>\n")
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(
        f"[mailmap]\nfile = {tmp_path}/mailmap\n[log]\nfollow = true\n"
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_DIR", str(tmp_path))
    monkeypatch.setenv("GIT_PAGER", str(trap))
    assert _read(repo.folder) == before
    assert not (tmp_path / "sprung").exists()


def test_history__replaced_and_grafted_commits__are_as_they_were_made(repo: Repo) -> None:
    first, second = repo.commit("One"), repo.commit("Two", day=1)
    before = _read(repo.folder)
    repo.git("replace", "--graft", second)
    (repo.folder / ".git" / "info").mkdir(exist_ok=True)
    (repo.folder / ".git" / "info" / "grafts").write_text(f"{second}\n")
    seen = subprocess.run(  # what git alone makes of it
        ["git", "rev-list", "--count", "HEAD"],  # noqa: S607
        cwd=repo.folder, capture_output=True, check=True,
    )  # fmt: skip
    assert seen.stdout.strip() == b"1"
    assert _read(repo.folder) == before
    assert first in before.commits
