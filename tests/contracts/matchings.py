# SPDX-License-Identifier: AGPL-3.0-only
"""What the tests of Matching share: a pool with a fund on earmark 1 and gifts on earmark 2, a
second into the time of giving, its members, and projects that say yes."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any, NamedTuple

from eth_abi.abi import encode
from pyrevm import AccountInfo

from tests.contracts.allocations import ABOUT, CANDIDACY_FIELDS, typed
from tests.contracts.coop import DAY, FOR, PURPOSE, ZERO, Action, Desk, Proposal, named
from tests.contracts.evm import CHAIN_ID, ETH, Actor, Contract, Evm, address_of
from tests.contracts.teams import QUICK, VOTE

BPS = 10_000
ONE = 10**18
UNIT = 10**6
MOST = 2**96 - 1
PLAY = {1: (1, 4, 1, 9), 2: (1, 1, 1, 1, 1, 1, 4), 3: (1, 9, 1, 9, 1, 9, 4)}
"""Test donations that the literature uses: matches of 34, 54 and 162, 250 together."""


class Terms(NamedTuple):
    """What the earmark of the fund is opened with."""

    asset: str = ETH
    duration: int = 7 * DAY
    credit: int = 0
    cap_bps: int = BPS
    scale_up: bool = False
    gate: str = ZERO

    @property
    def encoded(self) -> bytes:
        """As the Pool hands it over."""
        return encode(["(address,uint256,uint256,uint256,bool,address)"], [tuple(self)])


class Fund(Desk):
    """A pool with a matching round. Its chair alone opens it by vote, and by then all donors are
    members."""

    def __init__(
        self,
        evm: Evm,
        donors: int = 8,
        restricted: bool = False,
        deadline: int = 0,
        opened: bool = True,
        **terms: Any,
    ) -> None:
        super().__init__(evm, QUICK)
        self.patron, self.names, self.texts = evm.actor("patron"), count(), count()
        self.chair, self.code = evm.actor("chair"), evm.code(self.governor)
        self.admit(self.chair)
        self.voters.append(self.chair)
        self.matching, self.terms = self.installed(), Terms(**terms)
        evm.warp(1)
        self.donors = [evm.actor(f"donor {n}") for n in range(donors)]
        if opened:
            deadline = deadline and evm.now + VOTE - 1 + deadline
            opening = self.opening(self.terms.encoded, restricted, deadline)
            proposal = self.propose(opening, self.opening(b"", number=2))
            self.admit(*self.donors)
            self.carry_out(proposal)
        else:
            self.admit(*self.donors)
            self.voters += self.donors
        self.opened_at = evm.now
        evm.warp(1)

    def installed(self) -> Contract:
        """A round as the Hub makes it, with no earmark yet."""
        around = [self.hub, self.pool, self.governor, self.evm.actor("grain"), self.identity]
        made = self.evm.clone("Matching", around)
        self.governor.add_hub_part(made, bytes(4), False, sender=self.hub)
        return made

    def opening(
        self, params: bytes, restricted: bool = False, deadline: int = 0, number: int = 0
    ) -> Action:
        """The call that opens the next earmark, or that of this number, for the round."""
        expected = number or self.pool.earmark_count() + 1
        opened = (expected, *PURPOSE, self.matching, restricted, deadline, params)
        return self.pool, 0, self.pool.calldata("open_earmark", *opened)

    def earmark(self, params: bytes, restricted: bool = False, deadline: int = 0) -> None:
        """The next earmark for the round."""
        self.execute(self.ready(self.opening(params, restricted, deadline)))

    def ready(self, *actions: Action) -> Proposal:
        """Proposed and voted by the chair, to be executed now."""
        proposal = self.propose(*actions, text=f"{next(self.texts)}", by=self.chair)
        self.wait(proposal)
        return proposal

    def carry_out(self, proposal: Proposal) -> None:
        """The chair is for it, and it is done."""
        self.wait(proposal)
        self.execute(proposal)

    def wait(self, proposal: Proposal) -> None:
        """Voted by all who vote here, to be executed now."""
        self.open(proposal)
        self.vote(proposal, FOR, *self.voters)
        self.evm.warp_to(self.governor.proposalDeadline(proposal.id) + 1)
        self.evm.warp_to(self.governor.proposalEta(proposal.id))

    @contextmanager
    def governors(self) -> Iterator[Actor]:
        """The Governor's address, speaking without a vote: its code is away meanwhile."""
        code, where = self.code, self.governor.address
        self.evm.erase_code(where)
        try:
            yield Actor("governor", where, b"")
        finally:
            info = AccountInfo(nonce=1, code=code)
            self.evm._vm.insert_account_info(where, info)  # noqa: SLF001  (as erase_code does)

    # --- projects -------------------------------------------------------------------------

    def nominate(self, account: Any, by: Any = None) -> None:
        """Put up by the first donor."""
        self.matching.nominate(account, *ABOUT, sender=by or self.donors[0])

    def stand(self, account: Any) -> int:
        """Nominated, and says yes: its number."""
        self.nominate(account)
        number: int = self.matching.stand(sender=account)
        return number

    def projects(self, many: int) -> list[Actor]:
        """So many new ones; the first has the next number."""
        found = [self.evm.actor(f"project {next(self.names)}") for _ in range(many)]
        for each in found:
            self.stand(each)
        return found

    def candidacy(self, account: Any, times: int, deadline: int) -> Any:
        """The typed data by which it says yes."""
        said = {"candidate": address_of(account), "timesStood": times, "deadline": deadline}
        return typed(self.matching, "Candidacy", CANDIDACY_FIELDS, said, CHAIN_ID)

    # --- money ----------------------------------------------------------------------------

    def token(self) -> Contract:
        """The asset, if it is a token that anyone may print."""
        return self.evm.at("TestDollar", self.terms.asset)

    def give(self, project: int, amount: int, by: Any, proof: bytes | None = None) -> None:
        """A gift to a project; a token is printed and allowed before."""
        value = amount
        if self.terms.asset != ETH:
            value = 0
            self.token().mint(by, amount, sender=by)
            self.token().approve(self.matching, amount, sender=by)
        proofs = () if proof is None else (proof,)
        self.matching.give(project, amount, *proofs, sender=by, value=value)

    def play(self, gifts: Mapping[int, Sequence[int]], unit: int = UNIT) -> None:
        """The n-th gift to a project is the n-th donor's."""
        for project, amounts in gifts.items():
            for donor, amount in zip(self.donors, amounts, strict=False):
                if amount:
                    self.give(project, amount * unit, donor)

    def put(self, amount: int, earmark: int = 1) -> None:
        """What the patron gives to the fund."""
        if self.terms.asset == ETH:
            self.pool.give(earmark, ETH, amount, "", sender=self.patron, value=amount)
            return
        self.token().mint(self.patron, amount, sender=self.patron)
        self.token().approve(self.pool, amount, sender=self.patron)
        self.pool.give(earmark, self.terms.asset, amount, "", sender=self.patron)

    def end(self) -> None:
        """In the first second in which no gifts are taken."""
        self.evm.warp_to(self.opened_at + self.terms.duration)

    def close(self) -> dict[str, int]:
        """Giving is over and anyone divides the fund: what is told of it."""
        if self.evm.now < self.opened_at + self.terms.duration:
            self.end()
        self.matching.close(sender=self.relayer)
        (log,) = named(self.evm, "RoundClosed")
        return dict(log.args)

    def pay(self, *numbers: int) -> list[tuple[int, int]]:
        """Anyone sends these projects theirs: gifts and match of each that was paid."""
        self.matching.pay(numbers, sender=self.relayer)
        told = [log.args for log in named(self.evm, "ProjectPaid")]
        return [(each["given"], each["match"]) for each in told]

    def matches(self, *numbers: int) -> list[int]:
        """Closed, paid, and what each had of the fund."""
        self.close()
        return [match for _, match in self.pay(*numbers)]

    def refund(self, project: int, giver: Any) -> None:
        """Anyone has a gift sent back."""
        self.matching.refund(project, giver, sender=self.relayer)

    def strike(self, project: int) -> None:
        """As if it were voted."""
        with self.governors() as governor:
            self.matching.strike(project, sender=governor)

    def cancel(self) -> None:
        """As if it were voted."""
        with self.governors() as governor:
            self.matching.cancel(sender=governor)

    def freed(self) -> list[int]:
        """What the last call has given back to the fund."""
        return [log.args["amount"] for log in named(self.evm, "FundFreed")]

    def has(self, account: Any) -> int:
        """What somebody has of the asset."""
        if self.terms.asset == ETH:
            return self.evm.balance(account)
        found: int = self.token().balanceOf(account)
        return found

    def books(self) -> tuple[int, int, int, int]:
        """Promised and free of the fund, then of the gifts."""
        asset = self.terms.asset
        return (
            self.pool.reserved(1, asset),
            self.pool.unreserved(1, asset),
            self.pool.reserved(2, asset),
            self.pool.unreserved(2, asset),
        )

    def check(self) -> None:
        """Every gift that is neither paid nor refunded is promised; all matches are as summed."""
        numbers = range(1, self.matching.round().projects + 1)
        found = [self.matching.project_of(number) for number in numbers]
        assert self.books()[2] == sum(each.given for each in found)
        total = sum(each.ideal for each in found if not each.paid)
        assert self.matching.terms()[2] == total
