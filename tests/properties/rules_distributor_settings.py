# SPDX-License-Identifier: AGPL-3.0-only
"""What the members decide about a distributor in a walk: earmark, policies, maintainers, season.

The co-op's own distributor is decided about by real votes. Beside it stands a young one of the side
pool, whose hub and Governor say what they are told: what may be refused at the setting up and the
opening is tried there, and a new one takes its place when it is done with.
"""

from collections.abc import Sequence
from random import Random
from typing import Any

from millpond.core import typed_data
from tests.contracts.coop import ascending
from tests.contracts.evm import ETH, Actor
from tests.properties.model_distributor import DistributorModel
from tests.properties.model_distributor_head import Parts
from tests.properties.model_distributor_terms import Policy, Terms, subject_of
from tests.properties.rules_identity import IDENTITIES
from tests.properties.rules_pool_gifts import SIZES
from tests.properties.rules_pool_stage import Stage, often
from tests.properties.world import Action, Rule, World

DAY = 86_400
BPS = 10_000
MOST = 2**96 - 1
PURPOSE = ("ipfs://cred", b"\x18" * 32)
YOUNG = 6
BAD_POLICIES = 5
NO_TERMS = Terms(1, 1, bytes(32), 1, 1, 0, ETH, 1, 1, 0, BPS, 1)

Named = list[tuple[str, list[bytes]]]


