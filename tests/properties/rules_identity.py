# SPDX-License-Identifier: AGPL-3.0-only
"""Identity's share in a walk: links at the co-op's pool and at the side pool, signed, objected to,
confirmed, canceled, and lists of attesters and of pools whose word counts.
"""

from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple

from eth_utils.crypto import keccak

from millpond.core import typed_data
from tests.contracts.coop import ascending
from tests.contracts.evm import Actor
from tests.properties.chain import Handle
from tests.properties.model_grain import ZERO
from tests.properties.model_identity import WAIT, IdentityModel, Issued
from tests.properties.rules_identity_disputes import Disputes
from tests.properties.rules_pool_stage import Place, Stage, often, stage_of
from tests.properties.world import Action, Component, Rule, World

DAY = 86_400
HOUR = 3_600
IDENTITIES = tuple(keccak(text=f"github:{number}") for number in range(6))
NO_IDENTITY = bytes(31) + b"\x07"
PROOF = ("https://gist.example.org/proof", keccak(text="proof"))
LISTS = 4


class Asked(NamedTuple):
    """A link that is asked for, before anybody signs."""

    pool: str
    identity: bytes
    account: str
    issued_at: int
    deadline: int

    def said(self) -> dict[str, Any]:
        """What signers of links and objections have in common."""
        return {
            "pool": self.pool,
            "identity": self.identity,
            "account": self.account,
            "issuedAt": self.issued_at,
            "deadline": self.deadline,
        }


