# SPDX-License-Identifier: AGPL-3.0-only
"""The way of a distribution in a walk: income, a signed post, the members' review, and its ends."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from eth_utils.crypto import keccak

from millpond.core import typed_data
from tests.contracts.coop import AGAINST, FOR, SUCCEEDED, ascending
from tests.properties.among import Sent
from tests.properties.model import Msg
from tests.properties.model_distributor import DistributorModel
from tests.properties.model_distributor_head import Posted
from tests.properties.model_distributor_terms import (
    MOST_CRED,
    NO_HASH,
    KnownTree,
    Leaves,
    Packed,
    subject_of,
)
from tests.properties.model_governor_motions import Motion
from tests.properties.rules_identity import IDENTITIES
from tests.properties.rules_pool_gifts import Gifts
from tests.properties.rules_pool_stage import Stage, often
from tests.properties.world import Rule, World

DAY = 86_400
MOST_LEAVES = 2**24
# More than a payday pays at once: accounts that nobody knows.
CROWD = 130
# A subject that is nobody, before all others, and one behind them.
FIRST, LAST = bytes(31) + b"\x02", b"\xff" * 32
NOTHING = Sent(False, None, "")


class Posts:
    """Posting, reviewing, finalising and giving up."""

    def __init__(self, stage: Stage, model: DistributorModel) -> None:
        self.stage, self.world, self.model = stage, stage.world, model
        self.gifts = Gifts(stage)
        self.number = 0

    def rules(self) -> list[Rule]:
        """With their weights."""
        return [
            Rule("distributor: income", 6, self.income),
            Rule("distributor: post", 15, self.post),
            Rule("distributor: post wrongly", 3, self.post_wrongly),
            Rule("distributor: review", 18, self.review),
            Rule("distributor: void", 2, self.void),
            Rule("distributor: withdraw", 2, self.withdraw),
            Rule("distributor: withdraw wrongly", 2, self.withdraw_wrongly),
            Rule("distributor: too late", 1, self.finalise_too_late),
        ]

    # --- income ---------------------------------------------------------------------------

    def income(self, world: World, random: Random) -> None:
        """To where the policy counts it, or to where the pot lies."""
        version = self.model.policy_version()
        if not version:
            return
        policy = self.model.policy(version)
        home = self.stage.home
        earmark = random.choice((policy.income_earmark, self.model.pot_earmark()))
        if home.is_open(world.now, earmark) and policy.asset in self.stage.assets:
            amount = self.gifts.size(random, policy.asset)
            patron = random.choice(self.stage.patrons)
            self.gifts.bring(world, random, home, patron, earmark, policy.asset, amount)

    # --- who has how much cred ------------------------------------------------------------

    def subjects(self) -> list[bytes]:
        """People, contracts with and without a door, parts of the pool, identities."""
        world = self.world
        people = world.people
        accounts: list[Any] = [*people.everybody[:12], *people.maintainers, self.stage.home.payee]
        accounts += [
            people.patrons[0],
            self.stage.spenders[0],
            world.pool,
            world.grain,
            self.stage.wallet,
        ]
        accounts += [*self.stage.crowd, self.stage.empty]
        return [*(subject_of(account) for account in accounts), *IDENTITIES]

    def tree(self, random: Random, epoch: int) -> KnownTree:
        """Some of them, with cred of every size; now and then a tree that breaks the format."""
        known = self.subjects()
        count = random.choice((1, 2, 3, random.randint(4, len(known)), len(known)))
        most = random.choice((1, 10, 10**6, 10**6, 10**9, 2**120))
        chosen = random.sample(known, count)
        leaves = {subject: random.randint(1, most) for subject in chosen}
        if often(random, 0.2):
            leaves[chosen[0]] = 1
        if often(random, 0.04):
            crowd = [bytes(12) + keccak(text=f"crowd {n}")[12:] for n in range(CROWD)]
            leaves |= dict.fromkeys(crowd, max(leaves.values()))
        if not often(random, 0.75):
            return self.plant(epoch, self._broken(random, leaves))
        if count > 2 and often(random, 0.3):
            leaves |= self._like_money(chosen)
        return self.plant(epoch, leaves)

    def _broken(self, random: Random, leaves: dict[bytes, int]) -> Leaves:
        """Somebody stands in it twice, somebody without cred, at either end."""
        found = sorted(leaves.items())
        at = random.randrange(len(found))
        subject, cred = found[at]
        found.insert(at, (subject, random.choice((0, 1, cred))))
        if often(random, 0.5):
            found = [(FIRST, 0), *found]
        if often(random, 0.5):
            found = [*found, (LAST, 0)]
        return found

    def plant(self, epoch: int, leaves: Mapping[bytes, int] | Leaves) -> KnownTree:
        """The tree of these; from now on it is known what its root stands for."""
        chain_id, me = self.world.chain.chain_id, self.model.address
        found = KnownTree.build(chain_id, me, epoch, leaves)
        self.model.trees[found.tree.root] = found
        return found

    def _like_money(self, chosen: list[bytes]) -> dict[bytes, int]:
        """As much cred in all as there is money: somebody gets exactly the minimum, somebody one
        less, the next all the rest."""
        minimum = self.model.policy(self.model.policy_version()).minimum
        rest = self.next_pot() - 2 * minimum + 1 - (len(chosen) - 3)
        if rest < 1 or minimum < 2:
            return {}
        first, second, third, *others = chosen
        return {first: minimum, second: minimum - 1, third: rest} | dict.fromkeys(others, 1)

    # --- posts ----------------------------------------------------------------------------

    def signers(self, random: Random) -> list[str]:
        """As many maintainers as must sign, or one more, in order."""
        known = self.model.maintainers(self.model.version_of_set())
        able = [each for each in known.accounts if self.stage.can_sign(each)]
        count = min(len(able), known.needed + (random.random() < 0.2))
        return [str(each) for each in ascending(random.sample(able, count))]

    def draft(self, random: Random) -> dict[str, Any]:
        """What the maintainers sign for the next post."""
        self.number += 1
        epoch = self.model.finalised() + 1
        tree = self.tree(random, epoch).tree
        return {
            "epoch": epoch,
            "attempt": self.model.attempt(),
            "root": tree.root,
            # nobody can prove anything against a total that the tree does not have
            "totalCred": tree.total if often(random, 0.96) else tree.total + 1,
            "leafCount": tree.count,
            "dataHash": keccak(text=f"document {self.number}"),
            "uri": f"https://mill.example.org/{self.number}.json",
            "deadline": self.world.now + random.choice((0, DAY)),
        }

    def bring(self, said: dict[str, Any], signers: Sequence[str], signatures: list[bytes]) -> Sent:
        """Anyone may send it."""
        names = ("epoch", "root", "totalCred", "leafCount", "dataHash", "uri", "deadline")
        args = (self.model.address, *(said[name] for name in names), list(signers), signatures)
        return self.world.send(self.world.people.relayer, self.world.clerk, "post", *args)

    def signed(self, said: dict[str, Any], signers: Sequence[str]) -> list[bytes]:
        """By each."""
        struct = typed_data.CRED_DISTRIBUTION
        return [self.stage.hand(each, struct, self.model.me, said) for each in signers]

    def wait_for_the_epoch(self, random: Random) -> None:
        """Until the epoch is over, mostly."""
        length = self.model.policy(self.model.policy_version()).epoch_length
        due = self.model.noted(0, "last post") + length
        self.world.warp_to(due if often(random, 0.9) else due - 1)

    def next_pot(self) -> int:
        """What there is to pay out."""
        msg = Msg(self.world, self.model.me, "", self.model.address, 0)
        return self.model.next_pot(msg)[0]

    def post(self, world: World, random: Random) -> None:
        """Signed by enough, when it is time and there is something to pay out."""
        if not self.model.policy_version() or self.model.posted() or not self.model.epochs_left():
            return
        if not self.next_pot() and often(random, 0.9):
            self.income(world, random)
        self.wait_for_the_epoch(random)
        said, signers = self.draft(random), self.signers(random)
        self.bring(said, signers, self.signed(said, signers))

    def post_wrongly(self, world: World, random: Random) -> None:
        """In one way; also when it is not time, as often as not."""
        if self.model.policy_version() and not self.model.posted() and often(random, 0.8):
            self.wait_for_the_epoch(random)
        said, signers = self.draft(random), self.signers(random)
        if often(random, 0.5):
            wrong: tuple[dict[str, Any], ...] = (
                {"epoch": said["epoch"] + 1},
                {"root": NO_HASH},
                {"dataHash": NO_HASH},
                {"totalCred": 0},
                {"totalCred": MOST_CRED},
                {"leafCount": 0},
                {"leafCount": MOST_LEAVES + 1},
                {"uri": ""},
                {"deadline": world.now - 1},
            )
            said |= world.deal(random, "bad posts", wrong)
            self.bring(said, signers, self.signed(said, signers))
            return
        signatures = self.signed(said, signers)
        self.bring(said, *self._spoilt(random, said, signers, signatures))

    def _spoilt(
        self, random: Random, said: dict[str, Any], signers: list[str], signatures: list[bytes]
    ) -> tuple[list[str], list[bytes]]:
        """A signature is missing, bad, somebody's who may not, for another attempt."""
        outsider = self.world.people.outsider.address
        book = self.world.signatures
        struct = typed_data.CRED_DISTRIBUTION
        others = [*signers[:-1], outsider]
        draw = self.world.deal(random, "bad post signatures", range(6))
        if draw == 0 or not signers:
            return signers[1:], signatures[1:]
        if draw == 1:
            return signers, signatures[1:]
        if draw == 2:
            return signers[::-1], signatures[::-1]
        if draw == 3:
            theirs = self.stage.hand(outsider, struct, self.model.me, said)
            return others, [*signatures[:-1], theirs]
        if draw == 4 and signers[0] not in self.stage.owners:
            return signers, [book.malleable(signatures[0]), *signatures[1:]]
        return signers, self.signed(said | {"attempt": said["attempt"] + 1}, signers)

    # --- the review -----------------------------------------------------------------------

    def motion(self, posted: Posted) -> Motion | None:
        """Its consent proposal, while it is not over."""
        governor: Any = self.world.models[self.world.governor.address]
        found: Motion | None = governor.facts.motions.get(posted.proposal_id)
        if found is None or found.is_over(self.world.now):
            return None
        return found

    def review(self, world: World, random: Random) -> None:
        """Mostly consent; objections now and then; consent that nobody carries out; a withdrawal
        of what has consent already."""
        posted = self.model.posted()
        motion = self.motion(posted) if posted else None
        if posted is None or motion is None:
            return
        draw = random.random()
        if draw < 0.73:
            world.see_through(motion.id, random)
        elif draw < 0.86:
            self.vote(motion, AGAINST)
            world.warp_to(motion.closes_at + 1)
            self.void(world, random)
        elif draw < 0.91:
            self.approve(motion)
            world.warp_to(motion.expires_at)
            self.void(world, random)
        else:
            self.approve(motion)
            self.finalise_too_late(world, random)

    def vote(self, motion: Motion, support: int) -> None:
        """By everybody who may and can call."""
        governor: Any = self.world.models[self.world.governor.address]
        members = governor.membership()
        for account in members.members():
            voter = self.stage.person(account)
            if voter is None or not members.was_member(account, motion.created_at):
                continue
            if motion.casts.get(members.seat_of[account]):
                continue
            self.world.send(voter, self.world.governor, "castVote", motion.id, support)

    def approve(self, motion: Motion) -> None:
        """Until it may be executed, which nobody does."""
        self.world.warp_to(motion.opens_after + 1)
        self.vote(motion, FOR)
        self.world.warp_to(motion.eta if motion.eta > motion.closes_at else motion.closes_at + 1)

    def void(self, world: World, random: Random) -> None:
        """By anyone, once it has failed, mostly."""
        posted = self.model.posted()
        epoch = self.model.finalised() + 1
        if not often(random, 0.95):
            epoch += 1
        if posted is None and often(random, 0.8):
            return
        if posted is not None and self.motion(posted) is not None and often(random, 0.8):
            return
        world.send(random.choice(world.people.everybody), self.model.me, "void", epoch)

    # --- withdrawals ----------------------------------------------------------------------

    def withdrawal(self, random: Random, posted: Posted) -> tuple[dict[str, Any], Packed]:
        """What the maintainers sign to take it back, and the terms it names."""
        packed = posted.terms.packed()
        said = {
            "epoch": posted.terms.epoch,
            "attempt": self.model.attempt(),
            "root": packed.root,
            "deadline": self.world.now + random.choice((0, DAY)),
        }
        return said, packed

    def take_back(
        self, said: dict[str, Any], packed: Packed, signers: list[str], signatures: list[bytes]
    ) -> Sent:
        """Anyone may send it."""
        args = (self.model.address, said["epoch"], packed, said["deadline"], signers, signatures)
        return self.world.send(self.world.people.relayer, self.world.clerk, "withdraw", *args)

    def signed_withdrawal(self, said: dict[str, Any], signers: Sequence[str]) -> list[bytes]:
        """By each."""
        return [self.stage.hand(s, typed_data.WITHDRAWAL, self.model.me, said) for s in signers]

    def withdraw(self, _: World, random: Random) -> None:
        """Signed by enough."""
        posted = self.model.posted()
        if posted is None:
            return
        said, packed = self.withdrawal(random, posted)
        signers = self.signers(random)
        self.take_back(said, packed, signers, self.signed_withdrawal(said, signers))

    def withdraw_wrongly(self, world: World, random: Random) -> None:
        """In one way."""
        posted = self.model.posted()
        if posted is None:
            return
        said, packed = self.withdrawal(random, posted)
        signers = self.signers(random)
        signatures = self.signed_withdrawal(said, signers)
        outsider = world.people.outsider.address
        others = [str(each) for each in ascending([*signers[1:], outsider])]
        later = said | {"epoch": said["epoch"] + 1}
        elsewhere = packed._replace(pot_and_total=packed.pot_and_total ^ 1 << 200)
        wrong = (
            (later, packed, signers, self.signed_withdrawal(later, signers)),
            (said, elsewhere, signers, signatures),
            (said, packed._replace(root=b"\x01" * 32), signers, signatures),
            (said | {"deadline": world.now - 1}, packed, signers, signatures),
            (said, packed, others, self.signed_withdrawal(said, others)),
            (said, packed, signers, signatures[1:]),
            (said, packed, signers[1:], signatures[1:]),
            (said, packed, signers[::-1], signatures[::-1]),
            (said, packed, signers, [b"\x33" * 65, *signatures[1:]]),
        )
        self.take_back(*world.deal(random, "bad withdrawals", wrong))

    def finalise_too_late(self, world: World, random: Random) -> None:
        """The maintainers take back what has consent; then somebody carries the consent out."""
        posted = self.model.posted()
        motion = self.motion(posted) if posted else None
        if posted is None or motion is None or motion.state(world.now) != SUCCEEDED:
            stranger = random.choice(world.people.everybody)
            epoch, attempt = self.model.finalised() + 1, self.model.attempt()
            if often(random, 0.3):
                world.send(stranger, self.model.me, "finalise", epoch, attempt)
            return
        self.withdraw(world, random)
        if often(random, 0.5):
            self.post(world, random)
        if motion.state(world.now) == SUCCEEDED:
            columns = world.columns(motion.actions)
            args = (*columns, keccak(text=motion.text))
            world.send(world.people.relayer, world.governor, "execute", *args)
