# SPDX-License-Identifier: AGPL-3.0-only
"""From a person's total to single contributions, and through one contribution."""

from dataclasses import replace

import pytest

from millpond.core.cred.addresses import shown
from millpond.core.cred.compute import compute
from millpond.core.cred.explained import Described, explained, traced
from millpond.core.cred.flows import contributions_of
from millpond.core.cred.model import Zeroed
from millpond.core.errors import CredError
from millpond.core.units import Millis
from millpond.core.weeks import Week
from tests.core.cred.vectors import instance as real
from tests.sourcecred import INSTANCES as NAMES


@pytest.mark.parametrize("name", NAMES)
def test_explained__each_person__kinds_and_pieces_add_up_to_her_cred(name: str) -> None:
    scores = compute(real(name))
    for person in [each for each in scores.contributions.people if each.active][:10]:
        found = explained(scores, person.id)
        assert found.cred == scores.by_person()[person.id]
        if found.cred > 0:
            assert sum(piece.cred for piece in found.pieces) == pytest.approx(found.cred, rel=1e-9)
            assert sum(kind.cred for kind in found.kinds) == pytest.approx(found.cred, rel=1e-9)
            assert sum(kind.count for kind in found.kinds) == len(found.pieces)


def test_explained__pieces__largest_first_in_the_words_of_their_source() -> None:
    scores = compute(real("superbenefit"))
    found = explained(scores, "RatherMercurial")
    assert found.person.name == "rathermercurial"
    assert (found.rank, found.ranked) == (2, 18)
    cred = [piece.cred for piece in found.pieces]
    assert cred == sorted(cred, reverse=True)
    commits = [piece for piece in found.pieces if piece.kind == "COMMIT"]
    assert {piece.source for piece in commits} == {"sourcecred/github"}
    assert {piece.part for piece in commits} == {"AUTHORS"}
    assert all("](" not in piece.description for piece in found.pieces)
    assert {kind.source for kind in found.kinds} == {"sourcecred/github", "sourcecred/discord"}


def test_explained__somebody_zeroed__has_nothing_to_explain() -> None:
    instance = real("superbenefit")
    [person] = [each for each in instance.people if each.name == "lewwwk"]
    scores = compute(replace(instance, zeroed=(Zeroed(person.id, "a test account"),)))
    found = explained(scores, "lewwwk")
    assert (found.cred, found.pieces, found.kinds) == (0, (), ())


def test_explained__nobody__is_refused() -> None:
    with pytest.raises(CredError, match="nobody called"):
        explained(compute(real("superbenefit")), "nobody-there")


def test_traced__without_a_name__is_the_one_with_the_highest_score() -> None:
    scores = compute(real("superbenefit"))
    found = traced(scores, None)
    assert found.flows.score == pytest.approx(max(scores.nodes), rel=1e-9)
    ins = sum(flow.cred for flow in found.flows.ins) + found.flows.minted
    outs = sum(flow.cred for flow in found.flows.outs) + found.flows.returned
    assert ins == pytest.approx(outs, rel=1e-9)
    assert ins == pytest.approx(found.flows.score, rel=1e-9)


def test_traced__by_its_address_or_a_part_of_it__is_the_same() -> None:
    scores = compute(real("superbenefit"))
    address = traced(scores, None).address
    text = shown(address)
    assert traced(scores, text).address == address
    assert traced(scores, text.removeprefix("N/")).address == address
    assert traced(scores, text.partition("/discord/")[2]).address == address
    assert Described(scores).day(address) == "2024-03-12"


@pytest.mark.parametrize("wanted", ["sourcecred", "no-such-thing", "a", ""])
def test_traced__none_or_several__is_refused(wanted: str) -> None:
    with pytest.raises(CredError, match="contributions have"):
        traced(compute(real("superbenefit")), wanted)


@pytest.mark.parametrize("name", ["synthetic-2k", "superbenefit"])
def test_explained__some_weeks__their_pieces_add_up_to_the_cred_of_those_weeks(name: str) -> None:
    scores = compute(real(name))
    spanned = scores.contributions.weeks
    middle = spanned.count // 2
    starts = [int(each) for each in spanned.starts[middle : middle + 4]]
    weeks = [Week(Millis(start)) for start in starts]
    every = []
    for number, person in enumerate(scores.contributions.people):
        found = explained(scores, person.id, weeks)
        paid = float(scores.weekly[number, middle : middle + 4].sum())
        assert found.cred == pytest.approx(paid, abs=1e-12)
        flows = contributions_of(scores, person.id, scores.columns(weeks))
        assert sum(flow.cred for flow in flows) == pytest.approx(paid, rel=1e-6, abs=1e-9)
        every.append(found.share)
    assert sum(every) == pytest.approx(1)
