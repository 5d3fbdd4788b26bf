# SPDX-License-Identifier: AGPL-3.0-only
"""What a walk does at a gate: tokens shown once, twice, by others; a gate that answers nothing."""

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

from tests.contracts.coop import DAY
from tests.properties.model_gates import ANSWERS_NOTHING, HONEST, Nft, NftGateModel, OddGateModel
from tests.properties.model_governor_members import ZERO
from tests.properties.world import QUICK_WAYS, Rule, World

if TYPE_CHECKING:
    from tests.properties.rules_admission import Door

LATE = -1


class Gates:
    """One over a collection of tokens, and one that says what it is told."""

    def __init__(self, door: "Door") -> None:
        self.door, self.world, self.model = door, door.world, door.model
        world = self.world
        self.nft = Nft(world.deploy("TestNft"))
        self.gate = NftGateModel(world.deploy("NftGate", self.nft.me), self.nft.me)
        self.odd = OddGateModel(world.deploy("OddGate"))
        for model in (self.nft, self.gate, self.odd):
            world.model(model)
        self.tokens = 0

    def rules(self) -> list[Rule]:
        """With their weights."""
        return [
            Rule("gate: season", 1, self.season),
            Rule("gate: closed", 1, self.closed),
        ]

    # --- at the gate ----------------------------------------------------------------------

    def open(self, random: Random, gate: Any) -> bool:
        """By vote."""
        ways = replace(QUICK_WAYS, gate=gate, joins_bps=10_000)
        return self.door.own.enact(self.door.setting(ways), random=random).ok

    def close(self, random: Random) -> None:
        """By vote."""
        self.door.own.enact(self.door.setting(QUICK_WAYS), random=random)

    def proof(self, holder: Any) -> bytes:
        """A new token of hers."""
        self.tokens += 1
        world = self.world
        world.send(world.people.relayer, self.nft.me, "mint", holder.address, self.tokens)
        return self.tokens.to_bytes(32)

    def come(
        self, random: Random, candidate: Any, proof: bytes, value: int = 0, alone: float = 0.5
    ) -> bool:
        """She calls, or the relayer brings her word."""
        world = self.world
        if self.door.own.ballots.can_call(candidate) and random.random() < alone:
            args: tuple[Any, ...] = (candidate.address, proof, 0, b"")
            return world.send(candidate, world.admission, "join_by_gate", *args, value=value).ok
        word = self.door.acceptance(candidate, world.now)
        args = (candidate.address, proof, world.now, word)
        relayer = world.people.relayer
        return world.send(relayer, world.admission, "join_by_gate", *args, value=value).ok

    # --- rules ----------------------------------------------------------------------------

    def season(self, world: World, random: Random) -> None:
        """The gate opens, some come, some in a wrong way, and it closes."""
        if self.model.buy_ins.price.amount or not self.open(random, self.gate.me.address):
            return
        self.come(random, self.door.strangers()[0], self.proof(self.door.strangers()[0]))
        for wrong in (self._anothers, self._used, self._again, self._papers, self._full):
            wrong(random)
        if self.open(random, self.odd.me.address):
            relayer, odd = world.people.relayer, self.odd.me
            world.send(relayer, odd, "behave", ANSWERS_NOTHING)
            self.come(random, self.door.strangers()[0], b"anything")
            world.send(relayer, odd, "behave", HONEST)
            self.come(random, self.door.strangers()[0], world.now.to_bytes(8))
        self.close(random)

    def closed(self, world: World, random: Random) -> None:
        """There is none."""
        if self.model.open_ways.gate == ZERO:
            self.come(random, self.door.strangers()[0], b"")
        word = self.tokens.to_bytes(32)
        args = (world.people.outsider.address, world.admission.address, word)
        world.ask(self.gate.me, "check", *args)

    # --- wrong ----------------------------------------------------------------------------

    def _anothers(self, random: Random) -> None:
        candidate = self.door.strangers()[0]
        self.come(random, candidate, self.proof(self.world.people.outsider))
        self.come(random, candidate, b"\x07")

    def _used(self, random: Random) -> None:
        """A token that somebody joined with is passed on."""
        first = next((e for e in self.door.strangers() if self.door.own.ballots.can_call(e)), None)
        if first is None:
            return
        proof = self.proof(first)
        if self.come(random, first, proof):
            heir = self.door.strangers()[0]
            token = int.from_bytes(proof)
            self.world.send(first, self.nft.me, "pass_on", heir.address, token)
            self.come(random, heir, proof)

    def _again(self, random: Random) -> None:
        member = random.choice(self.door.inside())
        self.come(random, member, self.proof(member))

    def _papers(self, random: Random) -> None:
        """The candidate's word is spoilt, or too late."""
        world, candidate = self.world, self.door.strangers()[0]
        proof = self.proof(candidate)
        for ahead in (0, LATE):
            word = self.door.acceptance(candidate, world.now + ahead)
            if ahead == 0:
                word = self.door.own.ballots.spoilt(random, word)
            args = (candidate.address, proof, world.now + ahead, word)
            world.send(world.people.relayer, world.admission, "join_by_gate", *args)

    def _full(self, random: Random) -> None:
        """As many as the period lets in, and one more."""
        self.door.own.enact(
            self.door.setting(replace(QUICK_WAYS, gate=self.gate.me.address, joins_bps=1)),
            random=random,
        )
        if not self.model.places(self.world.now):
            self.world.warp(DAY)
        for _ in range(2):
            candidate = self.door.strangers()[0]
            self.come(random, candidate, self.proof(candidate))

    # --- what must hold -------------------------------------------------------------------

    def compare(self) -> None:
        """Every nullifier that was ever used, and one that was not."""
        world = self.world
        for nullifier in [*sorted(self.model.facts.nullifiers), bytes(32)]:
            world.ask(world.admission, "nullifier_used", nullifier)
        world.ask(self.gate.me, "collection")
