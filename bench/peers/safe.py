# SPDX-License-Identifier: AGPL-3.0-only
"""Safe, the multisig: no votes, but the treasury that most groups have. Its authors' own build."""

from bench.meter import Call
from bench.peers.notebook import WEI, Notebook, Transfer
from bench.peers.openzeppelin import ETHER
from bench.peers.packages import artifact
from millpond.chain.answers import NO_ADDRESS
from millpond.chain.client import Transaction
from millpond.chain.contracts import Contract
from millpond.chain.safes import Safe
from millpond.chain.signers import LocalSigner
from millpond.core import typed_data

PACKAGE = "@safe-global/safe-smart-account/build/artifacts/contracts"
BUILD = "its npm package's artifacts (solc 0.7.6)"
OWNERS = 5


def measure(book: Notebook) -> None:
    """A Safe of three founders is made; two of five owners pay, for either number of signatures."""
    singleton = book.deploy(artifact(f"{PACKAGE}/Safe.sol/Safe.json", "Safe"))
    factory = book.deploy(
        artifact(
            f"{PACKAGE}/proxies/SafeProxyFactory.sol/SafeProxyFactory.json", "SafeProxyFactory"
        )
    )
    creation = _creation(singleton, factory, book.people.founders, 2)
    note = "2 of 3 owners; no votes, no proposals"
    book.measure("create_treasury_3", creation, (factory, "ProxyCreation", 1), note=note)
    owners = [*book.people.founders, *book.people.maintainers][:OWNERS]
    for needed in (1, 3):
        receipt = _creation(singleton, factory, owners, needed).send()
        made = factory.event(receipt, "ProxyCreation").args["proxy"]
        wallet = Contract(book.client, "Safe", made, singleton.abi)
        _pays(book, wallet, owners[:needed])


def _creation(
    singleton: Contract, factory: Contract, owners: list[LocalSigner], needed: int
) -> Call:
    accounts = [owner.address for owner in owners]
    nobody = (NO_ADDRESS, b"", NO_ADDRESS, NO_ADDRESS, 0, NO_ADDRESS)
    setup = singleton.setup.encode(accounts, needed, *nobody)
    return Call(owners[0], factory.createProxyWithNonce, (singleton.address, setup, needed))


def _pays(book: Notebook, wallet: Contract, signers: list[LocalSigner]) -> None:
    """The second payment: the first changes a counter that was zero."""
    gift = Transfer(book.people.patron, book.client, wallet.address, ETHER)
    gift.send()
    if len(signers) == 1:
        note = "a plain transfer, of which it emits an event; the second"
        book.measure("deposit_eth", gift, (wallet, "SafeReceived", 1), note=note)
    payee = book.people.payee.address
    ether = Transaction(payee, b"", WEI, "a payment of a Safe")
    _execution(book, wallet, ether, signers).send()
    note = f"{len(signers)} of {OWNERS} signatures, no vote"
    done = (wallet, "ExecutionSuccess", 1)
    before = book.client.balance(payee)
    operation = f"multisig_eth_{len(signers)}"
    book.measure(operation, _execution(book, wallet, ether, signers), done, note=note)
    book.require(book.client.balance(payee) - before == WEI, operation)


def _execution(
    book: Notebook, wallet: Contract, deed: Transaction, signers: list[LocalSigner]
) -> Call:
    """Anyone sends what the owners have signed."""
    safe = Safe(wallet)
    typed = safe.deed(deed, safe.nonce())
    signatures = {who.address: who.sign_typed(typed) for who in signers}
    packed = safe.packed(typed_data.digest(typed), signatures)
    words = (deed.to, deed.value, deed.data, 0, 0, 0, 0, NO_ADDRESS, NO_ADDRESS, packed)
    return Call(book.people.relayer, wallet.execTransaction, words)
