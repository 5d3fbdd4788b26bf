# SPDX-License-Identifier: AGPL-3.0-only
"""The model of the CredDistributor against numbers of others and numbers worked out by hand."""

import json
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any

import pytest

from millpond.chain.distributions import Terms as BackendTerms
from millpond.core import typed_data
from millpond.core.subjects import of_identity
from tests.core import month
from tests.properties.model_distributor import DistributorModel
from tests.properties.model_distributor_head import STRUCK, Final, MaintainerSet, Parts
from tests.properties.model_distributor_terms import (
    KnownTree,
    Policy,
    Terms,
    leaf_hash,
    siblings_above,
    subject_of,
)
from tests.properties.model_pool_alone import DAY, Alone
from tests.properties.signing import message

TREES = json.loads((Path(__file__).parents[1] / "vectors" / "sum_tree.json").read_text())["trees"]


def raw(text: str) -> bytes:
    return bytes.fromhex(text[2:])


# --- trees and terms --------------------------------------------------------------------------


@pytest.mark.parametrize("vector", TREES, ids=lambda vector: f"{len(vector['leaves'])} leaves")
def test_proves__trees_made_by_viem__every_leaf_and_no_other(vector: dict[str, Any]) -> None:
    leaves = {raw(each["subject"]): int(each["cred"]) for each in vector["leaves"]}
    place = int(vector["chainId"]), vector["distributor"], int(vector["epoch"])
    known = KnownTree.build(*place, leaves)
    terms = terms_of(root=raw(vector["root"]), total_cred=int(vector["total"]))
    terms = terms._replace(leaf_count=len(leaves), epoch=place[2])
    assert known.tree.root == terms.root
    for index, each in enumerate(vector["leaves"]):
        leaf = raw(each["subject"]), int(each["cred"])
        proof = [(raw(digest), int(amount)) for digest, amount in each["proof"]]
        assert siblings_above(index, len(leaves)) == len(proof)
        assert known.proves(terms, index, leaf, proof)
        assert not known.proves(terms, index, (leaf[0], leaf[1] + 1), proof)
        assert not known.proves(terms, index + 1, leaf, proof)
        assert not known.proves(terms._replace(epoch=terms.epoch + 1), index, leaf, proof)
        assert not known.proves(terms._replace(total_cred=terms.total_cred + 1), index, leaf, proof)
    if len(leaves) == 1:
        (only,) = leaves.items()
        assert leaf_hash(*place, 0, *only) == terms.root


def test_packed__every_field_its_own__is_what_the_backend_packs() -> None:
    terms = terms_of(
        epoch=2, attempt=3, root=b"\x05" * 32, total_cred=7, leaf_count=11, earmark=13,
        pot=17, minimum=19, grain_per_epoch=23, signer_cap_bps=29, maintainers_version=31,
        excluded=0, closes_at=37,
    )  # fmt: skip
    theirs = BackendTerms.of(terms)
    assert terms.packed() == theirs.packed
    previous = b"\x06" * 32
    assert terms.packed().after(previous) == theirs.epoch_hash(previous)


def terms_of(**other: Any) -> Terms:
    """An epoch of 1,000 dollars for 100 cred."""
    usual: dict[str, Any] = {
        "epoch": 1,
        "attempt": 1,
        "root": b"\x01" * 32,
        "total_cred": 100,
        "leaf_count": 3,
        "earmark": 1,
        "asset": "0x" + "dd" * 20,
        "pot": 1_000,
        "minimum": 1,
        "grain_per_epoch": 0,
        "signer_cap_bps": 10_000,
        "maintainers_version": 1,
    }
    return Terms(**(usual | other))


# --- amounts ----------------------------------------------------------------------------------


def test_part__real_month__is_the_exact_fraction_to_the_cent() -> None:
    document = month.september()
    terms = terms_of(pot=month.POT, total_cred=document.total)
    exact = {of_identity(name): amount for name, amount in month.expected_payouts().items()}
    assert len(document.leaves) == 43
    for subject, cred in document.leaves:
        cents = terms.part(terms.pot, cred) // 10_000
        assert cents == floor(Fraction(exact[subject]) * 100)
    assert terms.part(terms.pot, document.total) == month.POT


