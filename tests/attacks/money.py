# SPDX-License-Identifier: AGPL-3.0-only
"""What the attacks on money share: both worlds, how an attack ended, and a co-op that pays by cred.

An attack is written once and made twice: on the contracts as they are shipped, and on a copy with
a defence taken out (money_weak.py). On the copy somebody has to end with money that is not his, or
others without what is theirs; so what stops the attack on the real ones is that defence.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from tests.contracts.changed import Change, weakened
from tests.contracts.coop import CLASSES, Coop, Proposal, Rule
from tests.contracts.distributors import DATA_HASH, MONTH, URI, Epoch, Mill, Policy, Tree
from tests.contracts.evm import ETH, Evm, Reverted, address_of

T = TypeVar("T")


class Outcome(NamedTuple):
    """How an attack ended: why it was refused ("" if it was not), and what the attacker won."""

    refused: str
    won: int


def on_both(attack: Callable[[Evm], T], weak: Sequence[Change]) -> tuple[T, T]:
    """What comes of an attack on the real contracts, and on the weakened ones."""
    shipped = attack(Evm())
    with weakened(*weak):
        return shipped, attack(Evm())


def strike(evm: Evm, deed: Callable[..., object], *arguments: Any, **how: Any) -> str:
    """Makes one call. Why it was refused, with every account as before; "" when it went through."""
    before = evm.state()
    try:
        deed(*arguments, **how)
    except Reverted as error:
        assert evm.state() == before
        return error.reason or "locked"
    return ""


def posting(
    mill: Mill, leaves: dict[bytes, int], signers: Sequence[Any] | None = None
) -> tuple[str, list[Epoch]]:
    """A post: why it was refused, or the epoch that is under review now."""
    posted: list[Epoch] = []
    refused = strike(mill.evm, lambda: posted.append(mill.post(leaves, signers)))
    return refused, posted


def has(evm: Evm, asset: Any, account: Any) -> int:
    """What an account really has."""
    if address_of(asset) == ETH:
        return evm.balance(account)
    found: int = asset.balanceOf(account)
    return found


class Works(Mill):
    """A co-op as the Hub makes it, which pays its earmark out by cred: every part is real, and
    what it decides takes its real votes."""

    def __init__(
        self, evm: Evm, *, founders: int = 3, rules: Sequence[Rule] = CLASSES, **policy: Any
    ) -> None:
        coop = Coop(evm, founders, rules)
        self.coop, self.evm = coop, evm
        self.governor, self.identity, self.dollar = coop.governor, coop.identity, coop.dollar
        self.pool, self.grain, self.distributor = coop.pool, coop.grain, coop.distributor
        self.clerk = coop.clerk
        self.maintainers, self.attesters = coop.maintainers, coop.attesters
        self.patron, self.relayer = coop.patron, coop.relayer
        self.earmark = 1
        terms = Policy(policy.pop("asset", self.dollar), 1, **policy)
        coop.enact(coop.opening(self.distributor, True, terms.params()), text="cred")

    def posted(self, tree: Tree) -> Epoch:
        """Signed by two and posted, whatever the tree says of itself."""
        arguments = self.signed(self.draft(tree))
        proposal_id = self.clerk.post(self.distributor, *arguments, sender=self.relayer)
        (log,) = self.events("DistributionPosted")
        return Epoch(tree, dict(log.args["terms"]._asdict()), proposal_id)

    def consenting(self, epoch: Epoch) -> Proposal:
        """The consent proposal that a post has raised, with its whole content."""
        call = self.distributor.calldata("finalise", epoch.number, epoch.terms["attempt"])
        text = f"{URI} 0x{DATA_HASH.hex()}"
        return Proposal(epoch.proposal_id, [self.distributor.address], [0], [call], text)

    def review(self, epoch: Epoch) -> Proposal:
        """To the first second after the review."""
        self.evm.warp_to(self.governor.proposalDeadline(epoch.proposal_id) + 1)
        return self.consenting(epoch)

    def finalise(self, epoch: Epoch) -> Epoch:
        """Nobody objects, and anyone carries it out."""
        self.coop.execute(self.review(epoch))
        return self.settled(epoch)

    def settled(self, epoch: Epoch) -> Epoch:
        """With the terms that finalising has added."""
        (log,) = self.events("DistributionFinalised")
        epoch.terms |= {key: log.args[key] for key in ("excluded", "closes_at")}
        epoch.previous = self.distributor.epoch_hash_of(epoch.number - 1)
        epoch.packed = self.clerk.pack_terms(tuple(epoch.terms.values()))
        return epoch

    def month(self, leaves: dict[bytes, int], income: int) -> Epoch:
        """A month passes with this income, and this is posted at its end."""
        self.give(income)
        self.evm.warp(MONTH)
        return self.post(leaves)
