# SPDX-License-Identifier: AGPL-3.0-only
"""GitHub fetched over a way that fails, in pieces, and again after something changed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from millpond.core.errors import (
    BadSourceAnswer,
    ConfigFileError,
    MillpondError,
    RateLimited,
    SourceDown,
    SourceRefused,
)
from millpond.sources import github
from millpond.sources.http import Budget
from millpond.sources.writing import write_found
from tests.sources.github_site import GithubSite, Repo
from tests.sources.server import CUT, Asked, Place, Reply, StoppedClock, as_json, running

TOKEN = "secret-0123456789"  # noqa: S105  (of nobody)
NAME = "octo/pond"


class World:
    """A site, the place that serves it, and instances that fetch from it."""

    def __init__(self, place: Place, site: GithubSite, folder: Path) -> None:
        self.place, self.site, self.folder = place, site, folder

    def fetch(self, instance: str = "a", tries: int = 3, afresh: bool = False) -> bytes:
        """The graph's file and the people's, after a run."""
        directory = self.folder / instance
        config = directory / github.CONFIG
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(json.dumps({"repositories": [NAME]}))
        clock = StoppedClock()
        access = clock.access(Budget(tries=tries, timeout=5), Authorization=f"Bearer {TOKEN}")
        found = github.fetch(directory, lambda *_: None, access, afresh, self.place.url)
        path = write_found(directory, found)
        return path.read_bytes() + (path.parent / "identityProposals.json").read_bytes()

    def asked(self) -> int:
        """How many questions there were since this was asked."""
        number = len(self.place.asked)
        self.place.asked.clear()
        return number

    @property
    def repo(self) -> Repo:
        """The one repository."""
        return self.site.repos[NAME]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Three people, 60 issues, a long discussion, a merged pull request with many comments."""
    site = GithubSite()
    alice, bob, bot = site.user("alice", 11), site.user("bob", 12), site.user("b", 13, "Bot")
    repo = site.repo(NAME)
    first = site.commit(repo, alice)
    site.commit(repo, bob, alice, message=f"undo {first['oid']}")
    issues = [site.issue(repo, (alice, bob, None)[at % 3], f"issue {at}") for at in range(60)]
    long = issues[7]
    comments = [site.comment(long, (bob, bot)[at % 2], f"see #{at}") for at in range(45)]
    for content in ("HEART", "HOORAY", "CONFUSED"):
        site.react(comments[41], alice, content)
    for number in range(100, 125):
        site.react(comments[3], site.user(f"fan-{number}", number), "THUMBS_UP")
    pull = site.pull(repo, bob, "a pull", "paired with @alice, fixes #1")
    for _ in range(25):
        site.review(pull, alice, "please look at @bob")
    talked = site.review(pull, alice)
    for at in range(23):
        site.comment(talked, bob, f"line {at}")
    for number in range(130, 145):
        site.react(talked["comments"].things[20], site.user(f"fan-{number}", number), "ROCKET")
    site.merge(pull, site.commit(repo, bob, None, message="a pull (#61)"))
    site.pull(repo, None, "from nobody")
    site.comment(issues[0], bob, "the last word")
    with running(site.answer) as place:
        yield World(place, site, tmp_path)


@pytest.fixture
def whole(world: World) -> bytes:
    """What an untroubled run gives."""
    found = world.fetch("whole")
    content = json.loads(found.split(b"\n")[0])[1]["graphJSON"][1]
    assert len(content["nodes"]) > 200
    assert len(content["edges"]) > 400
    return found


LIMITED = as_json({"errors": [{"type": "RATE_LIMITED", "message": "too often"}]})
BROKEN = as_json({"data": None, "errors": [{"message": "Something went wrong"}]})


