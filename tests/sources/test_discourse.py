# SPDX-License-Identifier: AGPL-3.0-only
"""A forum fetched over a way that fails, in pieces, and again; and what is an edge there."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from millpond.core.cred.addresses import shown
from millpond.core.errors import BadSourceAnswer, ConfigFileError, SourceDown
from millpond.sources import discourse
from millpond.sources.discourse import forum, walk
from millpond.sources.discourse.config import LikeWeights
from millpond.sources.discourse.links import Links, links
from millpond.sources.http import Budget
from millpond.sources.writing import Found, write_found
from tests.sources.discourse_site import DiscourseSite, moment
from tests.sources.server import CUT, Asked, Place, Reply, StoppedClock, as_json, running

KEY = "secret-0123456789"


class World:
    """A forum, the place that serves it, and instances that fetch from it."""

    def __init__(self, place: Place, site: DiscourseSite, folder: Path) -> None:
        self.place, self.site, self.folder = place, site, folder
        self.weights: dict[str, Any] = {"categoryWeights": {"7": 2}}

    def found(self, instance: str = "a", tries: int = 3, afresh: bool = False) -> Found:
        """What a run finds."""
        config = self.folder / instance / discourse.CONFIG
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(json.dumps({"serverUrl": f"{self.place.url}/", "weights": self.weights}))
        access = StoppedClock().access(Budget(tries=tries, timeout=5), Api_Key=KEY)
        return discourse.fetch(self.folder / instance, lambda *_: None, access, afresh)

    def fetch(self, instance: str = "a", tries: int = 3, afresh: bool = False) -> bytes:
        """The graph's file and the people's, after a run."""
        path = write_found(self.folder / instance, self.found(instance, tries, afresh))
        return path.read_bytes() + (path.parent / "identityProposals.json").read_bytes()

    def asked(self) -> int:
        """How many questions there were since this was asked."""
        number = len(self.place.asked)
        self.place.asked.clear()
        return number


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Five people; 34 topics, one of 45 posts; likes."""
    site = DiscourseSite()
    ann, ben, cat, dan, eve = (site.person(name, at) for at, name in enumerate("abcde"))
    for number in range(33):
        site.topic((ann, ben, cat)[number % 3], f"topic {number}", 5, "help")
    long = site.topic(dan, "a long one", 6)
    for number in range(44):
        site.post((ann, ben)[number % 2], long, f'<a class="mention" href="/u/c">@c</a> {number}')
    for post in range(3, 60, 4):
        site.like(eve, post)
    for person in (ann, ben, cat, dan):
        site.like(person, 40)
    with running(site.answer) as place:
        yield World(place, site, tmp_path)


@pytest.fixture
def whole(world: World) -> bytes:
    """What an untroubled run gives."""
    return world.fetch("whole")


@pytest.mark.parametrize(
    "fault",
    [as_json({"errors": ["slow down"]}, 429, Retry_After="30"), Reply(502), CUT],
    ids=["429", "502", "cut"],
)
def test_fetch__a_fault_at_every_question__the_same_bytes(
    world: World, whole: bytes, fault: Reply
) -> None:
    number = world.asked()
    world.place.faults.extend([fault, None] * number)
    assert world.fetch() == whole
    assert world.asked() == 2 * number


def test_fetch__cut_at_many_questions__goes_on_there_with_the_same_bytes(
    world: World, whole: bytes
) -> None:
    number = world.asked()
    for good in [0, 1, 2, 3, *range(4, number, 13), number - 1]:
        world.place.faults.extend([*([None] * good), Reply(500)])
        with pytest.raises(SourceDown):
            world.fetch(f"cut-{good}", tries=1)
        assert world.asked() == good + 1
        assert world.fetch(f"cut-{good}") == whole
        assert world.asked() <= number - good + 3


def test_fetch__nothing_new__only_the_list_is_read(world: World, whole: bytes) -> None:
    world.asked()
    assert world.fetch("whole") == whole
    assert world.asked() == 2


def _new_post(site: DiscourseSite) -> None:
    site.post(2, 34, "one more")


def _new_like(site: DiscourseSite) -> None:
    site.like(4, 7)


def _like_by_somebody_new(site: DiscourseSite) -> None:
    site.like(site.person("fay", 3), 8)


def _unlike(site: DiscourseSite) -> None:
    site.likes.pop()


def _other_category(site: DiscourseSite) -> None:
    site.topics[34]["category_id"] = 7


def _deleted_post(site: DiscourseSite) -> None:
    del site.posts[40]
    site.likes = [each for each in site.likes if each[1] != 40]


def _deleted_topic(site: DiscourseSite) -> None:
    del site.topics[3]


def _new_topic(site: DiscourseSite) -> None:
    site.topic(5, "new", 5, {"id": 1, "name": "help", "slug": "help"})


def _renamed(site: DiscourseSite) -> None:
    site.people[5]["username"] = "evelyn"
    site.like(5, 9)
    site.topic(5, "it is me")


