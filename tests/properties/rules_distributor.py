# SPDX-License-Identifier: AGPL-3.0-only
"""A CredDistributor's share in a walk: what may be done with it, and what must hold of its pots."""

from collections.abc import Sequence
from random import Random

from tests.properties.chain import Handle
from tests.properties.model_distributor import DistributorModel
from tests.properties.model_distributor_head import Final, MaintainerSet, Parts
from tests.properties.model_distributor_terms import BPS, MOST_CRED, subject_of
from tests.properties.model_odd_token import HONEST
from tests.properties.rules_distributor_claims import Claims
from tests.properties.rules_distributor_paydays import Paydays
from tests.properties.rules_distributor_posts import Posts
from tests.properties.rules_distributor_review import Review
from tests.properties.rules_distributor_settings import Settings
from tests.properties.rules_pool_stage import Stage, stage_of
from tests.properties.world import Action, Component, Rule, World

SHOWN = 4


def founded(world: World) -> DistributorModel:
    """The co-op's distributor, as the Hub has left it."""
    coop, order = world.coop, world.coop.order()
    options = order[-1]
    parts = Parts(
        world.hub.address,
        world.pool.address,
        world.governor.address,
        world.grain.address,
        world.identity.address,
    )
    model = DistributorModel(world.distributor, world.journal, parts)
    accounts = tuple(each.address for each in coop.maintainers)
    numbers = {subject_of(account): n for n, account in enumerate(accounts, 1)}
    model.add(1, "sets")
    named = MaintainerSet(options["maintainers_needed"], accounts, numbers)
    model.note(named, "set", 1)
    model.note((options["season_epochs"], 0), "season")
    return model