@pytest.mark.parametrize(
    "fault",
    [as_json({}, 429, Retry_After="30"), Reply(502), CUT, LIMITED, BROKEN,
     as_json({"message": "secondary rate limit"}, 403, Retry_After="60")],
    ids=["429", "502", "cut", "limited", "broken", "403"],
)  # fmt: skip
def test_fetch__a_fault_at_every_question__the_same_bytes(
    world: World, whole: bytes, fault: Reply
) -> None:
    number = world.asked()
    world.place.faults.extend([fault, None] * number)
    assert world.fetch() == whole
    assert world.asked() == 2 * number


def test_fetch__cut_at_every_question__goes_on_there_with_the_same_bytes(
    world: World, whole: bytes
) -> None:
    number = world.asked()
    for good in range(number):
        instance = f"cut-{good}"
        world.place.faults.extend([*([None] * good), Reply(500), Reply(500)])
        with pytest.raises(SourceDown):
            world.fetch(instance, tries=2)
        world.place.faults.clear()
        assert world.asked() == good + 2
        assert world.fetch(instance) == whole
        # Again: what the repository is, the page that was cut, and whether lists read before it
        # have something new at their top.
        assert world.asked() <= number - good + 3


def test_fetch__nothing_new__three_questions_and_the_same_bytes(world: World, whole: bytes) -> None:
    world.asked()
    assert world.fetch("whole") == whole
    assert world.asked() == 3


def test_fetch__something_new__the_same_as_from_the_beginning(world: World, whole: bytes) -> None:
    site, repo = world.site, world.repo
    site.comment(repo.issues[3], site.users["bob"], "now @alice")
    site.issue(repo, site.users["alice"], "new", "and #4")
    site.comment(repo.pulls[0]["reviews"].things[25], site.users["alice"], "one more line")
    site.commit(repo, site.users["alice"])
    world.asked()
    later = world.fetch("whole")
    few = world.asked()
    assert later != whole
    assert later == world.fetch("fresh")
    assert few < world.asked()


def test_fetch__something_new_in_the_same_second__is_seen(world: World, whole: bytes) -> None:
    """What changed in the second that a walk ended at may not have been in it yet."""
    assert whole
    issues = world.repo.issues
    world.site.comment(issues[20], world.site.users["bob"], "at once")
    issues[20]["updatedAt"] = issues[0]["updatedAt"]
    later = world.fetch("whole")
    assert later == world.fetch("fresh") != whole


def test_fetch__renamed_login__one_person_by_her_number(world: World, whole: bytes) -> None:
    site = world.site
    site.rename("alice", "alicia")
    site.user("alice", 99)  # somebody else takes the login
    site.comment(world.repo.issues[1], site.users["alice"], "hello @alicia")
    site.comment(world.repo.issues[2], site.users["alicia"], "it is me")
    later = world.fetch("whole")
    assert later == world.fetch("fresh")
    people = {each["alias"]["address"]: each for each in json.loads(later.split(b"\n")[1])}
    assert people["N\0sourcecred\0github\0USERLIKE\0ID\x0011\0"]["name"] == "alicia"
    assert people["N\0sourcecred\0github\0USERLIKE\0ID\x0099\0"]["name"] == "alice"
    assert b'ID","11"' in whole


def test_fetch__deleted_account__leaves_its_work_without_an_author(world: World) -> None:
    assert world.fetch() != b""
    number = world.fetch().count(b'"AUTHORS"')
    for each in world.site.things():
        if each["author"] is not None and each["author"]["login"] == "bob":
            each["author"] = None
    assert 0 < world.fetch("fresh").count(b'"AUTHORS"') < number


def test_fetch__somebody_who_cannot_be_shown__is_left_out(world: World, whole: bytes) -> None:
    world.site.unresolvable.add("bob")
    found = world.fetch("hidden")
    assert found != whole
    assert b'"name":"bob"' not in found


def test_fetch__reaction_to_what_did_not_change__is_seen_afresh(world: World, whole: bytes) -> None:
    world.site.react(world.repo.issues[30], world.site.users["bob"], "HEART")
    assert world.fetch("whole") == whole
    assert world.fetch("whole", afresh=True) == world.fetch("fresh") != whole


