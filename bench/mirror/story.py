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
from millpond.chain.abi import Function
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
_SHARED = {"Hub": HUB, "Identity": IDENTITY}


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

    def says(self, what: str, *values: object) -> Entry:
        """One of its contracts, or the Hub or Identity for it: "Governor.VoteCast", then the
        event's fields."""
        kind = what.partition(".")[0]
        return _event(what).by(_SHARED.get(kind) or self.part(kind), *values)


@cache
def _event(what: str) -> Says:
    return Says(*what.split("."))


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

    def transactions(self) -> Iterator[Transaction]:
        """The founding of each co-op, then its months, in turn."""
        for coop in COOPS:
            yield self._made(coop)
            yield from self._people(coop)
            yield from self._earmarks(coop)
        epoch = 1
        while True:
            for coop in COOPS:
                yield from self._month(coop, epoch)
            epoch += 1

    # --- the founding -----------------------------------------------------------------------------

    def _made(self, coop: Coop) -> Transaction:
        """What the Hub makes in one transaction."""
        admission, distributor = coop.part("Admission"), coop.part("CredDistributor")
        pool, governor, grain = coop.part("Pool"), coop.part("Governor"), coop.part("Grain")
        rules = [(0, 7 * DAY, 2 * DAY, 14 * DAY, 2_000, 5_000, True)] * 4
        ways = (True, True, 3, 2_000, 30 * DAY, _NOBODY)
        people = [(address(coop.number, "maintainer", n), [word(coop.number, n)]) for n in range(3)]
        charter = f"https://{coop.name}.example/charter"
        parts = (pool, governor, admission, grain, distributor)
        first, attester = coop.member(1), address(coop.number, "attester")
        return [
            coop.says("Governor.PartInstalled", admission, True, bytes(4)),
            coop.says("Governor.PartInstalled", distributor, True, _finalise().selector),
            coop.says("Governor.RulesSet", 1, rules),
            coop.says("Admission.WaysSet", ways),
            coop.says("CredDistributor.MaintainersSet", 1, 2, people),
            coop.says("Identity.AttestersSet", pool, [attester], 1),
            coop.says("Grain.MinterSet", distributor, True),
            coop.says("Hub.PoolCreated", pool, first, coop.name, parts, charter, word(charter)),
        ]

    def _people(self, coop: Coop) -> Iterator[Transaction]:
        for first in range(1, MEMBERS + 1, _ADMITTED_TOGETHER):
            seats = range(first, first + _ADMITTED_TOGETHER)
            yield [coop.says("Governor.MemberAdmitted", coop.member(s), s, 1) for s in seats]

    def _earmarks(self, coop: Coop) -> Iterator[Transaction]:
        for number in (EARMARK_PLAIN, EARMARK_CRED):
            paid_by = coop.part("CredDistributor") if number == EARMARK_CRED else _NOBODY
            uri = f"https://{coop.name}.example/earmarks/{number}"
            about = (uri, word(uri), paid_by != _NOBODY, 0, b"")
            yield [coop.says("Pool.EarmarkOpened", number, paid_by, *about)]
        policy = (
            *(TOKEN, EARMARK_CRED, 10_000, _UNIT, 2_000 * _GRAIN, 10_000, MONTH, 730 * DAY),
            *(2_000, 2, False),
        )
        yield [
            coop.says("CredDistributor.PolicySet", 1, EARMARK_CRED, policy),
            coop.says("CredDistributor.SeasonSet", 1_000),
        ]

    # --- a month ----------------------------------------------------------------------------------

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
        in_eth = number % 3 == 0
        asset, amount = (_ETH, 10**17 + epoch) if in_eth else (TOKEN, 500 * _UNIT + number)
        earmark = EARMARK_CRED if number % 2 else EARMARK_PLAIN
        note = f"for the work of month {epoch}" if number % 5 == 0 else ""
        return [coop.says("Pool.Given", patron, earmark, asset, amount, False, note)]

    def _proposal(self, coop: Coop, epoch: int, number: int) -> Iterator[Transaction]:
        """A payment that the members vote for by signed ballots, and that is carried out."""
        pool, payee = coop.part("Pool"), address(coop.number, "payee", number)
        amount = 40 * _UNIT + epoch
        call = abi.load("Pool").function("spend", 4).encode([EARMARK_PLAIN, TOKEN, payee, amount])
        proposal = int.from_bytes(word(coop.number, epoch, number))
        text = f"Pay for the tools of month {epoch}, part {number}"
        proposer = coop.member(1 + (epoch + number) % MEMBERS)
        what = ([pool], [0], [""], [call], self.now, self.now + 7 * DAY, text)
        yield [coop.says("Governor.ProposalCreated", proposal, proposer, *what)]
        yield from self._ballots(coop, proposal, epoch + number)
        yield [coop.says("Governor.ProposalClosed", proposal, self.now)]
        yield [
            coop.says("Pool.Spent", EARMARK_PLAIN, TOKEN, payee, amount),
            coop.says("Governor.ProposalExecuted", proposal),
        ]

    def _ballots(self, coop: Coop, proposal: int, salt: int) -> Iterator[Transaction]:
        """All members', a few of each hundred against or abstaining; every third gives a reason."""
        for first in range(1, MEMBERS + 1, _BALLOTS_TOGETHER):
            entries: Transaction = []
            for seat in range(first, first + _BALLOTS_TOGETHER):
                support = {3: 0, 7: 2}.get((seat + salt) % 13, 1)
                voter = coop.member(seat)
                entries.append(coop.says("Governor.VoteCast", voter, proposal, support, 1, ""))
                if seat % 3 == 0:
                    reason = word("reason", seat, proposal)
                    entries.append(coop.says("Governor.BallotReason", voter, proposal, reason))
            yield entries

    def _distribution(self, coop: Coop, epoch: int) -> Iterator[Transaction]:
        """Posted, reviewed, final, and claimed by a half of the members one by one."""
        distributor, pot = coop.part("CredDistributor"), 12_000 * _UNIT
        proposal = int.from_bytes(word(coop.number, epoch, "consent"))
        posted, self._posting = self._posting, None
        if posted is None:
            root = word("root", coop.number, epoch)
            posted = Posting(root, 10**9, MEMBERS, word("document", epoch))
        terms = (
            *(epoch, 1, posted.root, posted.total_cred, posted.leaf_count, EARMARK_CRED, TOKEN),
            *(pot, _UNIT, 2_000 * _GRAIN, 10_000, 1, 0, self.now + 7 * DAY),
        )
        uri = f"https://{coop.name}.example/epochs/{epoch}"
        signers = [address(coop.number, "maintainer", n) for n in range(2)]
        text = f"Distribution of epoch {epoch}, attempt 1"
        calls = ([distributor], [0], [""], [_finalise().encode([epoch, 1])])
        voted = (*calls, self.now, self.now + 7 * DAY, text)
        signed = (posted.data_hash, uri, signers)
        yield [
            coop.says("Governor.ProposalCreated", proposal, distributor, *voted),
            coop.says("CredDistributor.DistributionPosted", epoch, 1, proposal, terms, *signed),
        ]
        final = (word("epoch", coop.number, epoch), 0, self.now + 730 * DAY)
        yield [
            coop.says("Pool.Reserved", EARMARK_CRED, TOKEN, pot),
            coop.says("CredDistributor.DistributionFinalised", epoch, 1, *final),
            coop.says("Governor.ProposalExecuted", proposal),
        ]
        for seat in range(1, _CLAIMANTS + 1):
            yield self._claim(coop, epoch, seat)

    def _claim(self, coop: Coop, epoch: int, seat: int) -> Transaction:
        payee, amount, grain = coop.member(seat), 20 * _UNIT + seat, 3 * _GRAIN + seat
        subject, share = bytes(12) + payee, [amount << 128 | grain << 32 | epoch]
        return [
            coop.says("Pool.Released", EARMARK_CRED, TOKEN, payee, amount),
            coop.says("Grain.Transfer", _NOBODY, payee, grain),
            coop.says("CredDistributor.Claimed", subject, payee, payee, share),
        ]

    def _link(self, coop: Coop, epoch: int, number: int) -> Transaction:
        seat = 1 + (epoch * _LINKS + number) % MEMBERS
        identity = of_identity(f"github:{1_000 * coop.number + seat}")
        uri = f"https://gist.example/{seat}"
        said = (self.now, self.now + 7 * DAY, word(uri), uri)
        pool, account = coop.part("Pool"), coop.member(seat)
        return [coop.says("Identity.LinkProposed", pool, identity, account, *said)]


@cache
def _finalise() -> Function:
    return abi.load("CredDistributor").function("finalise", 2)
