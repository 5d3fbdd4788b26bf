# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond explain`: from the pot to the last unit, to contributions, over several epochs."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from millpond.core.distribution import Distribution, Previous, build, to_json
from millpond.core.policies import policy_named
from millpond.sources.pins import Pinned, pinned
from tests.chain.conftest import long
from tests.chain.coop import DOLLAR, MAINTAINERS, Story
from tests.cli.conftest import Ran
from tests.core import month
from tests.sourcecred import VECTORS
from tests.sources.test_pins import document

__all__ = ["long"]
Run = Callable[..., Ran]
INSTANCE = VECTORS / "synthetic-2k"


@pytest.fixture(scope="module")
def scored() -> Pinned:
    return pinned(INSTANCE, "credrank", "exact")


@pytest.fixture
def published(scored: Pinned, tmp_path: Path) -> tuple[Path, Distribution]:
    """A document that pins an instance."""
    made = document(scored)
    (tmp_path / "distribution.json").write_bytes(to_json(made))
    return tmp_path, made


def _richest(made: Distribution) -> str:
    subject, _ = max(made.leaves, key=lambda leaf: leaf[1])
    person = made.person(subject)
    assert person is not None
    return str(person.identity)


# --- down to contributions ------------------------------------------------------------------------


def test_explain__with_its_instance__contributions_add_up_to_her_cred_of_these_weeks(
    millpond: Run, published: tuple[Path, Distribution]
) -> None:
    place, made = published
    who = _richest(made)
    common = ("explain", who, "--document", place, "--pot", 10**9, "--instance", INSTANCE)
    told = millpond("--json", *common).json
    [own] = [person for person in made.people if person.identity == who]
    pieces = sum(piece["cred"] for piece in told["cred"]["pieces"])
    assert pieces == pytest.approx(own.cred / 10**6, abs=1e-6 * len(own.weekly))
    assert told["cred"]["ranked"] == len(made.leaves) + len(made.no_leaf)
    assert [each[:7] for each in told["unexplained"]] == ["whether"]
    ran = millpond(*common, "--most", 3)
    assert ran.status == 0, ran.err
    assert "down to contributions:" in ran.out
    assert "more (--most shows them)" in ran.out


def test_explain__without_the_instance__says_what_it_takes(
    millpond: Run, published: tuple[Path, Distribution]
) -> None:
    place, made = published
    ran = millpond("explain", _richest(made), "--document", place, "--pot", 10**9)
    assert "Not explained: which contributions the cred comes from: give the instance" in ran.out
    assert "Not explained: whether this was posted" in ran.out


def test_explain__another_instance__is_refused(
    millpond: Run, published: tuple[Path, Distribution]
) -> None:
    place, made = published
    common = ("explain", _richest(made), "--document", place, "--pot", 10**9)
    ran = millpond(*common, "--instance", VECTORS / "kurafire")
    assert ran.status == 3
    assert "are not those that the document names" in ran.err


# --- the chain's figures --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folders(long: Story, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    made = []
    for each in long.documents:
        made.append(tmp_path_factory.mktemp(f"epoch{each.epoch}"))
        (made[-1] / "distribution.json").write_bytes(to_json(each))
    return made


def test_explain__on_chain__how_the_pot_came_about_and_what_was_carried(
    millpond: Run, long: Story, folders: list[Path]
) -> None:
    common = ("explain", "decentralion", "--document", folders[0], "--rpc", long.url)
    told = millpond("--json", *common).json
    pot = told["steps"][0]
    assert (pot["name"], pot["result"]) == ("pot", str(2_000 * DOLLAR))
    assert {"name": "share", "amount": "10000", "unit": "bps"} in pot["values"]
    # A quarter is the most; what is over it is carried.
    assert (told["amount"], told["capped"]) == (str(500 * DOLLAR), "187647147")
    rest, whole = (int(told["dropped"][each]) for each in ("numerator", "denominator"))
    assert 687_647_147 * whole + rest == 2_000 * DOLLAR * 201_305_737
    ran = millpond(*common)
    assert "share: 100 %" in ran.out
    assert "rounding: 0.66" in ran.out
    assert "carried to the next pot, over the cap: 187.647147 TUSD" in ran.out
    assert "the document names no instance" in ran.out