class Distributors:
    """The co-op's own, and a young one of the side pool."""

    name = "distributor"

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.model = founded(stage.world)
        stage.world.model(self.model)
        self.posts = Posts(stage, self.model)
        self.review = Review(stage, self.model, self.posts)
        self.claims = Claims(stage, self.model)
        self.paydays = Paydays(stage, self.model)
        self.settings = Settings(stage, self.model)
        self.known: dict[int, bytes] = {}

    @property
    def me(self) -> Handle:
        """The co-op's own."""
        return self.model.me

    def rules(self) -> Sequence[Rule]:
        """Posts, claims, settings; and a year that goes by, rarely."""
        return [
            *self.posts.rules(),
            *self.review.rules(),
            *self.claims.rules(),
            *self.paydays.rules(),
            *self.settings.rules(),
            Rule("distributor: long time", 1, self.long_time),
            Rule("distributor: two minimums", 2, self.two_minimums),
            Rule("distributor: short asset", 6, self.short_asset),
        ]

    def long_time(self, world: World, random: Random) -> None:
        """Until the oldest epoch that is open to claims closes: a claim in its last second, one
        in the next, and what is left over."""
        numbers = range(1, self.model.finalised() + 1)
        open_ones = [n for n in numbers if self.final(n).terms.closes_at > world.now]
        if not open_ones or random.random() < 0.3:
            return
        run = self.claims.of_epochs(range(open_ones[0], open_ones[0] + 1))
        world.warp_to(run.epochs[0].terms.closes_at - 1)
        self.claims.claim_from(random, run)
        if random.random() < 0.3:
            self.paydays.close(world, random)
        world.warp(1)
        for late in (self.claims.claim_from, self.paydays.everybody_from):
            late(random, run)
        self.paydays.close(world, random)

    def two_minimums(self, world: World, random: Random) -> None:
        """After an epoch that has a minimum one that has none, by vote; then others claim both."""
        model, number = self.model, self.model.finalised()
        if not number or model.posted() or not model.epochs_left():
            return
        policy = model.policy(model.policy_version())
        last = self.final(number).terms
        if last.minimum == 1 or last.asset != policy.asset:
            return
        if policy.minimum > 1:
            none = tuple(policy._replace(minimum=1))
            world.enact(Action(self.me, "set_policy", (none,)), random=random)
        self.posts.post(world, random)
        posted = model.posted()
        motion = self.posts.motion(posted) if posted else None
        if motion is not None:
            world.see_through(motion.id, random)
        if model.finalised() > number:
            self.claims.claim_between(random, self.claims.of_epochs(range(number, number + 2)))

    def short_asset(self, world: World, random: Random) -> None:
        """While some of the odd token is missing, nobody is paid in it."""
        odd, home = self.stage.odd, self.stage.home.model
        run = self.claims.one(random)
        if run is None or run.epochs[0].terms.asset != odd.address:
            return
        if not self.claims.is_open(run.epochs[0]):
            return
        world.send(world.people.relayer, odd.me, "behave", HONEST)
        spare = odd.has(home.address) - home.needed(odd.address)
        if spare >= 0:
            world.send(world.people.relayer, odd.me, "burn", home.address, spare + 1)
        by_others = self.paydays.everybody_from
        random.choice((self.claims.claim_from, by_others, by_others))(random, run)
        missing = home.needed(odd.address) - odd.has(home.address)
        world.send(world.people.relayer, odd.me, "mint", home.address, missing)

    def final(self, number: int) -> Final:
        """One that is there."""
        found = self.model.final(number)
        assert found is not None
        return found

    # --- what must hold -------------------------------------------------------------------

    def check(self) -> None:
        """Of the newest epoch no more is paid than its pot; what is final stays."""
        number = self.model.finalised()
        if not number:
            return
        final = self.final(number)
        assert self.model.paid(number) <= final.terms.pot
        assert self.known.setdefault(number, final.hash) == final.hash

    def compare(self) -> None:
        """Every view, every epoch's sums, and that grain comes from claims alone."""
        self._sums()
        self._where_it_stands()
        for number in range(max(1, self.model.finalised() - SHOWN), self.model.finalised() + 1):
            self._epoch(self.final(number))
        world, young = self.stage.world, self.settings.young
        for name in ("head", "maintainer_set", "next_pot", "open_distribution"):
            world.ask(young.me, name)

    def _sums(self) -> None:
        """No epoch pays more than its pot, no maintainer gets more than her cap, nobody is paid
        twice; what is promised in the pool is what is left of the pots and of the open one."""
        model, journal = self.model, self.stage.world.journal
        left: dict[str, int] = {}
        for number in range(1, model.finalised() + 1):
            terms = self.final(number).terms
            assert 0 <= model.paid(number) <= terms.pot
            left[terms.asset] = left.get(terms.asset, 0) + terms.pot - model.paid(number)
            for (owner,), taken in journal.under(model.address, "taken", number).items():
                assert not owner or taken <= terms.cap or terms.signer_cap_bps == BPS
        posted = model.posted()
        if posted is not None:
            asset = posted.terms.asset
            left[asset] = left.get(asset, 0) + posted.terms.pot
        pool, earmark = self.stage.home.model, model.pot_earmark()
        for asset, amount in left.items():
            assert pool.promised(earmark, asset) == amount
        assert all(n == 1 for n in journal.under(model.address, "claimed").values())
        assert self.stage.grain.sum("minted", model.address) == model.sum("grain")
        self._told()

    def _told(self) -> None:
        """The logs alone say the same: what is paid of each epoch, what is carried, the grain of
        all claims, and one hash for each final epoch."""
        told, model, me = self.stage.told, self.model, self.model.address
        for number in range(1, model.finalised() + 1):
            assert told.paid[me, number] == model.paid(number)
            assert told.hashes[me, number] == self.final(number).hash
        for asset in self.stage.assets:
            assert told.carry.get((me, asset), 0) == model.carry(asset)
        assert told.minted[me] == self.stage.grain.sum("minted", me)

    def _where_it_stands(self) -> None:
        world, me, model = self.stage.world, self.me, self.model
        plain = ("head", "open_distribution", "next_pot", "maintainer_set", "eip712Domain")
        for name in (*plain, "hub", "pool", "governor", "grain", "identity", "clerk", "restorers"):
            world.ask(me, name)
        for asset in self.stage.assets:
            world.ask(me, "carry_of", asset)
        for version in range(model.policy_version() + 2):
            world.ask(me, "policy_of", version)
            policy = tuple(model.policy(version))
            world.ask(world.clerk, "pack_policy", model.pot_earmark(), policy)
        version = model.version_of_set()
        for actor in world.people.everybody[:16]:
            world.ask(me, "is_maintainer", actor.address)
            world.ask(me, "maintainer_of", version, subject_of(actor))
        for subject in self.posts.subjects():
            world.ask(me, "payee_of", subject)
        for number in range(model.finalised() + 2):
            world.ask(me, "epoch_hash_of", number)

    def _epoch(self, final: Final) -> None:
        world, me, terms = self.stage.world, self.me, final.terms
        number, clerk = terms.epoch, self.stage.world.clerk
        world.ask(me, "paid_of", number)
        world.ask(clerk, "pack_terms", terms)
        world.ask(clerk, "unpack_terms", final.packed)
        before = self.model.final(number - 1)
        world.ask(clerk, "hash_of_terms", before.hash if before else bytes(32), final.packed)
        leaves = self.model.trees[terms.root].leaves
        world.ask(clerk, "root_of_list", me.address, number, leaves)
        for index, (subject, cred) in enumerate(leaves[:SHOWN]):
            world.ask(me, "is_claimed", subject, number)
            world.ask(clerk, "amount_of", terms, cred)
            world.ask(clerk, "leaf_hash", me.address, number, index, subject, cred)
        (subject, _), *others = leaves
        world.ask(clerk, "root_of_list", me.address, number, [(subject, MOST_CRED), *others])


def install(world: World) -> Component:
    """The co-op's distributor."""
    return Distributors(stage_of(world))