class Identities:
    """One registry, two pools."""

    name = "identity"

    def __init__(self, stage: Stage) -> None:
        self.stage, self.world = stage, stage.world
        world = self.world
        self.model = IdentityModel(world.identity)
        world.model(self.model)
        attesters = [each.address for each in world.people.attesters]
        self.model.facts.attesters[world.pool.address] = (attesters, 2)
        self.people: list[Any] = [*world.people.candidates[:4], *world.people.patrons]
        self.bare = stage.bare_pool()
        self._set_side_attesters()

    def _set_side_attesters(self) -> None:
        """Its hub names the first ones."""
        named = [each.address for each in self.world.people.attesters]
        side = self.stage.side.pool.address
        self.world.send(self.stage.hub, self.world.identity, "set_attesters", side, named, 2)

    def rules(self) -> Sequence[Rule]:
        """With their weights."""
        return [
            Rule("identity: link", 10, self.link),
            Rule("identity: link wrongly", 3, self.link_wrongly),
            Rule("identity: object", 4, self.object_to_link),
            Rule("identity: object by signatures", 9, self.object_by_signatures),
            Rule("identity: unlink", 2, self.unlink),
            Rule("identity: confirm or cancel", 20, self.decide),
            Rule("identity: by vote", 1, self.by_vote),
            Rule("identity: attesters", 3, self.set_attesters),
            Rule("identity: attesting pools", 3, self.set_attesting_pools),
            Rule("identity: wait", 2, self.wait),
            *Disputes(self).rules(),
        ]

    # --- draws ----------------------------------------------------------------------------

    def pool(self, random: Random) -> Place:
        """Either."""
        return self.stage.place(random, 0.5)

    def links(self, *, waiting: bool | None = None) -> list[tuple[str, bytes, Issued]]:
        """What is open: all, or what waits, or what was objected to."""
        found = []
        for (pool, identity), history in self.model.facts.links.items():
            link = history.open(self.world.now)
            if link is not None and waiting in (None, not link.objected):
                found.append((pool, identity, link))
        return found

    def linked(self) -> list[tuple[str, bytes, str]]:
        """Who is linked where."""
        known = self.model.facts.links.items()
        pairs = [(key, history.linked(self.world.now)) for key, history in known]
        return [(*key, link.account) for key, link in pairs if link is not None]

    def hand(self, signer: str, struct: typed_data.Struct, said: dict[str, Any]) -> bytes:
        """What this account signs for the registry."""
        return self.stage.hand(signer, struct, self.world.identity, said)

    def signers(self, random: Random, pool: str) -> list[str]:
        """As many attesters of the pool as it needs, or one more, in order."""
        named, needed = self.model.facts.attesters.get(pool, ([], 0))
        known = [each for each in named if self.stage.can_sign(each)]
        count = min(len(known), needed + (random.random() < 0.2))
        return [str(each) for each in ascending(random.sample(known, count))]

    def asked(self, random: Random) -> Asked:
        """A link that should be taken, of somebody who is not linked there."""
        pool, identity = self.pool(random).pool.address, random.choice(IDENTITIES)
        return self.ask_for(random, pool, identity, random.choice((0, DAY)))

    def ask_for(self, random: Random, pool: str, identity: bytes, lasts: int) -> Asked:
        """A link of this identity to another account than it has there."""
        linked = self.model.history(pool, identity).linked(self.world.now)
        people = [*self.people, self.stage.wallet]
        free = [each.address for each in people if linked is None or each.address != linked.account]
        now = self.world.now
        return Asked(pool, identity, random.choice(free), now, now + lasts)

    def signed(self, asked: Asked, signers: Sequence[str]) -> list[Any]:
        """All that `link` takes."""
        said = asked.said() | {"proofHash": PROOF[1]}
        attestations = [self.hand(each, typed_data.IDENTITY_LINK, said) for each in signers]
        hers = self.hand(asked.account, typed_data.IDENTITY_LINK, said)
        head = (asked.pool, asked.identity, asked.account, asked.issued_at)
        return [*head, PROOF[1], PROOF[0], asked.deadline, list(signers), attestations, hers]

    # --- links ----------------------------------------------------------------------------

    def link(self, world: World, random: Random) -> None:
        """Asked for, signed and brought."""
        asked = self.asked(random)
        if world.now <= self.model.history(asked.pool, asked.identity).newest_second():
            world.warp(random.choice((1, HOUR)))
            asked = asked._replace(issued_at=world.now, deadline=world.now + DAY)
        arguments = self.signed(asked, self.signers(random, asked.pool))
        world.send(world.people.relayer, world.identity, "link", *arguments)

    def link_wrongly(self, world: World, random: Random) -> None:
        """In one way."""
        asked, now = self.asked(random), world.now
        newest = self.model.history(asked.pool, asked.identity).newest_second()
        linked = self.linked()
        changes: list[Asked] = [
            asked._replace(deadline=now - 1),
            asked._replace(identity=NO_IDENTITY),
            asked._replace(account=ZERO),
            asked._replace(issued_at=newest),
            asked._replace(issued_at=now + 1),
        ]
        if linked:
            pool, identity, account = random.choice(linked)
            changes.append(Asked(pool, identity, account, now, now))
        if often(random, 0.5):
            asked = world.deal(random, "bad links", changes)
            arguments = self.signed(asked, self.signers(random, asked.pool))
        else:
            arguments = self._badly_signed(random, asked)
        world.send(world.people.relayer, world.identity, "link", *arguments)

    def _badly_signed(self, random: Random, asked: Asked) -> list[Any]:
        """A signature is missing, bad, or in the wrong place."""
        signers = self.signers(random, asked.pool)
        arguments = self.signed(asked, signers)
        book, outsider = self.world.signatures, self.world.people.outsider.address
        draw = self.world.deal(random, "bad link signatures", range(6))
        if draw == 0 and asked.account not in self.stage.owners:
            arguments[9] = book.malleable(arguments[9])
        elif draw == 1:
            arguments[7:9] = [signers[1:], arguments[8][1:]]
        elif draw == 2:
            arguments[8] = arguments[8][1:]
        elif draw == 3:
            arguments = self.signed(asked, [*signers[:-1], outsider])
        elif draw == 4:
            arguments[7:9] = [signers[::-1], arguments[8][::-1]]
        elif arguments[8]:
            arguments[8] = [b"\x11" * 65, *arguments[8][1:]]
        return arguments

    # --- objections -----------------------------------------------------------------------

    def object_to_link(self, world: World, random: Random) -> None:
        """By who is linked now, while another link waits."""
        ready = []
        for pool, identity, link in self.links(waiting=True):
            linked = self.model.history(pool, identity).linked(world.now)
            if linked is not None:
                ready.append((pool, identity, link.account, linked.account))
        if ready and often(random, 0.9):
            pool, identity, account, sender = random.choice(ready)
            if sender in world.handles:
                return
            world.send(sender, world.identity, "object_to_link", pool, identity, account)
            return
        linked_now = self.linked()
        if not linked_now or often(random, 0.7):
            return
        pool, identity, account = random.choice(linked_now)
        sender = random.choice((account, world.people.outsider.address))
        if sender not in world.handles:
            other = world.people.outsider.address
            world.send(sender, world.identity, "object_to_link", pool, identity, other)

    def members(self) -> list[str]:
        """Of the co-op, that can sign by themselves."""
        found = world_members(self.world)
        return [each for each in found if self.stage.can_sign(each)]

    def object_by_signatures(self, world: World, random: Random) -> None:
        """By members of the co-op; wrong in one way now and then."""
        pool, now = world.pool.address, world.now
        ready = [each for each in self.links(waiting=True) if each[0] == pool]
        members = self.members()
        if not ready or not members:
            return
        _, identity, link = random.choice(ready)
        count = min(3, len(world_members(world)), len(members))
        signers = [str(each) for each in ascending(random.sample(members, count))]
        asked = Asked(pool, identity, link.account, link.issued_at, now + random.choice((0, DAY)))
        objections = [self.hand(s, typed_data.LINK_OBJECTION, asked.said()) for s in signers]
        if not often(random, 0.55):
            asked, signers, objections = self._spoilt(random, asked, signers, objections)
        args = (*asked, signers, objections)
        world.send(world.people.relayer, world.identity, "object_by_signatures", *args)

    def _spoilt(
        self, random: Random, asked: Asked, signers: list[str], objections: list[bytes]
    ) -> tuple[Asked, list[str], list[bytes]]:
        """In one way."""
        outsider = self.world.people.outsider.address
        other = asked._replace(account=outsider)
        wrong = (
            (asked._replace(deadline=self.world.now - 1), signers, objections),
            (asked._replace(issued_at=asked.issued_at - 1), signers, objections),
            (asked, signers[1:], objections[1:]),
            (asked, signers, objections[1:]),
            (asked, [*signers[:-1], outsider], objections),
            (asked, signers[::-1], objections[::-1]),
            (asked, signers, [b"\x22" * 65, *objections[1:]]),
            (
                other,
                signers,
                [self.hand(s, typed_data.LINK_OBJECTION, other.said()) for s in signers],
            ),
            (asked._replace(pool=outsider, issued_at=0), signers, objections),
        )
        return self.world.deal(random, "bad objections", wrong)

    def unlink(self, world: World, random: Random) -> None:
        """By who is linked or would be."""
        theirs = [*self.linked(), *((p, i, link.account) for p, i, link in self.links())]
        if not theirs:
            return
        pool, identity, account = random.choice(theirs)
        sender = account if often(random, 0.85) else world.people.outsider.address
        if sender not in world.handles:
            world.send(sender, world.identity, "unlink", pool, identity)

    # --- a pool's governor ----------------------------------------------------------------

    def decision(self, random: Random, pool: str) -> tuple[str, tuple[str, bytes, str]] | None:
        """To confirm what was objected to, or to take a link away; wrong now and then."""
        now = self.world.now
        objected = [each for each in self.links(waiting=False) if each[0] == pool]
        over = [each for each in objected if now >= each[2].proposed_at + WAIT]
        there = [(p, i, link.account) for p, i, link in self.links() if p == pool]
        there += [each for each in self.linked() if each[0] == pool]
        # what waits has to be left alone for a week, or nothing would ever be confirmed
        if objected and often(random, 0.9 if over else 0.3):
            p, identity, link = random.choice(over or objected)
            return "confirm_link", (p, identity, link.account)
        if not there or (objected and often(random, 0.7)):
            return None
        p, identity, account = random.choice(there)
        if often(random, 0.8):
            return "cancel_link", (p, identity, account)
        name = random.choice(("confirm_link", "cancel_link"))
        return name, (p, identity, random.choice((ZERO, self.world.people.outsider.address)))

    def decide(self, world: World, random: Random) -> None:
        """By the side pool's steward, or by somebody who may not."""
        drawn = self.decision(random, self.stage.side.pool.address)
        if drawn is None:
            return
        name, args = drawn
        sender: Any = self.stage.steward if often(random) else world.people.outsider
        if not often(random, 0.92):
            args = (world.people.outsider.address, *args[1:])
        world.send(sender, world.identity, name, *args)

    def by_vote(self, world: World, random: Random) -> None:
        """By the co-op's members, about links, attesters, and pools."""
        pool = world.pool.address
        drawn: tuple[str, tuple[Any, ...]] | None = None
        draw = random.random()
        if draw < 0.5:
            drawn = self.decision(random, pool)
        elif draw < 0.75:
            drawn = "set_attesters", (pool, *self.attesters(random))
        else:
            drawn = "set_attesting_pools", (pool, self.pools(random))
        if drawn is not None:
            world.enact(Action(world.identity, *drawn), random=random)

    def attesters(self, random: Random) -> tuple[list[str], int]:
        """A list that may be named, rarely one that may not."""
        known = [each.address for each in self.world.people.attesters]
        named = random.sample([*known, *(p.address for p in self.people)], random.randint(2, 5))
        needed = random.randint(1, min(3, len(named)))
        if often(random, 0.88):
            return named, needed
        return random.choice(
            (
                (named, 0),
                (named, len(named) + 1),
                ([*named, ZERO], needed),
                ([*named, named[0]], needed),
            )
        )

    def set_attesters(self, world: World, random: Random) -> None:
        """By the side pool's steward; by a hub, for a pool that has none; by nobody else."""
        named, needed = self.attesters(random)
        pool: str = self.stage.side.pool.address
        sender: Any = self.stage.steward
        if not often(random, 0.75):
            sender = random.choice((self.stage.hub, self.stage.hub, world.people.outsider))
            pool = random.choice((pool, self.bare.address, world.people.outsider.address))
        world.send(sender, world.identity, "set_attesters", pool, named, needed)

    def pools(self, random: Random) -> list[str]:
        """Some pools, in some order; rarely one that cannot be listed."""
        known = [self.world.pool.address, self.stage.side.pool.address, self.bare.address]
        chosen = random.sample(known, random.randint(0, 3))
        if often(random, 0.88):
            return chosen
        return [*chosen, *random.choice(((ZERO,), (known[0], known[0])))][-LISTS:]

    def set_attesting_pools(self, world: World, random: Random) -> None:
        """By the side pool's steward, or by somebody who may not."""
        pool: Handle | Actor = self.stage.side.pool
        sender: Any = self.stage.steward
        if not often(random, 0.85):
            sender = world.people.outsider
        if not often(random, 0.95):
            pool = world.people.outsider
        args = (pool.address, self.pools(random))
        world.send(sender, world.identity, "set_attesting_pools", *args)

    def wait(self, world: World, random: Random) -> None:
        """Until a link or a list of pools that waits is in force, or nearly."""
        ends = [(pool, i, link.proposed_at + WAIT) for pool, i, link in self.links(waiting=True)]
        for pool, lists in self.model.facts.listed.items():
            ends += [(pool, random.choice(IDENTITIES), at) for at, _ in lists if at > world.now]
        if not ends:
            return
        pool, identity, at = random.choice(ends)
        world.warp_to(at + random.choice((-1, 0, 0)))
        for name in ("link_of", "account_of"):
            world.ask(world.identity, name, pool, identity)
        world.ask(world.identity, "attesting_pools", pool)

    # --- what must hold -------------------------------------------------------------------

    def check(self) -> None:
        """The second of issue rises from link to link."""
        for history in self.model.facts.links.values():
            if len(history.links) > 1:
                assert history.links[-2].issued_at < history.links[-1].issued_at

    def compare(self) -> None:
        """Every link at every pool, and whom each pool pays."""
        world = self.world
        for name in ("WAIT", "eip712Domain"):
            world.ask(world.identity, name)
        for pool in (world.pool.address, self.stage.side.pool.address, self.bare.address):
            world.ask(world.identity, "attesters", pool)
            world.ask(world.identity, "attesting_pools", pool)
            for identity in IDENTITIES:
                world.ask(world.identity, "link_of", pool, identity)
                world.ask(world.identity, "account_of", pool, identity)


def world_members(world: World) -> list[str]:
    """The co-op's members now."""
    governor: Any = world.models[world.governor.address]
    found: list[str] = governor.membership().members()
    return found


def install(world: World) -> Component:
    """The registry."""
    return Identities(stage_of(world))
