# SPDX-License-Identifier: AGPL-3.0-only
"""What a distribution of ours paid in grain, as an event that SourceCred reads.

So a community can go back, or keep both: what was paid here counts there as paid, and the weeks
that it paid for are not paid for again. Each leaf becomes an allocation by the rule that names its
receiver (SPECIAL), with the document's hash as its memo.
"""

from collections.abc import Collection

from millpond.core.cred.addresses import parts_of
from millpond.core.distribution import Distribution, data_hash, payouts
from millpond.core.errors import LedgerRuleError, UnknownAccount
from millpond.core.ledger import actions as act
from millpond.core.ledger.adding import Adding
from millpond.core.ledger.fields import Place
from millpond.core.ledger.ids import made_id
from millpond.core.ledger.policies import Special
from millpond.core.ledger.replay import Ledger
from millpond.core.ledger.state import Account
from millpond.core.subjects import Subject, of_identity, sourcecred_identity, to_hex
from millpond.core.units import Amount, Millis


def add_distribution(
    ledger: Ledger,
    distribution: Distribution,
    grain: int,
    now_ms: int,
    zeroed: Collection[bytes] = (),
) -> act.DistributeGrain:
    """Add what each leaf got of `grain` (18 decimals); `zeroed` are the leaves struck out on chain.

    Whoever is switched off is switched on for it and off again. Refused: a document that the ledger
    has already (`LedgerRuleError`), a leaf whose identity no account has as its address or alias
    (`UnknownAccount`), somebody who cannot be switched on (`InactiveAccount`).
    """
    document = data_hash(distribution)
    at = Place(f"epoch {distribution.epoch}", "")
    _need_new(ledger, document, at)
    owners = _owners(ledger)
    paid: list[tuple[Account, Amount]] = []
    for row in payouts(distribution, 0, grain, 0, zeroed).rows:
        owner = owners.get(row.subject)
        if owner is None:
            raise at.error(
                UnknownAccount,
                f"no account of the ledger is {row.identity or to_hex(row.subject)}",
                "create the account, or add the identity to hers as an alias, and export again",
            )
        paid.append((owner, row.grain))
    asleep = sorted({each.id for each, _ in paid if not each.active})
    made = act.DistributeGrain(
        made_id(document),
        Millis(distribution.weeks[-1].end_ms),
        tuple(_allocation(document, number, *each) for number, each in enumerate(paid)),
    )
    toggles: list[act.Action] = [act.ToggleActivation(id_) for id_ in asleep]
    adding = Adding(ledger, now_ms)
    for action in (*toggles, made, *toggles):
        adding.add(action)
    return made


def _allocation(document: bytes, number: int, owner: Account, amount: Amount) -> act.Allocation:
    id_ = made_id(document + number.to_bytes(4, "big"))
    policy = Special(amount, f"Millpond {to_hex(document)}", owner.id)
    return act.Allocation(id_, policy, ((owner.id, amount),))


def _owners(ledger: Ledger) -> dict[Subject, Account]:
    """The account of each identity that one of a ledger's addresses is."""
    addresses = (
        (parts_of(address), account)
        for account in ledger.accounts()
        for address in (account.address, *(alias.address for alias in account.aliases))
    )
    return {
        of_identity(sourcecred_identity(parts)): account
        for parts, account in addresses
        if parts and all(parts)
    }


def _need_new(ledger: Ledger, document: bytes, at: Place) -> None:
    known = {
        event.action.id for event in ledger.events if isinstance(event.action, act.DistributeGrain)
    }
    if made_id(document) in known:
        raise at.error(
            LedgerRuleError,
            "the ledger has this distribution already",
            "there is nothing to add: nobody is to be counted as paid twice",
        )