@pytest.mark.parametrize(
    ("pot", "cred", "total", "amount"),
    [(1_000, 1, 3, 333), (1_000, 2, 3, 666), (1, 2, 3, 0), (7, 3, 3, 7), (10**38, 1, 10**38, 1)],
)
def test_part__rounding__is_down(pot: int, cred: int, total: int, amount: int) -> None:
    assert terms_of(total_cred=total).part(pot, cred) == amount


def test_part__struck_out_cred__leaves_the_whole_for_the_others() -> None:
    terms = terms_of(excluded=50)
    assert [terms.part(terms.pot, cred) for cred in (10, 40)] == [200, 800]


# --- a distributor of the side pool -----------------------------------------------------------


class Mill(Alone):
    """One that pays out an earmark of dollars, and three people with cred."""

    def __init__(self, **policy: Any) -> None:
        super().__init__()
        stage, world = self.stage, self.world
        parts = Parts(
            *(stage.hub.address, self.pool.address, stage.steward.address),
            *(stage.side_grain.address, world.identity.address),
        )
        handle = stage.clone("CredDistributor", parts)
        self.model = DistributorModel(handle, world.journal, parts)
        world.model(self.model)
        self.say(world.people.relayer, stage.steward, "add_hub_part", handle)
        maintainers = [each.address for each in world.people.maintainers]
        self.say(stage.hub, handle, "setup", [(each, []) for each in maintainers], 2, 3)
        number = self.pool.sum("opened") + 1
        usual = Policy(
            *(self.dollar, number, 10_000, 1, 0, 10_000, 28 * DAY, 365 * DAY),
            *(5_000, 1, False),
        )
        self.policy = usual._replace(**policy)
        terms = (number, "ipfs://cred", b"\x18" * 32, handle, False, 0, self.policy.params)
        self.earmark: int = self.say(stage.steward, self.pool.me, "open_earmark", *terms)
        self.say(stage.minter, self.stage.side_grain.me, "approve", handle, 0)
        self.say(stage.steward, self.stage.side_grain.me, "set_minter", handle, True)

    def pot(self) -> tuple[int, int, int]:
        """What the next post would distribute."""
        found: tuple[int, int, int] = self.say(self.cat, self.model.me, "next_pot")
        return found

    def final(self, leaves: dict[Any, int], *struck: Any) -> Final:
        """An epoch that became final now, as post, review and finalise write it down."""
        number, model = self.model.finalised() + 1, self.model
        cred = {subject_of(who): amount for who, amount in leaves.items()}
        known = KnownTree.build(self.world.chain.chain_id, model.address, number, cred)
        model.trees[known.tree.root] = known
        pot, carry_used, received = self.pot()
        terms = terms_of(
            epoch=number,
            root=known.tree.root,
            total_cred=known.tree.total,
            leaf_count=known.tree.count,
            earmark=self.earmark,
            asset=self.dollar,
            pot=pot,
            minimum=self.policy.minimum,
            grain_per_epoch=self.policy.grain_per_epoch,
            signer_cap_bps=self.policy.signer_cap_bps,
            excluded=sum(leaves[who] for who in struck),
            closes_at=self.world.now + self.policy.claim_window,
        )
        self.say(model.me, self.pool.me, "reserve", self.earmark, self.dollar, pot)
        before = model.final(number - 1)
        found = Final(
            terms, terms.packed(), terms.packed().after(before.hash if before else bytes(32))
        )
        model.note(found, "final", number)
        for who in struck:
            place = known.place(subject_of(who))
            model.note(STRUCK, "mark", number, terms.attempt, subject_of(who), place)
        model.note(received, "baseline", self.policy.income_earmark, self.dollar)
        model.add(carry_used, "carry used", self.dollar)
        model.add(1, "finalised")
        return found

    def claim(self, who: Any, *finals: Final, sender: Any = None) -> None:
        """All her leaves in these epochs."""
        claims, proof = [], []
        for final in finals:
            known = self.model.trees[final.terms.root]
            place = known.place(subject_of(who))
            claims.append((final.packed, place, known.leaves[place][1]))
            proof += known.tree.proof(place)
        before = self.model.final(finals[0].terms.epoch - 1)
        previous = before.hash if before else bytes(32)
        args = (subject_of(who), previous, claims, proof, who)
        self.say(sender or who, self.model.me, "claim", *args)

    def has(self, who: Any) -> int:
        """Dollars beyond what a patron's purse held."""
        return self.stage.dollar.has(who.address)