@pytest.mark.parametrize(
    "change",
    [_new_post, _new_like, _like_by_somebody_new, _unlike, _other_category, _deleted_post,
     _deleted_topic, _new_topic, _renamed],
)  # fmt: skip
def test_fetch__something_new__the_same_as_from_the_beginning(
    world: World, whole: bytes, change: Callable[[DiscourseSite], None]
) -> None:
    change(world.site)
    world.asked()
    later = world.fetch("whole")
    few = world.asked()
    assert later == world.fetch("fresh") != whole
    assert few < world.asked() / 3


def test_fetch__renamed_and_the_name_taken__two_people_by_their_numbers(
    world: World, whole: bytes
) -> None:
    assert whole
    world.site.people[5]["username"] = "evelyn"
    other = world.site.person("e", 4)
    world.site.like(other, 9)
    world.site.like(5, 9)
    found = world.found("whole")
    names = {shown(each.address).rpartition("/")[2]: each.name for each in found.people}
    assert names["5"] == "evelyn"
    assert names[str(other)] == "e"


def test_fetch__deleted_account__leaves_posts_without_an_author(world: World) -> None:
    before = world.fetch().count(b'"authors","')
    world.site.delete_account(2)
    found = world.fetch("fresh")
    assert 0 < found.count(b'"authors","') < before
    assert b'"name":"b"' not in found


def _likes(found: Found) -> dict[str, float]:
    """The weight of each like, by "person/post"."""
    return {
        "/".join(shown(address).split("/")[-2:]): weight
        for address, weight in found.weights.nodes.items()
        if "\0like\0" in address and shown(address)[-1].isdigit()
    }


def test_likes__by_trust__weigh_as_in_sourcecred(world: World) -> None:
    """The givers' trust levels are 0 to 4, for a, b, c, d, e."""
    found = _likes(world.found())
    assert [found[f"{person}/40"] for person in range(1, 5)] == [0, 0.1, 1, 1.25]
    assert found["5/3"] == 1.5


def test_likes__tags_and_category__multiply(world: World) -> None:
    world.weights = {"tagWeights": {"help": 0.5}, "categoryWeights": {"6//long ones": 3}}
    found = _likes(world.found())
    assert found["5/3"] == 0.75
    assert found["4/40"] == 1.25 * 3


def test_likes__of_one_post__add_up_on_the_edge_from_its_topic(world: World) -> None:
    found = world.found()
    (weight,) = (
        pair for address, pair in found.weights.edges.items() if address.endswith("\x0034\x0040\0")
    )
    assert weight == (0 + 0.1 + 1 + 1.25, 0)


def test_likes__of_somebody_without_a_profile__mint_nothing_and_have_the_posts_time(
    world: World,
) -> None:
    world.site.hiding.add(5)
    found = world.found()
    assert _likes(found)["5/3"] == 0
    times = {node.address: node.time_ms for node in found.nodes}
    root = f"N\0sourcecred\0discourse\0%s\0{world.place.url}\0"
    assert times[root % "like" + "5\x003\0"] == times[root % "post" + "3\0"]
    shown_ = _likes(world.found("shown"))
    assert shown_["4/40"] == 1.25


def test_likes__each__is_dated_when_it_was_given(world: World) -> None:
    times = {node.address: node.time_ms for node in world.found().nodes}
    for person, post, number in world.site.likes:
        given = datetime.fromisoformat(moment(number)).timestamp() * 1000
        like = f"N\0sourcecred\0discourse\0like\0{world.place.url}\0{person}\0{post}\0"
        assert times[like] == given


def test_likes__of_a_post_that_many_like__are_all_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (forum, walk):
        monkeypatch.setattr(module, "LIKERS_AT_ONCE", 10)
    for number in range(23):
        world.site.like(world.site.person(f"fan{number}", 2), 2)
    assert sum(like.endswith("/2") for like in _likes(world.found())) == 23


def test_trust__that_grew__is_seen_afresh(world: World, whole: bytes) -> None:
    world.site.people[2]["trust_level"] = 4
    assert world.fetch("whole") == whole
    assert world.fetch("whole", afresh=True) == world.fetch("fresh") != whole


def test_trust__that_grew__is_seen_with_the_next_like(world: World, whole: bytes) -> None:
    assert whole
    world.site.people[2]["trust_level"] = 4
    world.site.like(2, 9)
    assert world.fetch("whole") == world.fetch("fresh")


def test_trust__of_somebody_else_who_has_the_name_by_now__is_not_hers(world: World) -> None:
    """A list may still show her old name when her profile is asked for by it."""
    world.site.person("z", 1)
    answer = world.place.answer

    def stale(asked: Asked) -> Reply:
        reply = answer(asked)
        if asked.path != "/post_action_users.json":
            return reply
        return Reply(200, reply.body.replace(b'"username": "e"', b'"username": "z"'))

    world.place.answer = stale
    assert _likes(world.found())["5/3"] == 0


