# SPDX-License-Identifier: AGPL-3.0-only
"""A key that can do nothing but pay for the relay's calls.

The calls are those that anybody may make with somebody else's signature, or for somebody else's
pay: who sends them decides nothing. No message is ever signed, and no ETH is sent along.
"""

from millpond.api.relay.refusals import BadKey
from millpond.chain import abi
from millpond.chain.answers import Address
from millpond.chain.sending import Prepared, Prices, Transaction
from millpond.chain.signers import KeySigner

ALLOWED = {
    "Governor": ("vote_by_signatures", "vote_by_wallets"),
    "Admission": ("join",),
    "CredDistributor": ("claim", "claim_many"),
}
"""All that a relay calls."""


def _selectors() -> frozenset[bytes]:
    return frozenset(
        function.selector
        for kind, names in ALLOWED.items()
        for name in names
        for function in abi.load(kind).functions[name]
    )


class PayingKey:
    """Signs the relay's calls, and calls of itself without anything in them."""

    def __init__(self, signer: KeySigner) -> None:
        self.__signer = signer
        self.__selectors = _selectors()
        self.address: Address = signer.address

    def __repr__(self) -> str:
        return f"PayingKey({self.address})"

    def sign(
        self, chain_id: int, transaction: Transaction, nonce: int, gas: int, prices: Prices
    ) -> bytes:
        """The signed transaction; `BadKey` for whatever is no call of a relay."""
        self._require_harmless(transaction)
        prepared = Prepared(transaction, self.address, chain_id, nonce, gas, prices.fee, prices.tip)
        return self.__signer.sign_transaction(prepared)

    def _require_harmless(self, transaction: Transaction) -> None:
        filler = transaction.to == self.address and not transaction.data
        call = transaction.to != self.address and transaction.data[:4] in self.__selectors
        if transaction.value or transaction.to is None or not (filler or call):
            raise BadKey(
                f"the relay's key signs nothing like {transaction.label}",
                "send it from another account; this key pays for ballots, joins and claims alone",
            )