def test_next_pot__share_of_income_and_carry__at_most_what_is_there() -> None:
    mill = Mill(payout_bps=3_000)
    mill.give(mill.ann, mill.earmark, 1_001)
    assert mill.pot() == (300, 0, 1_001)  # floor(300.3)
    mill.model.add(50, "to carry", mill.dollar)
    assert mill.pot() == (350, 50, 1_001)
    mill.say(mill.stage.steward, mill.pool.me, "move", mill.earmark, 0, mill.dollar, 681)
    assert mill.pot() == (320, 50, 1_001)  # no more than lies there
    mill.say(mill.stage.steward, mill.pool.me, "move", mill.earmark, 0, mill.dollar, 290)
    assert mill.pot() == (30, 30, 1_001)  # and carry comes first


def test_next_pot__after_a_final_epoch__counts_what_came_since() -> None:
    mill = Mill()
    mill.give(mill.ann, mill.earmark, 1_000)
    mill.final({mill.bea: 1, mill.cat: 2})
    assert mill.pot()[0] == 0
    mill.give(mill.ann, mill.earmark, 77)
    assert mill.pot() == (77, 0, 1_077)


def test_claim__two_epochs__pays_both_once() -> None:
    mill = Mill()
    outsider, relayer = mill.world.people.outsider, mill.world.people.relayer
    mill.give(mill.ann, mill.earmark, 1_000)
    first = mill.final({outsider: 1, relayer: 2})
    mill.give(mill.ann, mill.earmark, 300)
    second = mill.final({outsider: 1, mill.ann: 1})
    mill.claim(outsider, first, second)
    assert mill.has(outsider) == 333 + 150
    with mill.refuses("distributor: already claimed"):
        mill.claim(outsider, second)
    assert [mill.model.paid(number) for number in (1, 2)] == [333, 150]


def test_claim__small_amounts__add_up_to_the_minimum_over_epochs() -> None:
    mill = Mill(minimum=100)
    outsider, relayer = mill.world.people.outsider, mill.world.people.relayer
    mill.give(mill.ann, mill.earmark, 180)
    first = mill.final({outsider: 1, relayer: 2})
    mill.give(mill.ann, mill.earmark, 120)
    second = mill.final({outsider: 1, relayer: 2})
    with mill.refuses("distributor: below minimum"):
        mill.claim(outsider, first, sender=relayer)
    mill.claim(outsider, first, second, sender=relayer)  # 60 + 40
    assert mill.has(outsider) == 100


def test_claim__maintainer_with_two_leaves__is_capped_over_both_and_the_rest_is_carried() -> None:
    mill = Mill(signer_cap_bps=2_500)
    maintainer, other = mill.world.people.maintainers[0], mill.world.people.outsider
    numbers = {subject_of(maintainer): 1, subject_of(other): 1}
    mill.model.note(MaintainerSet(1, (maintainer.address,), numbers), "set", 1)
    mill.give(mill.ann, mill.earmark, 1_000)
    final = mill.final({maintainer: 2, other: 2, mill.cat: 6})
    mill.claim(maintainer, final)
    mill.claim(other, final)
    assert (mill.has(maintainer), mill.has(other)) == (200, 50)  # 250 in all, of 400
    assert mill.model.carry(mill.dollar) == 150
    assert mill.model.paid(1) == 400
    assert mill.pot() == (150, 150, 1_000)


def test_claim__last_second__is_the_one_before_the_close() -> None:
    mill = Mill()
    outsider, relayer = mill.world.people.outsider, mill.world.people.relayer
    mill.give(mill.ann, mill.earmark, 100)
    final = mill.final({outsider: 1, relayer: 2})
    mill.world.warp(365 * DAY - 1)
    mill.claim(outsider, final)
    mill.world.warp(1)
    with mill.refuses("distributor: claims are closed"):
        mill.claim(relayer, final)