def test_explain__several_epochs__each_and_together(
    millpond: Run, long: Story, folders: list[Path]
) -> None:
    documents = [word for folder in reversed(folders) for word in ("--document", folder)]
    ran = millpond("explain", "decentralion", *documents, "--rpc", long.url)
    assert ran.status == 0, ran.err
    assert ran.out.index("(epoch 1)") < ran.out.index("(epoch 2)")
    assert "not payable yet: the distribution is under review" in ran.out
    assert "2 epochs together: 500.000000 TUSD" in ran.out
    told = millpond("--json", "explain", "decentralion", *documents, "--rpc", long.url).json
    assert [each["epoch"] for each in told["epochs"]] == ["1", "2"]
    assert told["together"] == {
        "asset": long.coop.dollar.address,
        "paid": str(500 * DOLLAR),
        "notPaidYet": "0",
        "minimum": "0",
    }


def test_explain__small_amounts_of_several_epochs__whether_they_reach_the_minimum(
    millpond: Run, long: Story, folders: list[Path]
) -> None:
    one, two = long.documents
    documents = [word for folder in folders for word in ("--document", folder)]
    both = [leaf for leaf in one.leaves if two.person(leaf[0]) is not None]
    small = "0x" + min(both, key=lambda leaf: leaf[1])[0].hex()
    ran = millpond("explain", small, *documents, "--rpc", long.url)
    assert "payday passes this over" in ran.out
    assert "in one claim that is under the minimum of 5.000000 TUSD" in ran.out
    large = "0x" + max(both[1:], key=lambda leaf: leaf[1] * (leaf[0] != _paid(long)))[0].hex()
    ran = millpond("explain", large, *documents, "--rpc", long.url)
    assert "in one claim that is at least the minimum of 5.000000 TUSD" in ran.out


def _paid(story: Story) -> bytes:
    """Who has an account, and was paid."""
    return bytes(story.coop.maintainers[MAINTAINERS[0].address][0])


def test_explain__no_cred_in_one_of_the_epochs__is_said(millpond: Run, tmp_path: Path) -> None:
    whole = month.history()
    fewer = replace(whole, people=tuple(p for p in whole.people if p.subject != month.who("s_ben")))
    places = []
    for number, history in enumerate((whole, fewer), 1):
        made = build(
            chain_id=1337,
            pool=month.POOL,
            distributor=month.DISTRIBUTOR,
            epoch=number,
            previous=Previous(1, b"\x0e" * 32, history.weeks[0].start_ms) if number > 1 else None,
            history=history,
            policy=policy_named("proportional", {}),
            inputs=month.inputs(),
            signer_cap_bps=10_000,
            signers={},
        )
        places.append(tmp_path / str(number))
        places[-1].mkdir()
        (places[-1] / "distribution.json").write_bytes(to_json(made))
    documents = [word for place in places for word in ("--document", place)]
    who = month.who("s_ben").hex()
    told = millpond("--json", "explain", f"0x{who}", *documents, "--pot", 10**9).json
    assert [each["epoch"] for each in told["epochs"]] == ["1"]
    assert told["absent"] == [f"0x{who} has no cred in 2019-09"]


def test_explain__one_epoch_twice__is_refused(millpond: Run, folders: list[Path]) -> None:
    documents = [word for _ in range(2) for word in ("--document", folders[0])]
    ran = millpond("explain", "decentralion", *documents, "--pot", 5)
    assert ran.status == 3
    assert "two documents are of epoch 1" in ran.err


def test_explain__several_without_a_node__are_not_added_up(
    millpond: Run, folders: list[Path]
) -> None:
    documents = [word for folder in folders for word in ("--document", folder)]
    ran = millpond("explain", "decentralion", *documents, "--pot", 10**9)
    assert "they are not added up" in ran.out
    assert millpond("--json", "explain", "decentralion", *documents, "--pot", 5).json[
        "together"
    ] is None  # fmt: skip