class Settings:
    """Opening, policies, maintainers, seasons."""

    def __init__(self, stage: Stage, model: DistributorModel) -> None:
        self.stage, self.world, self.model = stage, stage.world, model
        self.young = self.newborn()
        self.young_left = YOUNG

    def rules(self) -> list[Rule]:
        """With their weights."""
        return [
            Rule("distributor: open", 4, self.open),
            Rule("distributor: by vote", 3, self.by_vote),
            Rule("distributor: renew the season", 6, self.renew_the_season),
            Rule("distributor: a young one", 12, self.raise_young),
            Rule("distributor: as a stranger", 1, self.as_a_stranger),
        ]

    # --- draws ----------------------------------------------------------------------------

    def policy(self, random: Random, own: int, *, bound: bool) -> Policy:
        """A policy that can be taken by an earmark of this number."""
        assets = (self.stage.dollar.address, self.stage.dollar.address, ETH)
        grain = self.stage.side_grain.address
        income = own if bound else random.choice((own, own, 0))
        all_of_it = bound and income == own
        cap = random.choice((BPS, 1, 300, 1500))
        asset = random.choice((*assets, *assets, grain, *[self.stage.odd.address] * 3))
        return Policy(
            asset=asset,
            income_earmark=income,
            payout_bps=BPS if all_of_it else random.choice((1, 2500, 9999, BPS)),
            minimum=self.minimum(random, asset),
            grain_per_epoch=random.choice((0, 10**21, MOST)),
            signer_cap_bps=cap,
            epoch_length=random.choice((28, 30, 40)) * DAY,
            claim_window=random.choice((365, 366, 500)) * DAY,
            zero_out_bps=random.choice((0, 2_000, 5_000, 5_000)),
            restorers=random.choice((1, 2, 2)),
            fixed_portion=cap < BPS and often(random, 0.3),
        )

    def minimum(self, random: Random, asset: str) -> int:
        """Nothing to speak of, or what some leaves of a pot reach and others do not."""
        gift = dict(zip(self.stage.assets, SIZES.values(), strict=True))[asset]
        return random.choice((1, 1, gift // 1_000, gift // 50))

    def spoilt(self, policy: Policy, where: str) -> Policy:
        """One number out of its bounds, or at its edge."""
        wrong = (
            policy._replace(payout_bps=0),
            policy._replace(payout_bps=BPS + 1),
            policy._replace(signer_cap_bps=0),
            policy._replace(signer_cap_bps=BPS + 1),
            policy._replace(minimum=0),
            policy._replace(minimum=MOST + 1),
            policy._replace(minimum=MOST),
            policy._replace(grain_per_epoch=MOST + 1),
            policy._replace(epoch_length=28 * DAY - 1),
            policy._replace(epoch_length=366 * DAY + 1),
            policy._replace(epoch_length=366 * DAY),
            policy._replace(claim_window=365 * DAY - 1),
            policy._replace(claim_window=3_660 * DAY + 1),
            policy._replace(claim_window=3_660 * DAY),
            policy._replace(income_earmark=2**32 - 1),
            policy._replace(zero_out_bps=5_001),
            policy._replace(restorers=0),
            policy._replace(restorers=17),
            policy._replace(restorers=16),
            policy._replace(fixed_portion=True, signer_cap_bps=BPS),
            policy._replace(fixed_portion=not policy.fixed_portion, signer_cap_bps=BPS - 1),
        )
        return self.world.next_of(f"bad policies {where}", wrong, BAD_POLICIES)

    def maintainers(self, random: Random) -> tuple[Named, int]:
        """People, a wallet now and then; some with further subjects of their own."""
        people = self.world.people
        pool: list[Any] = [*people.maintainers, *people.founders[:3], *people.candidates[:2]]
        chosen = [*random.sample(pool, random.randint(1, 5))]
        if often(random, 0.3):
            chosen.append(self.stage.wallet)
        named: Named = []
        free = [*IDENTITIES, subject_of(people.patrons[0]), subject_of(people.patrons[1])]
        for account in ascending(chosen):
            count = random.choice((0, 0, 1, 2))
            subjects = random.sample(free, min(count, len(free)))
            free = [subject for subject in free if subject not in subjects]
            named.append((account.address, subjects))
        return named, random.randint(1, min(3, len(named)))

    def wrong_maintainers(self, random: Random) -> tuple[Named, int]:
        """A list that cannot be."""
        named, needed = self.maintainers(random)
        (account, _), *others = named
        last, _ = named[-1]
        wrong: tuple[tuple[Named, int], ...] = (
            ([], needed),
            (named, 0),
            (named, len(named) + 1),
            ([*named, named[-1]], needed),
            ([*named, ("0x" + "00" * 20, [])], needed),
            ([(account, [bytes(32)]), *others], needed),
            ([(account, [IDENTITIES[0], IDENTITIES[0]]), *others], needed),
            ([(account, [subject_of(last)]), *others], needed),
            ([(account, [subject_of(account)]), *others], needed),
        )
        return self.world.deal(random, "bad maintainers", wrong)

    # --- the co-op's own ------------------------------------------------------------------

    def opening(
        self, number: int, model: DistributorModel, bound: bool, params: bytes, deadline: int = 0
    ) -> tuple[Any, ...]:
        """The arguments of `open_earmark`."""
        return number, *PURPOSE, model.address, bound, deadline, params

    def open(self, world: World, random: Random) -> None:
        """Its earmark, once."""
        if self.model.policy_version():
            return
        home = self.stage.home
        number = home.model.sum("opened") + 1
        bound = often(random, 0.5)
        policy = self.policy(random, number, bound=bound)
        # one that ends soon shows what posts and claims do then
        deadline = 0 if often(random, 0.85) else world.now + 60 * DAY
        args = self.opening(number, self.model, bound, policy.params, deadline)
        world.enact(Action(home.pool, "open_earmark", args), random=random)

    def by_vote(self, world: World, random: Random) -> None:
        """Another policy, other maintainers, another season."""
        if not self.model.policy_version():
            return
        action = random.choice((*[self._policy] * 3, self._maintainers, self._season))
        world.enact(action(random), random=random)

    def _policy(self, random: Random) -> Action:
        """What is frozen stays, mostly."""
        own, home = self.model.pot_earmark(), self.stage.home
        now = self.model.policy(self.model.policy_version())
        policy = self.policy(random, own, bound=home.model.terms(own).restricted)
        if home.model.terms(own).restricted and often(random):
            policy = now._replace(
                minimum=1 if now.minimum > 1 else self.minimum(random, now.asset),
                grain_per_epoch=policy.grain_per_epoch,
                epoch_length=policy.epoch_length,
                zero_out_bps=policy.zero_out_bps,
                restorers=policy.restorers,
            )
        if not often(random):
            policy = self.spoilt(policy, "by vote")
        return Action(self.model.me, "set_policy", (tuple(policy),))

    def _maintainers(self, random: Random) -> Action:
        draw = self.maintainers if often(random, 0.85) else self.wrong_maintainers
        return Action(self.model.me, "set_maintainers", draw(random))

    def _season(self, random: Random) -> Action:
        epochs = random.choice((0, 5, 12, 1_200, 1_201))
        return Action(self.model.me, "set_season", (epochs,))

    def renew_the_season(self, world: World, random: Random) -> None:
        """When it is over."""
        if self.model.policy_version() and not self.model.epochs_left():
            action = Action(self.model.me, "set_season", (random.choice((3, 12, 30)),))
            world.enact(action, random=random)

    # --- a young one ----------------------------------------------------------------------

    def newborn(self) -> DistributorModel:
        """A distributor of the side pool, not set up."""
        stage, world = self.stage, self.world
        parts = Parts(
            stage.hub.address,
            stage.side.pool.address,
            stage.steward.address,
            stage.side_grain.address,
            world.identity.address,
        )
        handle = stage.clone("CredDistributor", parts)
        model = DistributorModel(handle, world.journal, parts)
        world.model(model)
        world.send(world.people.relayer, stage.steward, "add_hub_part", handle.address)
        return model

    def raise_young(self, world: World, random: Random) -> None:
        """Set up, opened, changed; wrong in one way now and then."""
        young = self.young
        if not young.version_of_set():
            self._set_up(world, random, young)
        elif not young.policy_version():
            self._open_young(world, random, young)
        elif often(random, 0.85):
            self._change(world, random, young)
        elif self.young_left:
            self.young_left -= 1
            self.young = self.newborn()

    def _set_up(self, world: World, random: Random, young: DistributorModel) -> None:
        wrong = not often(random, 0.5)
        named, needed = self.wrong_maintainers(random) if wrong else self.maintainers(random)
        season = random.choice((0, 3, 1_200)) if often(random) else 1_201
        sender: Actor = self.stage.hub if often(random, 0.85) else world.people.outsider
        if not often(random, 0.85):
            self._post(world, young)
        world.send(sender, young.me, "setup", named, needed, season)

    def _post(self, world: World, young: DistributorModel) -> None:
        """Before it has an earmark; signed by nobody before it has maintainers."""
        root, data_hash, uri = b"\x01" * 32, b"\x02" * 32, "ipfs://early"
        said = {"epoch": 1, "attempt": 0, "root": root, "totalCred": 1, "leafCount": 1}
        said |= {"dataHash": data_hash, "uri": uri, "deadline": world.now}
        signers = [a for a in young.maintainers(1).accounts if self.stage.can_sign(a)]
        struct = typed_data.CRED_DISTRIBUTION
        signatures = [self.stage.hand(each, struct, young.me, said) for each in signers]
        args = (young.address, 1, root, 1, 1, data_hash, uri, world.now, signers, signatures)
        world.send(world.people.relayer, world.clerk, "post", *args)

    def _open_young(self, world: World, random: Random, young: DistributorModel) -> None:
        side = self.stage.side
        number = side.model.sum("opened") + 1
        bound = often(random, 0.5)
        policy = self.policy(random, number, bound=bound)
        if not often(random, 0.3):
            policy = self.spoilt(policy, "at the opening")
        if not often(random, 0.85):
            self._post(world, young)
        params = policy.params
        if not often(random):
            # too short, or neither yes nor no at the end
            params = params[:-1] + random.choice((b"", b"\x02"))
        if bound and not often(random, 0.85):
            params = policy._replace(payout_bps=BPS - 1, income_earmark=number).params
        args = self.opening(number, young, bound, params)
        world.send(self.stage.steward, side.pool, "open_earmark", *args)

    def _change(self, world: World, random: Random, young: DistributorModel) -> None:
        steward: Any = self.stage.steward
        sender = steward if often(random) else world.people.outsider
        number = self.stage.side.model.sum("opened") + 1
        own = young.pot_earmark()
        bound = self.stage.side.model.terms(own).restricted
        policy = self.policy(random, own, bound=bound)
        if bound and often(random, 0.7):
            now = young.policy(young.policy_version())
            policy = now._replace(minimum=policy.minimum, claim_window=policy.claim_window)
        if not often(random, 0.4):
            policy = self.spoilt(policy, "later")
        second = self.opening(number, young, False, policy.params)
        calls: Sequence[tuple[Any, Any, str, tuple[Any, ...]]] = (
            (sender, young.me, "set_policy", (tuple(policy),)),
            (sender, young.me, "set_policy", (tuple(policy),)),
            (sender, young.me, "set_maintainers", self.maintainers(random)),
            (sender, young.me, "set_maintainers", self.wrong_maintainers(random)),
            (sender, young.me, "set_season", (random.choice((0, 7, 1_200, 1_201)),)),
            (steward, self.stage.side.pool, "open_earmark", second),
            (self.stage.hub, young.me, "setup", (*self.maintainers(random), 3)),
            (world.people.outsider, young.me, "on_open", (1, policy.params)),
        )
        who, target, name, args = world.deal(random, "changes", calls)
        world.send(who, target, name, *args)

    # --- by nobody who may ----------------------------------------------------------------

    def as_a_stranger(self, world: World, random: Random) -> None:
        """What only the Hub, the Pool or the Governor may."""
        stranger = random.choice((world.people.outsider, *world.people.founders))
        policy = self.policy(random, 1, bound=False)
        calls: Sequence[tuple[Any, str, tuple[Any, ...]]] = (
            (self.model, "set_policy", (tuple(policy),)),
            (self.model, "set_maintainers", self.maintainers(random)),
            (self.model, "set_season", (3,)),
            (self.model, "setup", (*self.maintainers(random), 3)),
            (self.model, "on_open", (1, policy.params)),
            (self.young, "set_policy", (tuple(policy),)),
            *self._past_the_clerk(),
        )
        model, name, args = world.deal(random, "strange calls", calls)
        if model is self.young and not model.policy_version():
            world.send(self.stage.steward, model.me, name, *args)
            return
        world.send(stranger, model.me, name, *args)

    def _past_the_clerk(self) -> Sequence[tuple[DistributorModel, str, tuple[Any, ...]]]:
        """What the Clerk alone may, whatever is open."""
        posted = self.model.posted()
        final = self.model.final(self.model.finalised())
        terms = posted.terms if posted else final.terms if final else NO_TERMS
        packed, someone, hashed = terms.packed(), bytes(31) + b"\x01", b"\x07" * 32
        return (
            (self.model, "post", (terms.epoch, hashed, 1, 1, hashed, "ipfs://past", "x", [])),
            (self.model, "withdraw", (terms.epoch, packed, [])),
            (self.model, "zero_out", (terms.epoch, packed, someone, 0, 1, hashed, [])),
            (self.model, "restore", (terms.epoch, packed, someone, 0, hashed, [])),
            (
                *(self.model, "settle_off_chain"),
                (hashed, packed, someone, 0, 1, self.world.people.outsider.address, hashed),
            ),
        )