def test_fetch__what_was_deleted__is_forgotten_afresh(world: World, whole: bytes) -> None:
    assert whole
    del world.repo.issues[7], world.repo.pulls[0]
    assert world.fetch("whole", afresh=True) == world.fetch("fresh")


def test_fetch__deleted_comment__is_forgotten_when_its_issue_changes(
    world: World, whole: bytes
) -> None:
    assert whole
    issue = world.repo.issues[7]
    del issue["comments"].things[5]
    world.site.comment(issue, None, "gone")
    assert world.fetch("whole") == world.fetch("fresh")


def test_fetch__afresh_cut_in_the_middle__goes_on(world: World, whole: bytes) -> None:
    world.place.faults.extend([None, None, None, *[Reply(500)] * 9])
    with pytest.raises(SourceDown):
        world.fetch("whole", tries=1, afresh=True)
    world.place.faults.clear()
    assert world.fetch("whole", afresh=True) == whole


def _many_commits(world: World, number: int) -> None:
    for _ in range(number):
        world.site.commit(world.repo, world.site.users["alice"])


def test_commits__old_ones_that_a_merge_brings__are_all_found(world: World) -> None:
    """They are older than the head before, and stand deep in the history."""
    _many_commits(world, 150)
    world.fetch()
    repo = world.repo
    site = world.site
    old = repo.head
    assert old is not None
    history = list(repo.heads[old])
    repo.head = history[120]
    branch = [site.commit(repo, site.users["bob"])["oid"] for _ in range(3)]
    repo.head = old
    merge = site.commit(repo, site.users["bob"], message="merge")["oid"]
    merged = [merge, *history[:119], *branch[::-1], *history[119:]]
    repo.heads[merge] = merged
    world.asked()
    assert world.fetch() == world.fetch("fresh")
    assert all(oid.encode() in world.fetch() for oid in branch)


def test_commits__few_new_ones__are_found_without_the_whole_history(world: World) -> None:
    _many_commits(world, 260)
    world.fetch()
    _many_commits(world, 2)
    world.asked()
    world.fetch()
    assert world.asked() == 4


def test_commits__history_rewritten__only_the_new_one_counts(world: World) -> None:
    _many_commits(world, 70)
    before = world.fetch()
    repo = world.repo
    assert repo.head is not None
    lost = repo.head
    repo.head = repo.heads[lost][60]
    _many_commits(world, 60)
    later = world.fetch()
    assert later == world.fetch("fresh")
    assert lost.encode() in before
    assert lost.encode() not in later


def test_commits__no_branch_any_more__none_is_left(world: World) -> None:
    world.fetch("whole")
    world.repo.head = None
    assert world.fetch("whole") == world.fetch("fresh")
    _many_commits(world, 2)
    assert world.fetch("whole") == world.fetch("fresh")


def test_commits__rewritten_while_a_run_is_cut__starts_with_the_new_head(world: World) -> None:
    _many_commits(world, 120)
    world.fetch("whole")
    number = world.asked()
    for good in range(2, number, 3):
        world.place.faults.clear()
        world.place.faults.extend([*([None] * good), *[Reply(500)] * 9])
        with pytest.raises(SourceDown):
            world.fetch(f"cut-{good}", tries=1)
    world.place.faults.clear()
    repo = world.repo
    lost = repo.head
    assert lost is not None
    repo.head = repo.heads.pop(lost)[50]
    _many_commits(world, 3)
    fresh = world.fetch("fresh")
    for good in range(2, number, 3):
        assert world.fetch(f"cut-{good}") == fresh


def test_fetch__a_page_that_repeats_once__changes_nothing(world: World, whole: bytes) -> None:
    """A stale server of many may answer; asked again, it has the page that was meant."""
    world.asked()
    answer, last = world.place.answer, Reply()
    repeated = 0

    def stale(asked: Asked) -> Reply:
        nonlocal last, repeated
        own = json.loads(asked.body)["variables"]
        if repeated == 0 and own.get("after") is not None:
            repeated += 1
            return last
        last = answer(asked)
        return last

    world.place.answer = stale
    assert world.fetch() == whole
    assert repeated == 1


