# SPDX-License-Identifier: AGPL-3.0-only
"""The verifier takes the truth and refuses it with any one byte changed: all bytes of all code.

What the chain said is kept in memory, so that every byte of some 150,000 can be tried. That a node
which lies is found through a real connection too is in test_verify_code.py.
"""

import json
import random
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from millpond.chain.answers import Address, MinedTransaction
from millpond.chain.client import Client, Transaction, connect
from millpond.chain.compiler import Compiled, Immutable, Sources
from millpond.chain.report import Report, Verdict
from millpond.chain.verify_code import IMPLEMENTATIONS, Checker, PoolParts, verify_code
from millpond.core.errors import VerifyError
from tests.chain.coop import SPENDERS, Coop
from tests.chain.nodes import CHAIN_ID, ROOT
from tests.contracts.compiled import artifact

WORD, ADDRESS = 32, 20
BUILT = (*IMPLEMENTATIONS, *SPENDERS)
STEPS = 16 + 2 * len(SPENDERS)


class Kept(Sources):
    """The contracts as other tests have them compiled; their immutables by the manifest."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._manifest = json.loads((root / "docs/manifest.json").read_bytes())["contracts"]
        self._made: dict[str, Compiled] = {}

    def prepare(self, contracts: object) -> None:
        """Nothing to do."""

    def compiled(self, contract: str) -> Compiled:
        if contract not in self._made:
            made = artifact(contract)
            places = {
                each["name"]: Immutable(each["type"], int(each["offset"]), int(each["length"]))
                for each in self._manifest[contract]["immutables"]
            }
            self._made[contract] = Compiled(contract, made.abi, made.creation, made.runtime, places)
        return self._made[contract]


class Remembering(Client):
    """Asks the node once; `lie` is the code that it shows at an address instead."""

    def __init__(self, honest: Client) -> None:
        super().__init__(honest.rpc, honest.chain_id, honest.limits)
        self.lie: dict[Address, bytes] = {}
        self._code = cache(honest.code)
        self._transaction = cache(honest.transaction)
        self._call = cache(honest.call)

    def code(self, address: Address, at: int | str = "latest") -> bytes:
        found = self.lie.get(address)
        return self._code(address, at) if found is None else found

    def transaction(self, transaction_hash: bytes) -> MinedTransaction:
        return self._transaction(transaction_hash)

    def call(
        self, transaction: Transaction, sender: Address | None = None, at: int | str = "latest"
    ) -> bytes:
        return self._call(transaction, sender, at)


class Noting(Report):
    """Keeps each step's check, to be made again."""

    def __init__(self) -> None:
        super().__init__()
        self.checks: dict[str, Callable[[], str]] = {}

    def run(self, name: str, check: Callable[[], str]) -> bool:
        assert name not in self.checks
        self.checks[name] = check
        return super().run(name, check)


class Checked:
    """One co-op that was found genuine, and each step of that once more with other code."""

    def __init__(self, url: str, coop: Coop, pool: PoolParts) -> None:
        self.client = Remembering(connect(url, CHAIN_ID))
        self.hub, self.pool = coop.hub.address, pool
        self.sources = Kept(ROOT)
        self.report = Noting()
        checker = Checker(self.client, self.sources, self.report)
        checker.check_hub(self.hub)
        checker.check_pool(self.hub, pool)

    @property
    def steps(self) -> list[tuple[str, Address]]:
        """Each step that compares code, and whose."""
        return [
            (name, Address(name.rpartition(" ")[2])) for name in self.report.checks if "0x" in name
        ]

    def refusal(self, step: str, address: Address, code: bytes) -> str:
        """What the step says against this code; nothing when it holds."""
        self.client.lie = {address: code}
        try:
            self.report.checks[step]()
        except VerifyError as error:
            return error.message
        return ""

    def accepted(self, step: str, address: Address) -> list[int]:
        """The places at which a changed byte is not told by its place."""
        code = self.client.code(address)
        dice = random.Random(address)  # noqa: S311
        missed = []
        for place in range(len(code)):
            mutant = bytearray(code)
            mutant[place] ^= dice.randrange(1, 256)
            if f"byte {place}:" not in self.refusal(step, address, bytes(mutant)):
                missed.append(place)
        return missed


@pytest.fixture(scope="module")
def checked(grown: tuple[str, Coop, PoolParts]) -> Iterator[Checked]:
    made = Checked(*grown)
    yield made
    made.client.lie = {}


def test_verifier__the_truth__is_accepted(checked: Checked) -> None:
    own = [*checked.pool.parts, *(source for source, _ in checked.pool.later)]
    assert checked.report.holds
    assert len(checked.steps) == STEPS == 2 + len(BUILT) + len(own)
    assert own.count("CredDistributor") == 2
    assert {"Badges", "Grain"} <= set(own)
    for step, address in checked.steps:
        assert checked.refusal(step, address, checked.client.code(address)) == ""


@pytest.mark.parametrize("number", range(STEPS))
def test_verifier__any_byte_changed__is_refused_by_its_place(checked: Checked, number: int) -> None:
    """The Hub, the implementations, the Grain's blueprint; a pool's clones with the neighbours
    behind them, and its Grain with the four immutables behind it."""
    step, address = checked.steps[number]
    missed = checked.accepted(step, address)
    source = step.split()[0]
    if source in {"Hub", "CredDistributor"}:
        built = checked.sources.compiled(source)
        # An immutable address may be any: the step of the contract there says whether it is right.
        free = [
            len(built.runtime) + place.offset + at
            for place in built.immutables.values()
            for at in range(WORD - ADDRESS, WORD)
        ]
        assert len(free) == (len(IMPLEMENTATIONS) if source == "Hub" else 1) * ADDRESS
        assert missed == sorted(free)
    else:
        assert missed == []


def test_verifier__any_byte_of_the_hub_s_immutables_changed__is_refused(checked: Checked) -> None:
    """In the whole report, since such a byte leads to another contract."""
    code = checked.client.code(checked.hub)
    start = len(checked.sources.compiled("Hub").runtime)
    assert len(code) == start + len(IMPLEMENTATIONS) * WORD
    for place in range(start, len(code)):
        mutant = bytearray(code)
        mutant[place] ^= 0x5A
        checked.client.lie = {checked.hub: bytes(mutant)}
        report = verify_code(checked.client, checked.sources, checked.hub, [])
        assert report.of(Verdict.DIFFERS), place


def test_verifier__a_byte_more_or_less_anywhere__is_refused(checked: Checked) -> None:
    """Not at the ends alone: whatever is put in or left out moves the rest."""
    dice = random.Random(7)  # noqa: S311
    for step, address in checked.steps:
        code = checked.client.code(address)
        for place in (0, len(code), *(dice.randrange(len(code)) for _ in range(30))):
            more = bytes([dice.randrange(256)])
            assert checked.refusal(step, address, code[:place] + more + code[place:])
            if code[place : place + 1]:
                assert checked.refusal(step, address, code[:place] + code[place + 1 :])