def _edges(found: Found, server: str) -> set[str]:
    def short(address: str) -> str:
        return shown(address).removeprefix("N/sourcecred/discourse/").replace(f"/{server}", "")

    return {
        f"{'/'.join(edge.address.split(chr(0))[3:5]).removesuffix('/' + server)}".split("/http")[0]
        + f": {short(edge.source)} -> {short(edge.target)}"
        for edge in found.edges
    }


def test_graph__a_small_forum__has_these_edges(tmp_path: Path) -> None:
    site = DiscourseSite()
    ann, ben = site.person("ann", 2), site.person("Ben", 2)
    one, two = site.topic(ann, "one"), site.topic(ben, "two")
    with running(site.answer) as place:
        hrefs = (
            *(f"{place.url}/t/two/{two}", f"/t/{two}/1", "/u/Ann"),
            *("https://elsewhere.example/t/1", "/t/99", "/u/nobody"),
        )
        site.post(ben, one, " ".join(f'<a href="{href}">x</a>' for href in hrefs))
        site.post(ann, one, "", reply_to=2)
        site.post(ann, one, "", type_=3)
        site.like(ann, 3)
        world = World(place, site, tmp_path)
        assert _edges(world.found(), place.url) == {
            "authors/topic: userId/1 -> topic/1",
            "authors/topic: userId/2 -> topic/2",
            "authors/post: userId/1 -> post/1",
            "authors/post: userId/2 -> post/2",
            "authors/post: userId/2 -> post/3",
            "authors/post: userId/1 -> post/4",
            "topicContainsPost: topic/1 -> post/1",
            "topicContainsPost: topic/2 -> post/2",
            "topicContainsPost: topic/1 -> post/3",
            "topicContainsPost: topic/1 -> post/4",
            "topicHasLikedPost: topic/1 -> post/3",
            "replyTo: post/3 -> post/1",
            "replyTo: post/4 -> post/3",
            "createsLike: userId/1 -> like/1/3",
            "likes: like/1/3 -> post/3",
            "references/topic: post/3 -> topic/2",
            "references/post: post/3 -> post/2",
            "references/user: post/3 -> userId/1",
        }


def test_fetch__a_list_that_repeats_once__changes_nothing(world: World, whole: bytes) -> None:
    answer, repeated = world.place.answer, 0

    def stale(asked: Asked) -> Reply:
        nonlocal repeated
        if asked.path == "/latest.json" and asked.query["page"] == ["1"] and not repeated:
            repeated = 1
            return answer(Asked("GET", asked.path, {**asked.query, "page": ["0"]}, {}, b""))
        return answer(asked)

    world.place.answer = stale
    assert world.fetch() == whole
    assert repeated


def test_fetch__a_list_that_repeats_for_ever__is_named(world: World) -> None:
    answer = world.place.answer
    world.place.answer = lambda asked: answer(
        Asked("GET", asked.path, {**asked.query, "page": ["0"]}, {}, b"")
    )
    with pytest.raises(BadSourceAnswer, match="the same topics again as page 1"):
        world.fetch()


def test_fetch__no_forum__is_named(world: World) -> None:
    world.place.answer = lambda _: as_json({"hello": "world"})
    with pytest.raises(BadSourceAnswer, match="answers the list of topics in another form"):
        world.fetch()


def test_fetch__a_key__is_sent_and_in_no_file(world: World, whole: bytes) -> None:
    assert whole
    assert {asked.headers["Api-Key"] for asked in world.place.asked} == {KEY}
    files = [path for path in world.folder.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in files)
    assert [path for path in files if KEY.encode() in path.read_bytes()] == []


@pytest.mark.parametrize(
    "text", ["", "{}", '{"serverUrl": "forum.example"}', '{"serverUrl": 1}',
             '{"serverUrl": "https://x.example", "weights": {"tagWeights": {"a": -1}}}',
             '{"serverUrl": "https://x.example", "weights": {"defaultTagWeight": "1"}}']
)  # fmt: skip
def test_fetch__settings_that_name_no_forum__are_refused(tmp_path: Path, text: str) -> None:
    config = tmp_path / discourse.CONFIG
    config.parent.mkdir(parents=True)
    config.write_text(text)
    with pytest.raises(ConfigFileError, match=r"config/plugins/sourcecred/discourse/config\.json"):
        discourse.fetch(tmp_path, lambda *_: None, StoppedClock().access())


def test_weights__without_settings__are_those_of_trust_alone() -> None:
    weights = LikeWeights()
    assert [weights.of(trust, 5, ["a"]) for trust in (None, 0, 1, 2, 3, 4, 9)] == [
        *(0, 0, 0.1, 1, 1.25, 1.5, 0)
    ]


def test_links__within_a_folder__only_those_below_it() -> None:
    hrefs = ("https://x.example/f/t/a-b/7/2", "/t/7", "/f/u/A%C3%A9")
    cooked = "".join(f'<a href="{href}">x</a>' for href in hrefs)
    assert links(cooked, "https://x.example/f") == Links((), ((7, 2),), ("aé",))
    assert (
        links('<a href="https://[/t/1">x</a><a>y</a><a href>z</a>', "https://x.example") == Links()
    )