def test_fetch__a_page_that_repeats_for_ever__is_named(world: World) -> None:
    answer = world.place.answer

    def first_page(asked: Asked) -> Reply:
        body = json.loads(asked.body)
        body["variables"].pop("after", None)
        return answer(Asked("POST", asked.path, {}, asked.headers, json.dumps(body).encode()))

    world.place.answer = first_page
    with pytest.raises(BadSourceAnswer, match="the same page of issues again"):
        world.fetch()


def test_fetch__pages_too_large_for_the_time__are_asked_for_in_halves(
    world: World, whole: bytes
) -> None:
    world.asked()
    world.site.most = 7
    assert world.fetch() == whole
    assert world.asked() < 40
    world.site.most = 0
    with pytest.raises(SourceDown, match="out of order"):
        world.fetch("never")


def test_fetch__another_repository_of_the_same_name__nothing_of_the_old_is_left(
    world: World, whole: bytes
) -> None:
    del world.site.repos[NAME]
    repo = world.site.repo(NAME)
    repo.number = 901
    world.site.issue(repo, world.site.users["alice"], "a new start")
    assert world.fetch("whole") == world.fetch("fresh") != whole


def test_fetch__empty_repository__is_a_graph_of_one_node(world: World) -> None:
    del world.site.repos[NAME]
    world.site.repo(NAME)
    content = json.loads(world.fetch().split(b"\n")[0])[1]["graphJSON"][1]
    assert content["sortedNodeAddresses"] == [["sourcecred", "github", "REPO", "octo", "pond"]]


def _fails(world: World, *faults: Reply) -> MillpondError:
    world.place.faults.extend(faults * 60)
    with pytest.raises(MillpondError) as caught:
        world.fetch()
    world.place.faults.clear()
    return caught.value


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        (as_json({"message": "Bad credentials"}, 401), SourceRefused, "401"),
        (as_json({"errors": [{"type": "FORBIDDEN", "message": "SSO"}]}), SourceRefused, "SSO"),
        (as_json({"errors": [{"type": "x", "message": "odd"}]}), SourceRefused, "odd"),
        (as_json({"data": {"repository": {"databaseId": "x"}}}), BadSourceAnswer, "another form"),
        (as_json({"data": {}}), BadSourceAnswer, "another form"),
        (as_json([]), BadSourceAnswer, "another form"),
        (as_json({}), SourceDown, "no data"),
        (LIMITED, RateLimited, "too often"),
        (BROKEN, SourceDown, "Something went wrong"),
    ],
)
def test_fetch__a_refusal__is_named_with_a_next_step(
    world: World, fault: Reply, error: type[MillpondError], words: str
) -> None:
    found = _fails(world, fault)
    assert type(found) is error
    assert words in found.message
    assert found.next_step


def test_fetch__no_such_repository__is_named(world: World) -> None:
    del world.site.repos[NAME]
    with pytest.raises(SourceRefused, match="Could not resolve to a Repository"):
        world.fetch()


def test_fetch__a_token__is_in_no_file(world: World, whole: bytes) -> None:
    assert whole
    _fails(world, Reply(500, TOKEN.encode()))
    files = [path for path in world.folder.rglob("*") if path.is_file()]
    assert {"octo+pond.db", "graph.json"} <= {path.name for path in files}
    assert [path for path in files if TOKEN.encode() in path.read_bytes()] == []


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"repositories": ["x"]}', '{"repositories": ["a/.."]}',
             '{"repositories": ["../a/b"]}', '{"repositories": [1]}']
)  # fmt: skip
def test_fetch__settings_that_name_no_repository__are_refused(tmp_path: Path, text: str) -> None:
    config = tmp_path / github.CONFIG
    config.parent.mkdir(parents=True)
    config.write_text(text)
    with pytest.raises(ConfigFileError, match=r"config/plugins/sourcecred/github/config\.json"):
        github.fetch(tmp_path, lambda *_: None, StoppedClock().access())
