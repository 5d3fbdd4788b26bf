# SPDX-License-Identifier: AGPL-3.0-only
"""Single leaves in a walk: struck out while the members look on, put back, or settled elsewhere."""

from collections.abc import Sequence
from random import Random
from typing import Any

from eth_utils.crypto import keccak

from millpond.core import typed_data
from tests.contracts.coop import ascending
from tests.properties.model_distributor import DistributorModel
from tests.properties.model_distributor_head import NO_POLICY, RESTORED, STRUCK, Posted
from tests.properties.model_distributor_terms import BPS, NO_HASH, KnownTree, Terms
from tests.properties.model_grain import ZERO
from tests.properties.rules_distributor_posts import Posts
from tests.properties.rules_distributor_runs import Run, Runs
from tests.properties.rules_pool_stage import Stage, often
from tests.properties.signing import message
from tests.properties.world import Rule, World

DAY = 86_400
REASON, REFERENCE = keccak(text="one person, two accounts"), keccak(text="invoice 7")
SPARE = (b"\x44" * 32, 1)

Args = tuple[Any, ...]


class Review(Runs):
    """Whoever strikes out, puts back and settles."""

    def __init__(self, stage: Stage, model: DistributorModel, posts: Posts) -> None:
        super().__init__(stage, model)
        self.posts = posts

    def rules(self) -> list[Rule]:
        """With their weights."""
        return [
            Rule("distributor: strike out", 9, self.strike_out),
            Rule("distributor: strike out wrongly", 4, self.strike_out_wrongly),
            Rule("distributor: put back", 6, self.put_back),
            Rule("distributor: put back wrongly", 3, self.put_back_wrongly),
            Rule("distributor: settle", 8, self.settle),
            Rule("distributor: settle wrongly", 4, self.settle_wrongly),
        ]

    # --- what is open ---------------------------------------------------------------------

    def leaves(self, terms: Terms) -> tuple[tuple[bytes, int], ...]:
        """Of the posted tree."""
        return self.model.trees[terms.root].leaves

    def marked(self, terms: Terms, mark: str) -> list[int]:
        """Which leaves the review has left so."""
        where = terms.epoch, terms.attempt
        leaves = enumerate(self.leaves(terms))
        return [at for at, (s, _) in leaves if self.model.mark_of(*where, s, at) == mark]

    def fits(self, posted: Posted) -> list[int]:
        """Which leaves could still be struck out within the voted share."""
        terms = posted.terms
        most = terms.total_cred * posted.policy.zero_out_bps // BPS
        room = most - self.model.excluded(terms.epoch, terms.attempt)
        known = self.model.trees[terms.root]
        return [at for at in self.marked(terms, "") if known.leaves[at][1] <= room]

    def leaf(self, known: KnownTree, place: int) -> tuple[tuple[bytes, int, int], list[Any]]:
        """As the Clerk takes it, and its proof."""
        subject, cred = known.leaves[place]
        return (subject, place, cred), known.tree.proof(place)

    # --- striking out ---------------------------------------------------------------------

    def said(self, posted: Posted, subject: bytes, reason: bytes = REASON) -> dict[str, Any]:
        """What is signed, to strike out and to put back."""
        terms = posted.terms
        said = {"epoch": terms.epoch, "attempt": terms.attempt, "root": terms.root}
        said |= {"subject": subject, "reasonHash": reason}
        return said | {"deadline": self.world.now + DAY}

    def signed(
        self, struct: typed_data.Struct, said: dict[str, Any], signers: Sequence[str]
    ) -> list[bytes]:
        """By each."""
        return [self.stage.hand(each, struct, self.model.me, said) for each in signers]

    def strike(self, posted: Posted, place: int, by: Sequence[str], **other: Any) -> None:
        """With what `other` says in the place of what is right."""
        leaf, proof = self.leaf(self.model.trees[posted.terms.root], place)
        subject = leaf[0]
        said = self.said(posted, subject, other.get("reason", REASON))
        said["deadline"] = other.get("deadline", said["deadline"])
        right = self.signed(typed_data.ZERO_OUT, said, by)
        args: Args = (
            self.model.address,
            other.get("epoch", posted.terms.epoch),
            other.get("packed", posted.terms.packed()),
            other.get("leaf", leaf),
            other.get("proof", proof),
            said["reasonHash"],
            said["deadline"],
            other.get("signers", list(by)),
            other.get("signatures", right),
        )
        self.world.send(self.world.people.relayer, self.world.clerk, "zero_out", *args)

    def strike_out(self, world: World, random: Random) -> None:
        """Somebody who fits, in time; now and then somebody too great, or too late."""
        if self.model.posted() is None:
            self.posts.post(world, random)
        posted = self.model.posted()
        if posted is None:
            return
        motion = self.posts.motion(posted)
        late = motion is None or motion.closes_at - self.world.now < 2 * DAY
        if late and often(random, 0.8):
            return
        known = self.fits(posted)
        if not known or not often(random, 0.85):
            known = list(range(posted.terms.leaf_count))
        if motion is not None and not often(random, 0.8):
            # the last second, or the one after it
            self.world.warp_to(motion.closes_at - 2 * DAY + random.choice((0, 1, 1)))
        for place in random.sample(known, min(len(known), random.choice((1, 1, 2, 4)))):
            for _ in range(1 if often(random) else 2):
                self.strike(posted, place, self.posts.signers(random))
        if motion is not None and self.marked(posted.terms, STRUCK):
            self._and_then(random, posted)

    def _and_then(self, random: Random, posted: Posted) -> None:
        """Members put somebody back, who is struck out again in vain; or all stays so."""
        if often(random, 0.5):
            self.put_back(self.world, random)
            for place in self.marked(posted.terms, RESTORED)[:1]:
                self.strike(posted, place, self.posts.signers(random))
        if often(random, 0.4):
            self.see_it_final(random, posted.proposal_id)

    def see_it_final(self, random: Random, proposal_id: int) -> None:
        """What is struck out stays so, whoever comes for it."""
        number = self.model.finalised()
        self.world.see_through(proposal_id, random)
        if self.model.finalised() == number:
            return
        run = self.of_epochs(range(number + 1, number + 2))
        final = run.epochs[0]
        known = self.tree(final)
        for place in self.marked(final.terms, STRUCK)[:2]:
            (subject, _, cred), proof = self.leaf(known, place)
            payee = self.payee(subject)
            claim = [(final.packed, place, cred)]
            leaf = [(subject, 0, place, cred)]
            tries: tuple[tuple[str, Args], ...] = (
                ("claim", (subject, run.previous, claim, proof, payee)),
                ("claim_many", (run.previous, [final.packed], leaf, proof)),
                ("payday", (run.previous, final.packed, list(known.leaves), place, place + 1)),
            )
            for name, args in tries:
                self.world.send(self.world.people.relayer, self.model.me, name, *args)
            if self.stage.can_sign(payee):
                self.settled(run, place)

    def strike_out_wrongly(self, world: World, random: Random) -> None:
        """In one way."""
        posted = self.model.posted()
        if posted is None:
            self._strike_when_none_is_open(random)
            return
        terms, signers = posted.terms, self.posts.signers(random)
        known = self.model.trees[terms.root]
        (subject, place, cred), proof = self.leaf(known, random.randrange(terms.leaf_count))
        outsider = world.people.outsider.address
        packed = terms.packed()
        before = self.marked(terms, RESTORED) + self.marked(terms, STRUCK)
        wrong: tuple[dict[str, Any], ...] = (
            {"reason": NO_HASH},
            {"deadline": world.now - 1},
            {"signatures": []},
            {"signers": [], "signatures": []},
            {"signers": [ZERO, *signers[1:]]},
            {"twice": True},
            {"signatures": [b"\x33" * 65 for _ in signers]},
            {"leaf": (subject, place, cred + 1)},
            {"proof": [*proof, SPARE]},
            {"proof": proof[:-1]},
            {"packed": packed._replace(pot_and_total=packed.pot_and_total ^ 1 << 200)},
            {"maintainers": [outsider]},
            {"again": True},
        )
        draw = world.deal(random, "bad strikes", wrong)
        if "again" in draw:
            place = random.choice(before) if before else place
        if "maintainers" in draw:
            signers = [str(e) for e in ascending([*signers[1:], outsider])]
        if "twice" in draw:
            signers = [*signers, *signers[-1:]]
        self.strike(posted, place, signers, **draw)

    def _strike_when_none_is_open(self, random: Random) -> None:
        """Maintainers sign, for the epoch that is final."""
        run = self.one(random)
        if run is None:
            return
        terms = run.epochs[0].terms
        posted = Posted(terms._replace(attempt=self.model.attempt()), NO_POLICY, 0, 0, 0, 0)
        place, signers = random.randrange(terms.leaf_count), self.posts.signers(random)
        self.strike(posted, place, signers, packed=run.epochs[0].packed)

    # --- putting back ---------------------------------------------------------------------

    def voters(self) -> list[str]:
        """Members from before the post who can sign."""
        governor: Any = self.world.models[self.world.governor.address]
        members, since = governor.membership(), self.model.noted(0, "posted at")
        able = [a for a in members.members() if self.stage.can_sign(a)]
        return [account for account in able if members.was_member(account, since)]

    def no_voter(self, random: Random) -> str:
        """A member who came in the second of the post or later, or nobody's."""
        governor: Any = self.world.models[self.world.governor.address]
        voters = self.voters()
        others = [a for a in governor.membership().members() if a not in voters]
        able = [account for account in others if self.stage.can_sign(account)]
        return str(random.choice(able or [self.world.people.outsider.address]))

    def back(self, posted: Posted, place: int, by: Sequence[str], **other: Any) -> None:
        """With what `other` says in the place of what is right."""
        subject, _ = self.leaves(posted.terms)[place]
        said = self.said(posted, subject, other.get("reason", REASON))
        said["deadline"] = other.get("deadline", said["deadline"])
        right = self.signed(typed_data.RESTORE, said, by)
        args: Args = (
            self.model.address,
            posted.terms.epoch,
            other.get("packed", posted.terms.packed()),
            subject,
            other.get("index", place),
            said["reasonHash"],
            said["deadline"],
            other.get("signers", list(by)),
            other.get("signatures", right),
        )
        self.world.send(self.world.people.relayer, self.world.clerk, "restore", *args)

    def restorers(self, random: Random, posted: Posted) -> list[str]:
        """As many as it takes, if there are so many voters."""
        voters = self.voters()
        governor: Any = self.world.models[self.world.governor.address]
        majority = len(governor.membership().members()) // 2 + 1
        count = min(len(voters), posted.policy.restorers, majority)
        return [str(each) for each in ascending(random.sample(voters, count))]

    def put_back(self, _: World, random: Random) -> None:
        """Whoever is struck out, or now and then somebody who is not."""
        posted = self.model.posted()
        if posted is None:
            return
        struck = self.marked(posted.terms, STRUCK)
        in_vain = not struck or self.posts.motion(posted) is None
        if in_vain and often(random, 0.8):
            return
        place = random.choice(struck or range(posted.terms.leaf_count))
        self.back(posted, place, self.restorers(random, posted))

    def put_back_wrongly(self, world: World, random: Random) -> None:
        """In one way."""
        posted = self.model.posted()
        if posted is None:
            self._back_when_none_is_open(random)
            return
        signers, packed = self.restorers(random, posted), posted.terms.packed()
        struck = self.marked(posted.terms, STRUCK)
        place = random.choice(struck or range(posted.terms.leaf_count))
        wrong: tuple[dict[str, Any], ...] = (
            {"reason": NO_HASH},
            {"deadline": world.now - 1},
            {"signatures": []},
            {"signers": [], "signatures": []},
            {"twice": True},
            {"later": True},
            {"signatures": [b"\x33" * 65 for _ in signers]},
            {"packed": packed._replace(pot_and_total=packed.pot_and_total ^ 1 << 200)},
            {"others": True},
            {"others": True},
            {"index": place + 1},
        )
        draw = world.deal(random, "bad restorings", wrong)
        if "later" in draw:
            posted = posted._replace(terms=posted.terms._replace(epoch=posted.terms.epoch + 1))
        if "twice" in draw:
            signers = [*signers, *signers[-1:]]
        if "others" in draw:
            signers = [str(e) for e in ascending([*signers[1:], self.no_voter(random)])]
        self.back(posted, place, signers, **draw)

    def _back_when_none_is_open(self, random: Random) -> None:
        """Nothing is: how many it would take is not known."""
        run = self.one(random)
        if run is None:
            return
        last = run.epochs[0]
        where: Args = (last.terms.epoch, last.packed, bytes(32), 0)
        args: Args = (*where, REASON, self.world.now, [], [])
        relayer, clerk = self.world.people.relayer, self.world.clerk
        self.world.send(relayer, clerk, "restore", self.model.address, *args)

    # --- settled elsewhere ----------------------------------------------------------------

    def hand(self, payee: str, said: dict[str, Any]) -> bytes:
        """The payee's, or her owners'."""
        meant = message(typed_data.OFF_CHAIN_SETTLEMENT, self.model.me, said)
        known = self.stage.person(payee)
        hands = self.stage.owners.get(payee) or ([known] if known else [])
        return b"".join([self.world.signatures.sign(hand, meant) for hand in hands])

    def settled(self, run: Run, place: int, **other: Any) -> None:
        """With what `other` says in the place of what is right."""
        final = run.epochs[0]
        leaf, proof = self.leaf(self.tree(final), place)
        subject = leaf[0]
        payee = self.payee(subject)
        deadline = other.get("deadline", self.world.now + DAY)
        reference = other.get("reference", REFERENCE)
        said = {"epoch": final.terms.epoch, "subject": subject, "reference": reference}
        said |= {"payee": payee, "deadline": deadline}
        args: Args = (
            self.model.address,
            other.get("previous", run.previous),
            other.get("packed", final.packed),
            other.get("leaf", leaf),
            other.get("proof", proof),
            reference,
            deadline,
            other.get("signature", self.hand(payee, said)),
        )
        self.world.send(self.world.people.relayer, self.world.clerk, "settle_off_chain", *args)

    def who_can(self, run: Run) -> list[bytes]:
        """Subjects of an epoch whose payee signs."""
        subjects = [subject for subject, _ in self.tree(run.epochs[0]).leaves]
        return [s for s in subjects if self.stage.can_sign(self.payee(s))]

    def worth(self, run: Run, subject: bytes) -> int:
        """What her leaf would get now."""
        final = run.epochs[0]
        return self.model.worth(final.terms, subject, self.tree(final).cred(subject))[0]

    def settle(self, _: World, random: Random) -> None:
        """Somebody who has not claimed, mostly."""
        run = self.one(random)
        if run is None:
            return
        final = run.epochs[0]
        able = self.who_can(run)
        small = [s for s in able if not self.worth(run, s)]
        if small and often(random, 0.2):
            able = small
        if not self.is_open(final) and often(random, 0.8):
            return
        new = [subject for subject in able if not self.is_done(final, subject)]
        chosen = new if often(random, 0.85) else able
        if chosen:
            self.settled(run, self.tree(final).place(random.choice(chosen)))

    def settle_wrongly(self, world: World, random: Random) -> None:
        """In one way."""
        run = self.one(random)
        able = self.who_can(run) if run else []
        if run is None or not able:
            return
        final = run.epochs[0]
        known = self.tree(final)
        struck = [at for at in self.marked(final.terms, STRUCK) if known.leaves[at][0] in able]
        place = random.choice(struck or [known.place(subject) for subject in able])
        (subject, _, cred), proof = self.leaf(known, place)
        wrong: tuple[dict[str, Any], ...] = (
            {"reference": NO_HASH},
            {"deadline": world.now - 1},
            {"signature": b"\x33" * 65},
            {"leaf": (subject, place, cred + 1)},
            {"proof": [*proof, SPARE]},
            {"proof": proof[:-1]},
            {"previous": b"\x01" * 32},
            {},
        )
        self.settled(run, place, **world.deal(random, "bad settlements", wrong))
