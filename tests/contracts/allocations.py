# SPDX-License-Identifier: AGPL-3.0-only
"""What the tests of Allocation share: a co-op with a round, candidates, and ballots in words."""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from tests.contracts.coop import DAY, Coop, kind_of, named
from tests.contracts.evm import CHAIN_ID, ETH, Actor, Contract, Evm, address_of

LINEAR, ROOT = 1, 2
SCALE = 2**128
POINTS = 10_000
ABOUT = ("ipfs://about", b"\x0a" * 32)
BALLOT_FIELDS = (
    ("address", "voter"),
    ("uint256[]", "candidates"),
    ("uint256[]", "points"),
    ("uint256", "castsBefore"),
    ("uint256", "deadline"),
)
CANDIDACY_FIELDS = (("address", "candidate"), ("uint256", "timesStood"), ("uint256", "deadline"))


class Terms(NamedTuple):
    """What an earmark of a round is opened with."""

    asset: str = ETH
    rule: int = LINEAR
    period: int = 30 * DAY
    rounds: int = 12
    quorum: int = 1

    @property
    def encoded(self) -> bytes:
        """As the Pool hands it over."""
        return encode(["(address,uint256,uint256,uint256,uint256)"], [tuple(self)])


def packed(points: Mapping[int, int]) -> int:
    """A ballot in a word: by ascending id, from the lowest bits up."""
    word = 0
    for place, (number, given) in enumerate(sorted(points.items())):
        word |= (number << 14 | given) << 31 * place
    return word


def typed(
    contract: Contract | str, name: str, fields: Any, message: Mapping[str, Any], chain: int
) -> dict[str, Any]:
    """A message in the form of eth_signTypedData_v4, spelled out by hand."""
    domain = [("string", "name"), ("string", "version")]
    domain += [("uint256", "chainId"), ("address", "verifyingContract")]
    return {
        "types": {
            "EIP712Domain": [{"name": n, "type": t} for t, n in domain],
            name: [{"name": n, "type": t} for t, n in fields],
        },
        "primaryType": name,
        "domain": {
            "name": "Millpond",
            "version": "1",
            "chainId": chain,
            "verifyingContract": address_of(contract),
        },
        "message": dict(message),
    }


class Round(Coop):
    """A co-op that has installed an Allocation and opened earmark 1 for it."""

    def __init__(
        self,
        evm: Evm,
        founders: int = 3,
        terms: Terms | None = None,
        restricted: bool = False,
        deadline: int = 0,
        **other: Any,
    ) -> None:
        super().__init__(evm, founders, **other)
        self.terms = terms or Terms()
        kind = kind_of("Allocation")
        self.allocation = evm.at("Allocation", self.hub.next_install(self.pool, kind, b""))
        install = (self.hub, 0, self.hub.calldata("install", kind, b""))
        opened = (1, "ipfs://purpose", b"\x17" * 32, self.allocation, restricted, deadline)
        opening = self.pool.calldata("open_earmark", *opened, self.terms.encoded)
        self.enact(install, (self.pool, 0, opening), text="open a round")
        self.opened_at = evm.now
        evm.warp(1)
        self.names = count()

    # --- candidates -----------------------------------------------------------------------

    def nominate(self, candidate: Any, by: Any = None) -> None:
        """Put up by the first founder."""
        who = by or self.founders[0]
        self.allocation.nominate(candidate, *ABOUT, sender=who)

    def stand(self, candidate: Any) -> int:
        """Nominated, and says yes: her number."""
        self.nominate(candidate)
        number: int = self.allocation.stand(sender=candidate)
        return number

    def candidates(self, many: int) -> list[Actor]:
        """So many new ones; the first has the next number."""
        people = [self.evm.actor(f"candidate {next(self.names)}") for _ in range(many)]
        for person in people:
            self.stand(person)
        return people

    def candidacy(self, candidate: Any, times: int = 0, deadline: int | None = None) -> Any:
        """The typed data by which she says yes."""
        until = self.evm.now + DAY if deadline is None else deadline
        message = {"candidate": address_of(candidate), "timesStood": times, "deadline": until}
        return typed(self.allocation, "Candidacy", CANDIDACY_FIELDS, message, CHAIN_ID)

    # --- ballots --------------------------------------------------------------------------

    def cast(self, voter: Any, points: Mapping[int, int]) -> None:
        """By her own call."""
        self.allocation.cast(packed(points), sender=voter)

    def paper(self, voter: Any, points: Mapping[int, int], casts: int = 0, **other: Any) -> Any:
        """The typed data of a signed ballot; a day to bring it, unless told."""
        message = {
            "voter": address_of(voter),
            "candidates": sorted(points),
            "points": [given for _, given in sorted(points.items())],
            "castsBefore": casts,
            "deadline": other.get("deadline", self.evm.now + DAY),
        }
        chain, where = other.get("chain", CHAIN_ID), other.get("contract", self.allocation)
        return typed(where, "AllocationBallot", BALLOT_FIELDS, message, chain)

    def signs(
        self, voter: Actor, points: Mapping[int, int], casts: int = 0, **other: Any
    ) -> list[int]:
        """The four words of one signed ballot."""
        signature = voter.sign(self.paper(voter, points, casts, **other))
        r, s = (int.from_bytes(part) for part in (signature[:32], signature[32:64]))
        parity = signature[64] - 27
        return [int(address_of(voter), 16) | casts << 160, packed(points), r, s | parity << 255]

    def bring(self, words: Sequence[int], deadline: int | None = None) -> int:
        """The relayer brings signed ballots; how many counted."""
        until = self.evm.now + DAY if deadline is None else deadline
        counted: int = self.allocation.cast_by_signatures(until, list(words), sender=self.relayer)
        return counted

    def skipped(self) -> list[tuple[str, str]]:
        """Whose ballots the last batch left out, and why."""
        return [
            (log.args["voter"], log.args["why"]) for log in named(self.evm, "AllocationSkipped")
        ]

    # --- periods and money ----------------------------------------------------------------

    def end_period(self) -> None:
        """In the first second of the next period."""
        passed = (self.evm.now - self.opened_at) // self.terms.period
        self.evm.warp_to(self.opened_at + (passed + 1) * self.terms.period)

    def close(self) -> int:
        """The running period ends and anyone closes it: what was promised."""
        self.end_period()
        self.allocation.close_period(sender=self.relayer)
        (log,) = named(self.evm, "PeriodClosed")
        promised: int = log.args["amount"]
        return promised

    def waiting(self, *numbers: int) -> list[int]:
        """What waits for these candidates, in whole units."""
        return [self.allocation.candidate_of(number).waiting for number in numbers]

    def tallies(self, *numbers: int) -> list[int]:
        """What the ballots give to these candidates."""
        return [self.allocation.candidate_of(number).tally for number in numbers]

    def pay(self, *numbers: int) -> None:
        """The relayer sends what waits for these."""
        self.allocation.pay(numbers, sender=self.relayer)

    def books(self) -> tuple[int, int]:
        """What the earmark has promised, and what it has not, of what is divided."""
        asset = self.terms.asset
        return self.pool.reserved(1, asset), self.pool.unreserved(1, asset)

    def check(self) -> None:
        """The total is the sum of all tallies, and what waits is promised, to a unit a candidate
        and division."""
        head = self.allocation.head()
        numbers = range(1, head.candidates + 1)
        assert head.total == sum(self.tallies(*numbers))
        spare = self.books()[0] - sum(self.waiting(*numbers))
        assert 0 <= spare <= head.candidates + head.divided, spare


def reason_of(text: str) -> bytes:
    """keccak256 of a text."""
    return keccak(text=text)