def test_close_epoch__what_nobody_claimed__is_the_next_pots() -> None:
    mill = Mill()
    outsider, relayer = mill.world.people.outsider, mill.world.people.relayer
    mill.give(mill.ann, mill.earmark, 100)
    final = mill.final({outsider: 1, relayer: 2})
    mill.claim(outsider, final)
    close = (mill.model.me, "close_epoch", bytes(32), final.packed)
    with mill.refuses("distributor: claims still open"):
        mill.say(relayer, *close)
    mill.world.warp(365 * DAY)
    mill.say(relayer, *close)
    assert mill.model.carry(mill.dollar) == 67
    assert mill.pot() == (67, 67, 100)
    with mill.refuses("distributor: nothing left"):
        mill.say(relayer, *close)


def test_payday__whole_list__pays_skips_and_says_why() -> None:
    mill = Mill(minimum=20)
    outsider, relayer = mill.world.people.outsider, mill.world.people.relayer
    mill.give(mill.ann, mill.earmark, 100)
    final = mill.final({outsider: 50, relayer: 10, mill.stage.side.pool: 40})
    leaves = list(mill.model.trees[final.terms.root].leaves)
    mill.claim(outsider, final)
    mill.say(mill.cat, mill.model.me, "payday", bytes(32), final.packed, leaves, 0, 3)
    assert (mill.has(outsider), mill.has(relayer)) == (50, 0)
    assert mill.model.paid(1) == 50
    with mill.refuses("distributor: not the full list"):
        mill.say(mill.cat, mill.model.me, "payday", bytes(32), final.packed, leaves[1:], 0, 2)


def test_payday__leaf_struck_out__is_skipped_and_the_others_get_all() -> None:
    mill = Mill()
    outsider, relayer = mill.world.people.outsider, mill.world.people.relayer
    mill.give(mill.ann, mill.earmark, 100)
    final = mill.final({outsider: 30, relayer: 10, mill.cat: 20}, outsider)
    leaves = list(mill.model.trees[final.terms.root].leaves)
    with mill.refuses("distributor: struck out"):
        mill.claim(outsider, final)
    mill.say(mill.cat, mill.model.me, "payday", bytes(32), final.packed, leaves, 0, 3)
    assert (mill.has(outsider), mill.has(relayer)) == (0, 33)
    assert mill.model.paid(1) == 33 + 66
    assert mill.model.carry(mill.dollar) == 0


def test_settle_off_chain__payees_word__puts_her_money_into_the_next_pot_once() -> None:
    mill = Mill()
    clerk, outsider = mill.world.clerk, mill.world.people.outsider
    mill.give(mill.ann, mill.earmark, 100)
    final = mill.final({outsider: 1, mill.cat: 3})
    known, subject = mill.model.trees[final.terms.root], subject_of(outsider)
    place, until = known.place(subject), mill.world.now
    said = {"epoch": 1, "subject": subject, "reference": b"\x07" * 32, "payee": outsider}
    said |= {"deadline": until}
    meant = message(typed_data.OFF_CHAIN_SETTLEMENT, mill.model.me, said)
    where = (mill.model.address, bytes(32), final.packed, (subject, place, 1))
    paper = (*where, known.tree.proof(place), b"\x07" * 32, until)
    with mill.refuses("clerk: not the payee's word"):
        theirs = mill.world.signatures.sign(mill.cat, meant)
        mill.say(mill.cat, clerk, "settle_off_chain", *paper, theirs)
    hers = mill.world.signatures.sign(outsider, meant)
    mill.say(mill.cat, clerk, "settle_off_chain", *paper, hers)
    assert (mill.has(outsider), mill.model.carry(mill.dollar), mill.model.paid(1)) == (0, 25, 25)
    with mill.refuses("distributor: already claimed"):
        mill.say(mill.cat, clerk, "settle_off_chain", *paper, hers)


def test_epochs_left__season_renewed__counts_from_then() -> None:
    mill = Mill()
    mill.give(mill.ann, mill.earmark, 10)
    mill.final({mill.ann: 1})
    assert mill.model.epochs_left() == 2
    mill.say(mill.stage.steward, mill.model.me, "set_season", 0)
    assert mill.model.epochs_left() == 0
    mill.say(mill.stage.steward, mill.model.me, "set_season", 5)
    mill.give(mill.ann, mill.earmark, 10)
    mill.final({mill.ann: 1})
    assert mill.model.epochs_left() == 4
