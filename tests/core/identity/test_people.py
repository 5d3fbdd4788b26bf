# SPDX-License-Identifier: AGPL-3.0-only
"""Who is who: what links and merges make of accounts, and what undoing takes back."""

from hypothesis import given
from hypothesis import strategies as st

from millpond.core.identity import Identity, Link, Log, Merge, Undo, appended, merged
from millpond.core.identity.accounts import account_of, discourse_account, github_account
from tests.core.identity.people import ALICE, BOB, NOON, link

HERS, HIS, SPARE = github_account(583231), github_account(5), github_account(6)
FORUM = discourse_account("https://forum.example", 12)
OLD = account_of(["sourcecred", "github", "USERLIKE", "USER", "alice"])


def _people(*all_: Link | Merge | Undo) -> tuple[Identity, ...]:
    log = Log()
    for at, what in enumerate(all_):
        log = appended(log, what, at, "maintainer")
    return merged(log)


def test_merged__two_accounts_of_one_wallet__are_one_person() -> None:
    people = _people(link(HERS, ALICE, name="alice"), link(HIS, BOB), link(FORUM, ALICE))
    assert people[0] == Identity("github:583231", "alice", HERS, (FORUM,), ALICE.address)
    assert [each.identity for each in people] == ["github:583231", "github:5"]


def test_merged__by_a_maintainer__keeps_the_identity_of_the_base() -> None:
    (one,) = _people(link(HIS, BOB), Merge(HERS, HIS, "same"), Merge(HERS, OLD, "same"))
    assert one.identity == "github:583231"
    assert one.aliases == tuple(sorted([HIS, OLD]))
    assert one.wallet == BOB.address


def test_merged__a_merge_undone__two_people_as_before() -> None:
    links = (link(HERS, ALICE), link(HIS, BOB))
    merge = Merge(HIS, HERS, "same")
    before = _people(*links)
    assert len(_people(*links, merge)) == 1
    assert _people(*links, merge, Undo(3, "not the same")) == before


def test_merged__an_undo_of_one_of_two_merges__leaves_the_other() -> None:
    people = _people(Merge(HERS, OLD, "a"), Merge(HERS, HIS, "b"), Undo(1, "wrong"))
    assert [(each.address, each.aliases) for each in people] == [(HERS, (HIS,))]


def test_merged__a_new_wallet_for_an_account__takes_the_place_of_the_old() -> None:
    """Whoever stole the old key must not become her by signing for an account of his."""
    people = _people(link(HERS, ALICE, NOON), link(HERS, BOB, NOON + 1), link(HIS, ALICE, NOON + 2))
    assert [(each.identity, each.wallet) for each in people] == [
        ("github:583231", BOB.address),
        ("github:5", ALICE.address),
    ]


def test_merged__the_new_link_undone__the_old_one_counts_again() -> None:
    (one,) = _people(link(HERS, ALICE, NOON), link(HERS, BOB, NOON + 1), Undo(2, "stolen"))
    assert one.wallet == ALICE.address


def test_merged__one_login_for_two_people__each_has_a_name_of_her_own() -> None:
    one, two = _people(link(HERS, ALICE, name="Sam"), link(FORUM, BOB, name="sam"))
    assert (one.name, two.name) == ("Sam", "discourse:https://forum.example/12")


def test_merged__two_people_joined_by_a_link__named_by_who_came_first() -> None:
    merge = Merge(HIS, SPARE, "same")
    (one,) = _people(merge, link(HERS, ALICE), link(SPARE, ALICE))
    assert (one.identity, set(one.aliases)) == ("github:5", {SPARE, HERS})


_ACCOUNTS = [github_account(number) for number in range(1, 6)]
_MERGES = st.lists(st.permutations(range(5)).map(lambda order: order[:2]), max_size=8)


@given(_MERGES, st.data())
def test_merged__any_merges_and_undos__every_account_is_one_persons(
    pairs: list[list[int]], data: st.DataObject
) -> None:
    merges = [Merge(_ACCOUNTS[a], _ACCOUNTS[b], "same") for a, b in pairs]
    numbers = range(1, len(merges) + 1)
    undone = data.draw(st.sets(st.sampled_from(numbers))) if merges else set()
    people = _people(*merges, *(Undo(number, "wrong") for number in sorted(undone)))
    groups = [{each.address, *each.aliases} for each in people]
    assert sum(map(len, groups)) == len(set().union(*groups))
    kept = [merge for number, merge in enumerate(merges, 1) if number not in undone]
    # Joined if, and only if, a chain of merges that still count leads from one to the other.
    reached: list[set[str]] = []
    for merge in kept:
        touched = [each for each in reached if each & {merge.base, merge.other}]
        rest = [each for each in reached if each not in touched]
        reached = [*rest, set().union({merge.base, merge.other}, *touched)]
    assert sorted(map(sorted, groups)) == sorted(map(sorted, reached))
