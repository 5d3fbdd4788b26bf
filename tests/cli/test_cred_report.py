# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond cred fetch`, `report`, `compare` and `explain`, as people run them."""

import json
import re
import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from millpond.sources.whole import json_bytes
from tests.cli.conftest import Ran
from tests.sourcecred import VECTORS
from tests.sources.discourse_site import DiscourseSite
from tests.sources.git_repositories import ADA, BOB, CYD, Repo
from tests.sources.server import running
from tests.web.html import Element, parsed
from tests.web.test_style import DARK, LIGHT, _contrast, _tokens

Run = Callable[..., Ran]
REAL = VECTORS / "superbenefit"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Ada begins, Bob digs beside her, Cyd merges and reviews."""
    made = Repo.made(tmp_path / "pond")
    made.commit("Begin", ADA, 0)
    made.git("checkout", "--quiet", "-b", "dig")
    made.commit("Dig\n\nReviewed-by: Cyd <cyd@pond.example>\n", BOB, 8)
    made.git("checkout", "--quiet", "main")
    made.merge("dig", CYD, 9)
    made.commit("End <b>bold</b>", ADA, 15)
    return made


@pytest.fixture
def instance(tmp_path: Path, repo: Repo, millpond: Run) -> Path:
    """The instance of that repository."""
    assert millpond("cred", "fetch", tmp_path / "instance", "--git", repo.folder).status == 0
    return tmp_path / "instance"


def _weights(path: Path, **nodes: float) -> Path:
    prefixes = {f"N\0millpond\0git\0{kind}\0": weight for kind, weight in nodes.items()}
    header = {"type": "sourcecred/weights", "version": "0.2.0"}
    path.write_bytes(json_bytes([header, {"nodeWeights": prefixes, "edgeWeights": {}}]))
    return path


# --- fetch ----------------------------------------------------------------------------------------


def test_fetch__a_repository__says_what_it_found(millpond: Run, repo: Repo, tmp_path: Path) -> None:
    ran = millpond("cred", "fetch", tmp_path / "i", "--git", f"garden={repo.folder}", "--json")
    assert ran.status == 0
    [source] = ran.json["sources"]
    assert (source["plugin"], source["contributions"], source["people"]) == ("millpond/git", 4, 3)
    assert source["ends"] == {"garden": repo.head()}
    again = millpond("cred", "fetch", tmp_path / "i")
    assert again.status == 0
    assert source["sha256"][:12] in again.out
    assert "4 contributions, 6 ties, 3 accounts" in again.out


def test_fetch__nothing_named__says_what_to_name(millpond: Run, tmp_path: Path) -> None:
    ran = millpond("cred", "fetch", tmp_path / "i")
    assert ran.status == 3
    assert "Next: name a source: --git" in ran.err
    assert not (tmp_path / "i").exists()
    ran = millpond("cred", "fetch", tmp_path / "i", "--external", "folder", "--json")
    assert (ran.status, ran.json["error"]) == (3, "BadInput")


def test_fetch__a_path_with_an_equals_sign__is_a_path(
    millpond: Run, repo: Repo, tmp_path: Path
) -> None:
    odd = tmp_path / "a=b"
    repo.git("clone", "--quiet", str(repo.folder), str(odd))
    assert millpond("cred", "fetch", tmp_path / "i", "--git", odd).status == 0


# --- report ---------------------------------------------------------------------------------------


def test_report__one_command__from_a_repository_to_a_page(
    millpond: Run, repo: Repo, tmp_path: Path
) -> None:
    page = tmp_path / "report.html"
    ran = millpond("cred", "report", tmp_path / "i", "--git", repo.folder, "--html", page)
    assert ran.status == 0, ran.err
    assert re.search(r"^Ada +2\.\d\d +6\d\.\d\d% +6\d\.\d\d%  2024-05-01", ran.out, re.MULTILINE)
    assert "3 people have cred; 1 of them has half of it." in ran.out
    assert parsed(page.read_text("utf-8")).one("h1").text == "Cred of i"


def test_report__tables__fit_a_terminal_of_80_columns(millpond: Run) -> None:
    ran = millpond(
        "cred",
        "report",
        REAL,
        "--maintainer",
        "lewwwk",
        "--contribution",
        "MESSAGE/1160403353336041584/1217137532630995066",
    )
    assert ran.status == 0, ran.err
    assert "lewwwk (maintains)" in ran.out
    assert "The maintainers have 24.63%." in ran.out
    assert "sourcecred/discord  637.47  94.58%" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


def test_report__json__has_all_the_figures(millpond: Run) -> None:
    found = millpond("--json", "cred", "report", REAL, "--maintainer", "yyeoro").json
    assert found["total"] == pytest.approx(674)
    assert sum(each["cred"] for each in found["people"]) == pytest.approx(674)
    assert [each["name"] for each in found["people"] if each["maintains"]] == ["yyeoro"]
    assert found["maintainersShare"] == pytest.approx(0.1786, abs=1e-4)
    assert len(found["periods"]) == found["weeks"] == len(found["people"][0]["byPeriod"]) == 39
    flow = found["contribution"]
    assert sum(each["cred"] for each in flow["ins"]) + flow["minted"] == pytest.approx(
        flow["score"]
    )


def test_report__twice__is_the_same_page_byte_by_byte(millpond: Run, tmp_path: Path) -> None:
    for name in ("one.html", "two.html"):
        assert millpond("cred", "report", REAL, "--html", tmp_path / name).status == 0
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


def test_report__somebody_unknown__is_refused_and_no_page_written(
    millpond: Run, tmp_path: Path
) -> None:
    page = tmp_path / "report.html"
    for option in (("--maintainer", "eve"), ("--contribution", "no-such-thing")):
        ran = millpond("cred", "report", REAL, "--html", page, *option)
        assert ran.status == 3
        assert "Next: " in ran.err
    assert not page.exists()


@pytest.fixture
def page(millpond: Run, instance: Path, tmp_path: Path) -> Element:
    """The page of the small repository."""
    path = tmp_path / "report.html"
    ran = millpond("cred", "report", instance, "--html", path, "--maintainer", "ada")
    assert ran.status == 0, ran.err
    return parsed(path.read_text("utf-8"))


def test_page__runs_nothing_and_fetches_nothing(page: Element) -> None:
    assert page.all("script", "link", "iframe", "img", "object") == []
    policy = [each for each in page.all("meta") if "http-equiv" in each.attributes]
    assert policy[0].attributes["content"].startswith("default-src 'none'")
    assert not re.search(r"(?<!w3\.org/2000)https?://(?!www\.w3\.org)", page.text)
    assert all(each.attributes.get("href", "#").startswith("#") for each in page.all("a"))


def test_page__each_drawing__is_named_and_has_a_table(page: Element) -> None:
    plots = page.classed("plot")
    assert len(plots) == 5
    for plot in plots:
        names = plot.attributes["aria-labelledby"].split()
        assert all(page.by_id(name).text for name in names)
    assert len(page.all("table")) >= len(plots)
    for table in page.all("table"):
        assert table.one("caption").text
        assert all(each.attributes.get("scope") for each in table.all("th"))
    ids = [each.attributes["id"] for each in page if "id" in each.attributes]
    assert len(ids) == len(set(ids))


def test_page__headings__are_in_order(page: Element) -> None:
    levels = [int(each.tag[1]) for each in page.all("h1", "h2", "h3")]
    assert levels[0] == 1
    assert all(two - one <= 1 for one, two in pairwise(levels))


def test_page__what_strangers_wrote__is_text(
    millpond: Run, instance: Path, repo: Repo, tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    ran = millpond("cred", "report", instance, "--html", path, "--contribution", repo.head())
    assert ran.status == 0
    found = parsed(path.read_text("utf-8"))
    assert found.all("b") == []
    assert "End <b>bold</b>" in found.one("h3").text


def test_page__one_person__is_told_as_well(millpond: Run, tmp_path: Path) -> None:
    made = Repo.made(tmp_path / "alone")
    made.commit("Begin", ADA)
    path = tmp_path / "report.html"
    ran = millpond("cred", "report", tmp_path / "i", "--git", made.folder, "--html", path)
    assert ran.status == 0
    assert "Ada has all cred." in ran.out
    assert "1 person reaches it" in parsed(path.read_text("utf-8")).text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page__colours_of_series__stand_out_from_the_sheet(scheme: str, page: Element) -> None:
    style = page.one("style").text
    own = style[style.index("What reports of cred need") :]
    light, dark = own.split("@media (prefers-color-scheme: dark)")
    colours = _tokens(light if scheme == "light" else dark.split("} }")[0])
    ground = (LIGHT if scheme == "light" else DARK)["sheet"]
    assert len(colours) == 9
    assert {name for name, colour in colours.items() if _contrast(colour, ground) < 3} == set()


# --- compare --------------------------------------------------------------------------------------


def test_compare__merges_mint__who_merges_gains_and_it_is_said_who_proposed(
    millpond: Run, instance: Path, tmp_path: Path
) -> None:
    now, proposed = _weights(tmp_path / "now.json"), _weights(tmp_path / "new.json", MERGE=2)
    ran = millpond("cred", "compare", instance, now, proposed, "--proposer", "cyd")
    assert ran.status == 0, ran.err
    assert re.search(r"^N/millpond/git/MERGE +none +2$", ran.out, re.MULTILINE)
    assert re.search(r"^The proposer, Cyd, gains: from \d+\.\d\d% to ", ran.out, re.MULTILINE)
    assert "By that she is number 1 of 1 who gain." in ran.out
    assert "1 person gains, 2 people lose." in ran.out
    assert max(map(len, ran.out.splitlines()[:-1])) <= 80
    told = millpond("--json", "cred", "compare", instance, now, proposed, "--proposer", "Ada").json
    assert told["proposer"]["name"] == "Ada"
    assert told["proposer"]["gain"] < 0
    assert sum(each["gain"] for each in told["people"]) == pytest.approx(0, abs=1e-12)


def test_compare__the_same_weights__change_nothing(
    millpond: Run, instance: Path, tmp_path: Path
) -> None:
    now = _weights(tmp_path / "now.json")
    ran = millpond("cred", "compare", instance, now, now, "--proposer", "bob")
    assert "The two files give the same weights." in ran.out
    assert "The proposer, Bob, gains nothing and loses nothing." in ran.out
    assert "0.00% of all cred changes hands" in ran.out


def test_compare__a_file_that_is_none__is_refused(
    millpond: Run, instance: Path, tmp_path: Path
) -> None:
    now = _weights(tmp_path / "now.json")
    ran = millpond("cred", "compare", instance, now, tmp_path / "gone.json", "--json")
    assert ran.status == 3
    assert ran.json["next_step"]


# --- explain --------------------------------------------------------------------------------------


def test_explain__a_person__from_the_total_to_each_contribution(
    millpond: Run, instance: Path
) -> None:
    ran = millpond("cred", "explain", instance, "Ada", "--most", "1")
    assert ran.status == 0, ran.err
    lines = ran.out.splitlines()
    total = re.fullmatch(r"Ada: (\d\.\d{6}) cred, .*% of all, number 1 of 3", lines[0])
    assert total is not None
    assert re.search(rf"^{total[1]} +together *$", ran.out, re.MULTILINE)
    assert "and 1 more (--most shows them)" in ran.out
    assert max(map(len, lines)) <= 80
    told: Any = millpond("cred", "explain", instance, "ada", "--json").json
    days = sorted(piece["day"] for piece in told["pieces"])
    assert days == ["2024-05-01", "2024-05-16"]
    assert sum(piece["cred"] for piece in told["pieces"]) == pytest.approx(told["cred"], rel=1e-9)
    assert {piece["part"] for piece in told["pieces"]} == {"AUTHOR"}


def test_explain__somebody_who_reviewed_and_merged__shows_both(
    millpond: Run, instance: Path
) -> None:
    told: Any = millpond("cred", "explain", instance, "cyd", "--json").json
    assert {(piece["kind"], piece["part"]) for piece in told["pieces"]} == {
        ("COMMIT", "REVIEWER"),
        ("MERGE", "AUTHOR"),
    }


def test_explain__somebody_without_anything__is_told_so(
    millpond: Run, instance: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(instance, copy)
    people = json.loads(
        (instance / "output/graphs/millpond/git/identityProposals.json").read_text()
    )
    [ada] = [each["alias"]["address"] for each in people if each["name"] == "Ada"]
    who = ada[2:-1].replace("\0", "/")
    (copy / "config" / "zeroed.json").write_text(json.dumps([{"id": who, "reason": "a test"}]))
    ran = millpond("cred", "explain", copy, "ada")
    assert "Nothing that mints leads to this person." in ran.out
    assert millpond("cred", "explain", copy, "nobody").status == 3


# --- behind a network -----------------------------------------------------------------------------


def test_fetch__a_forum__by_its_address(millpond: Run, tmp_path: Path) -> None:
    site = DiscourseSite()
    ann, ben = site.person("ann", 2), site.person("ben", 2)
    site.topic(ann, "hello", 5)
    site.like(ben, 1)
    with running(site.answer) as place:
        ran = millpond("cred", "fetch", tmp_path / "i", "--discourse", place.url)
        again = millpond("cred", "report", tmp_path / "i", "--discourse", place.url, "--afresh")
    assert (ran.status, again.status) == (0, 0), ran.err + again.err
    assert "sourcecred/discourse" in ran.out
    assert re.search(r"^ann +\d", again.out, re.MULTILINE)


def test_fetch__github_without_a_token__says_where_it_goes(millpond: Run, tmp_path: Path) -> None:
    ran = millpond("cred", "fetch", tmp_path / "i", "--github", "octo/pond")
    assert ran.status == 3
    assert "MILLPOND_GITHUB_TOKEN" in ran.err
    assert not [path for path in (tmp_path / "i").rglob("*") if path.is_file()]
