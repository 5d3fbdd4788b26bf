# SPDX-License-Identifier: AGPL-3.0-only
"""Who is who among the accounts of the test mnemonic, always the same.

Only the first forty have ETH; whoever only signs, or is only paid, needs none.
"""

from collections.abc import Sequence

from millpond.chain.signers import LocalSigner
from millpond.core.canonical import keccak256
from millpond.core.subjects import address_bytes
from millpond.core.typed_data import TypedData


def _wallets(first: int, count: int) -> list[LocalSigner]:
    return [LocalSigner(index) for index in range(first, first + count)]


def by_address(people: Sequence[LocalSigner]) -> list[LocalSigner]:
    """In the ascending order in which contracts take signers."""
    return sorted(people, key=lambda person: address_bytes(person.address))


class People:
    """Everybody in the bench, by role."""

    def __init__(self) -> None:
        self.steward, self.relayer, self.stranger = _wallets(0, 3)
        self.founders = _wallets(3, 3)
        self.maintainers = by_address(_wallets(6, 3))
        self.attesters = by_address(_wallets(9, 3))
        self.patron, self.second_patron = _wallets(12, 2)
        self.payee, self.candidate = _wallets(14, 2)
        self.claimant, self.other, self.newcomer, self.latecomer, self.linked = _wallets(16, 5)
        self.offered, self.new_key = _wallets(21, 2)
        self.buyers = _wallets(23, 3)
        self.joiners = _wallets(100, 125)
        """Members who sign ballots and send nothing."""
        self.owners = _wallets(300, 2)
        """Of the contract wallets."""

    def both_owners(self, typed: TypedData) -> bytes:
        """What a contract wallet takes for its signature."""
        return b"".join(owner.sign_typed(typed) for owner in self.owners)


def strangers(count: int) -> list[bytes]:
    """Addresses of people whose keys nobody needs."""
    return [keccak256(number.to_bytes(4, "big"))[12:] for number in range(count)]
