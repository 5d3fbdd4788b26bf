# SPDX-License-Identifier: AGPL-3.0-only
"""What four co-ops of three hundred members each would say on the chain, month after month.

Every event is one that the contracts emit, in an order that they would emit it in, so that every
view has something to work on: proposals that pass by signed ballots, gifts, spending, a
distribution that is posted, made final and claimed, links of identities. It goes on for ever.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from bench.mirror.said import Entry, Says
from millpond.chain import abi
from millpond.core.canonical import keccak256
from millpond.core.subjects import of_identity

Transaction: TypeAlias = list[Entry]

POOLS, MEMBERS = 4, 300
EARMARK_PLAIN, EARMARK_CRED = 1, 2
DAY = 86_400
MONTH = 28 * DAY
_NOBODY = bytes(20)
_ETH = bytes(20)
_BALLOTS_TOGETHER, _ADMITTED_TOGETHER, _CLAIMANTS, _GIFTS, _LINKS, _PROPOSALS = (
    25,
    100,
    150,
    60,
    10,
    3,
)
_UNIT = 10**6
_GRAIN = 10**18


@cache
def address(*parts: object) -> bytes:
    """A made-up account or contract."""
    return keccak256(repr(parts).encode())[12:]


def word(*parts: object) -> bytes:
    """A made-up hash."""
    return keccak256(repr(parts).encode())


HUB, IDENTITY, TOKEN = address("hub"), address("identity"), address("token")


@dataclass(frozen=True)
class Posting:
    """A distribution whose document is at hand, so that its proofs can be asked for."""

    root: bytes
    total_cred: int
    leaf_count: int
    data_hash: bytes


@dataclass(frozen=True)
class Coop:
    """The contracts of one pool, and its people."""

    number: int

    @property
    def name(self) -> str:
        """As the Hub knows it."""
        return f"coop-{self.number}"

    def part(self, kind: str) -> bytes:
        """One of its contracts."""
        return address(self.number, kind)

    def member(self, seat: int) -> bytes:
        """Who holds a seat, from 1."""
        return address(self.number, "member", seat)


COOPS = tuple(map(Coop, range(POOLS)))


def contracts() -> dict[bytes, str]:
    """Every contract of ours in the story, with its kind."""
    kinds = ("Pool", "Governor", "Admission", "Grain", "CredDistributor")
    own = {coop.part(kind): kind for coop in COOPS for kind in kinds}
    return {HUB: "Hub", IDENTITY: "Identity"} | own


class Teller:
    """Tells the story. `now` is the time of the block that the next transaction will be in."""

    def __init__(self, first_posting: Posting | None = None) -> None:
        self.now = 0
        self._posting = first_posting
        self._events: dict[tuple[str, str], Says] = {}

    def _says(self, contract: str, event: str, at: bytes, *values: object) -> Entry:
        known = self._events.get((contract, event))
        if known is None:
            known = self._events[contract, event] = Says(contract, event)
        return known.by(at, *values)

    def transactions(self) -> Iterator[Transaction]:
        """The founding of each co-op, then its months, in turn."""
        for coop in COOPS:
            yield from self._founding(coop)
        epoch = 1
        while True:
            for coop in COOPS:
                yield from self._month(coop, epoch)
            epoch += 1

    def _founding(self, coop: Coop) -> Iterator[Transaction]:
        pool, governor = coop.part("Pool"), coop.part("Governor")
        admission, distributor = coop.part("Admission"), coop.part("CredDistributor")
        parts = (pool, governor, admission, coop.part("Grain"), distributor)
        rules = [(0, 7 * DAY, 2 * DAY, 14 * DAY, 2_000, 5_000, True)] * 4
        finalise = abi.load("CredDistributor").function("finalise", 2).selector
        maintainers = [
            (address(coop.number, "maintainer", n), [word(coop.number, n)]) for n in range(3)
        ]
        policy = (
            TOKEN,
            EARMARK_CRED,
            10_000,
            _UNIT,
            2_000 * _GRAIN,
            10_000,
            MONTH,
            730 * DAY,
            2_000,
            2,
            False,
        )
        charter = f"https://{coop.name}.example/charter"
        yield [
            self._says("Governor", "PartInstalled", governor, admission, True, bytes(4)),
            self._says("Governor", "PartInstalled", governor, distributor, True, finalise),
            self._says("Governor", "RulesSet", governor, 1, rules),
            self._says(
                "Admission", "WaysSet", admission, (True, True, 3, 2_000, 30 * DAY, _NOBODY)
            ),
            self._says("CredDistributor", "MaintainersSet", distributor, 1, 2, maintainers),
            self._says(
                "Identity", "AttestersSet", IDENTITY, pool, [address(coop.number, "attester")], 1
            ),
            self._says("Grain", "MinterSet", coop.part("Grain"), distributor, True),
            self._says(
                "Hub",
                "PoolCreated",
                HUB,
                pool,
                coop.member(1),
                coop.name,
                parts,
                charter,
                word(charter),
            ),
        ]
        for first in range(1, MEMBERS + 1, _ADMITTED_TOGETHER):
            seats = range(first, first + _ADMITTED_TOGETHER)
            yield [
                self._says("Governor", "MemberAdmitted", governor, coop.member(s), s, 1)
                for s in seats
            ]
        for number in (EARMARK_PLAIN, EARMARK_CRED):
            spender = distributor if number == EARMARK_CRED else _NOBODY
            uri = f"https://{coop.name}.example/earmarks/{number}"
            yield [
                self._says(
                    "Pool",
                    "EarmarkOpened",
                    pool,
                    number,
                    spender,
                    uri,
                    word(uri),
                    spender != _NOBODY,
                    0,
                    b"",
                )
            ]
        yield [
            self._says("CredDistributor", "PolicySet", distributor, 1, EARMARK_CRED, policy),
            self._says("CredDistributor", "SeasonSet", distributor, 1_000),
        ]

    def _month(self, coop: Coop, epoch: int) -> Iterator[Transaction]:
        for number in range(_GIFTS):
            yield self._gift(coop, epoch, number)
        for number in range(_PROPOSALS):
            yield from self._proposal(coop, epoch, number)
        yield from self._distribution(coop, epoch)
        for number in range(_LINKS):
            yield self._link(coop, epoch, number)

    def _gift(self, coop: Coop, epoch: int, number: int) -> Transaction:
        patron = address(coop.number, "patron", number * 7 % 40)
        asset, amount = (_ETH, 10**17 + epoch) if number % 3 == 0 else (TOKEN, 500 * _UNIT + number)
        earmark = EARMARK_CRED if number % 2 else EARMARK_PLAIN
        note = f"for the work of month {epoch}" if number % 5 == 0 else ""
        return [
            self._says(
                "Pool", "Given", coop.part("Pool"), patron, earmark, asset, amount, False, note
            )
        ]

    def _proposal(self, coop: Coop, epoch: int, number: int) -> Iterator[Transaction]:
        """A payment that the members vote for by signed ballots, and that is carried out."""
        pool, governor = coop.part("Pool"), coop.part("Governor")
        payee, amount = address(coop.number, "payee", number), 40 * _UNIT + epoch
        spend = abi.load("Pool").function("spend", 4)
        call = spend.encode([EARMARK_PLAIN, TOKEN, payee, amount])
        proposal, made = int.from_bytes(word(coop.number, epoch, number)), self.now
        text = f"Pay for the tools of month {epoch}, part {number}"
        first = coop.member(1 + (epoch + number) % MEMBERS)
        yield [
            self._says(
                *(
                    "Governor",
                    "ProposalCreated",
                    governor,
                    proposal,
                    first,
                    [pool],
                    [0],
                    [""],
                    [call],
                ),
                *(made, made + 7 * DAY, text),
            )
        ]
        yield from self._ballots(coop, proposal, epoch + number)
        yield [self._says("Governor", "ProposalClosed", governor, proposal, self.now)]
        yield [
            self._says("Pool", "Spent", pool, EARMARK_PLAIN, TOKEN, payee, amount),
            self._says("Governor", "ProposalExecuted", governor, proposal),
        ]

    def _ballots(self, coop: Coop, proposal: int, salt: int) -> Iterator[Transaction]:
        """All members', a few of each hundred against or abstaining; every third gives a reason."""
        governor = coop.part("Governor")
        for first in range(1, MEMBERS + 1, _BALLOTS_TOGETHER):
            entries: Transaction = []
            for seat in range(first, first + _BALLOTS_TOGETHER):
                support = {3: 0, 7: 2}.get((seat + salt) % 13, 1)
                voter = coop.member(seat)
                entries.append(
                    self._says("Governor", "VoteCast", governor, voter, proposal, support, 1, "")
                )
                if seat % 3 == 0:
                    reason = word("reason", seat, proposal)
                    entries.append(
                        self._says("Governor", "BallotReason", governor, voter, proposal, reason)
                    )
            yield entries

    def _distribution(self, coop: Coop, epoch: int) -> Iterator[Transaction]:
        """Posted, reviewed, final, and claimed by a half of the members one by one."""
        distributor, governor = coop.part("CredDistributor"), coop.part("Governor")
        proposal, pot = int.from_bytes(word(coop.number, epoch, "consent")), 12_000 * _UNIT
        posting, self._posting = self._posting, None
        posting = posting or Posting(
            word("root", coop.number, epoch), 10**9, MEMBERS, word("document", epoch)
        )
        terms = (
            *(
                epoch,
                1,
                posting.root,
                posting.total_cred,
                posting.leaf_count,
                EARMARK_CRED,
                TOKEN,
                pot,
            ),
            *(_UNIT, 2_000 * _GRAIN, 10_000, 1, 0, self.now + 7 * DAY),
        )
        signers = [address(coop.number, "maintainer", n) for n in range(2)]
        finalise = abi.load("CredDistributor").function("finalise", 2).encode([epoch, 1])
        text = f"Distribution of epoch {epoch}, attempt 1"
        yield [
            self._says(
                *(
                    "Governor",
                    "ProposalCreated",
                    governor,
                    proposal,
                    distributor,
                    [distributor],
                    [0],
                    [""],
                ),
                *([finalise], self.now, self.now + 7 * DAY, text),
            ),
            self._says(
                *("CredDistributor", "DistributionPosted", distributor, epoch, 1, proposal, terms),
                *(posting.data_hash, f"https://{coop.name}.example/epochs/{epoch}", signers),
            ),
        ]
        closes, final = self.now + 730 * DAY, word("epoch", coop.number, epoch)
        yield [
            self._says("Pool", "Reserved", coop.part("Pool"), EARMARK_CRED, TOKEN, pot),
            self._says(
                "CredDistributor", "DistributionFinalised", distributor, epoch, 1, final, 0, closes
            ),
            self._says("Governor", "ProposalExecuted", governor, proposal),
        ]
        for seat in range(1, _CLAIMANTS + 1):
            yield self._claim(coop, epoch, seat)

    def _claim(self, coop: Coop, epoch: int, seat: int) -> Transaction:
        payee, amount, grain = coop.member(seat), 20 * _UNIT + seat, 3 * _GRAIN + seat
        subject, share = bytes(12) + payee, [amount << 128 | grain << 32 | epoch]
        return [
            self._says("Pool", "Released", coop.part("Pool"), EARMARK_CRED, TOKEN, payee, amount),
            self._says("Grain", "Transfer", coop.part("Grain"), _NOBODY, payee, grain),
            self._says(
                *(
                    "CredDistributor",
                    "Claimed",
                    coop.part("CredDistributor"),
                    subject,
                    payee,
                    payee,
                    share,
                )
            ),
        ]

    def _link(self, coop: Coop, epoch: int, number: int) -> Transaction:
        seat = 1 + (epoch * _LINKS + number) % MEMBERS
        identity, proof = (
            of_identity(f"github:{1_000 * coop.number + seat}"),
            f"https://gist.example/{seat}",
        )
        return [
            self._says(
                *(
                    "Identity",
                    "LinkProposed",
                    IDENTITY,
                    coop.part("Pool"),
                    identity,
                    coop.member(seat),
                ),
                *(self.now, self.now + 7 * DAY, word(proof), proof),
            )
        ]
