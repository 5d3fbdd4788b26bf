# SPDX-License-Identifier: AGPL-3.0-only
"""Claims: payees are paid together, to their own accounts, and only what is worth it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from millpond.api.relay import reading
from millpond.api.relay.items import Item
from millpond.api.relay.refusals import BadItem
from millpond.chain import abi, dev_time
from millpond.chain.distributions import Terms, claim_of
from millpond.core.distribution import Distribution
from millpond.core.errors import BadInput
from millpond.core.subjects import Subject, to_hex
from scripts._local_chain import find_anvil, local_chain
from tests.api.relay.yard import OTHERS, RELAY, Yard
from tests.chain.coop import PAYEES, STRANGER
from tests.chain.nodes import CHAIN_ID
from tests.core import month

NAMES = ("decentralion", "Beanow", "s_ben", "mzargham")


@dataclass(frozen=True)
class Epoch:
    """A final epoch and its document."""

    document: Distribution
    terms: Terms

    def call(self, yard: Yard, subject: Subject) -> dict[str, Any]:
        """`call` of a claim, as the API gives it."""
        index, cred, proof = claim_of(self.document, subject)
        root, pot, asset, grain, review = self.terms.packed
        words = {
            "root": to_hex(root),
            "pot_and_total": str(pot),
            "asset_and_minimum": str(asset),
            "grain_and_counts": str(grain),
            "review": str(review),
        }
        return {
            "chain_id": CHAIN_ID,
            "contract": yard.coop.distributor.address,
            "function": abi.load("CredDistributor").function("claim", 5).signature,
            "subject": to_hex(subject),
            "previous": to_hex(bytes(32)),
            "claims": [{"terms": words, "index": index, "cred": str(cred)}],
            "proof": [{"hash": to_hex(digest), "sum": str(amount)} for digest, amount in proof],
            "to": None,
            "calldata": None,
        }

    def item(self, yard: Yard, name: str) -> Item:
        """As it is handed in."""
        return reading.claim(yard.where, self.call(yard, month.who(name)))


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Yard]:
    """A co-op whose month is final, and nobody has claimed."""
    if find_anvil() is None:
        pytest.skip("needs anvil: npm ci")
    with local_chain() as url:
        yield Yard.made(url, tmp_path_factory.mktemp("founded"))


@pytest.fixture(scope="module")
def epoch(founded: Yard) -> Epoch:
    """The month of 2019-09; three of four have an account, one of them gets less than the least."""
    coop = founded.coop
    coop.open_cred_earmark()
    coop.give_all()
    for name, account in zip(NAMES[:3], PAYEES, strict=False):
        coop.link(month.who(name), account)
    document = coop.document()
    coop.post(document)
    return Epoch(document, coop.terms(coop.consent()))


def _paid(yard: Yard, account: str) -> int:
    return int(yard.coop.dollar.balanceOf(account))


def _due(yard: Yard, epoch: Epoch, name: str) -> int:
    cred = claim_of(epoch.document, month.who(name))[1]
    del yard
    return epoch.terms.pot * cred // epoch.terms.shared_cred


def test_round__payees_of_one_epoch__are_paid_in_one_transaction(epoch: Epoch, yard: Yard) -> None:
    ids = [yard.add(epoch.item(yard, name)) for name in NAMES[:2]]
    relay = yard.relay()
    relay.round()
    [batch] = relay.sender.outbox.open()
    assert batch.transaction.label == "CredDistributor.claim_many"
    relay.round()
    assert yard.states(ids) == ["done", "done"]
    for name, account in zip(NAMES[:2], PAYEES, strict=False):
        assert _paid(yard, account.address) == _due(yard, epoch, name)
    assert _paid(yard, RELAY.address) == 0


def test_check__no_account_yet__is_refused(epoch: Epoch, yard: Yard) -> None:
    id_ = yard.add(epoch.item(yard, NAMES[3]))
    yard.relay().round()
    kept = yard.kept(id_)
    assert (kept.state, kept.reason) == ("refused", "distributor: no account yet")


def test_check__below_the_least_payout__is_refused_since_it_binds(epoch: Epoch, yard: Yard) -> None:
    small = min(epoch.document.leaves, key=lambda leaf: leaf[1])
    assert epoch.terms.pot * small[1] // epoch.terms.shared_cred < epoch.terms.minimum
    yard.coop.link(small[0], PAYEES[3])
    id_ = yard.add(reading.claim(yard.where, epoch.call(yard, small[0])))
    yard.relay().round()
    kept = yard.kept(id_)
    assert (kept.state, kept.reason) == ("refused", "distributor: below minimum")
    assert "claim it herself" in str(kept.next_step)
    assert yard.client.nonce(RELAY.address) == 0


def test_check__claimed_already__needs_nothing(epoch: Epoch, yard: Yard) -> None:
    item = epoch.item(yard, NAMES[0])
    fields = epoch.call(yard, month.who(NAMES[0]))
    index, cred, proof = claim_of(epoch.document, month.who(NAMES[0]))
    entry = (epoch.terms.packed, index, cred)
    yard.coop.distributor.claim.send(
        STRANGER, fields["subject"], bytes(32), [entry], proof, PAYEES[0].address
    )
    id_ = yard.add(item)
    yard.relay().round()
    kept = yard.kept(id_)
    assert (kept.state, kept.reason, kept.transaction_hash) == ("done", "it is paid", None)


@pytest.mark.parametrize("change", ["proof", "cred", "terms", "previous"])
def test_check__a_claim_that_does_not_prove_itself__is_refused(
    epoch: Epoch, yard: Yard, change: str
) -> None:
    call = epoch.call(yard, month.who(NAMES[0]))
    if change == "proof":
        call["proof"] = call["proof"][::-1]
    elif change == "previous":
        call["previous"] = "0x" + "11" * 32
    elif change == "cred":
        call["claims"][0]["cred"] = str(int(call["claims"][0]["cred"]) + 1)
    else:
        call["claims"][0]["terms"]["root"] = "0x" + "22" * 32
    id_ = yard.add(reading.claim(yard.where, call))
    yard.relay().round()
    kept = yard.kept(id_)
    assert kept.state == "refused"
    assert str(kept.reason).startswith("distributor: ")
    assert yard.client.nonce(RELAY.address) == 0


def test_check__after_the_claims_closed__is_refused(epoch: Epoch, yard: Yard) -> None:
    id_ = yard.add(epoch.item(yard, NAMES[0]))
    dev_time.advance_to(yard.client, epoch.terms.closes_at)
    yard.relay().round()
    assert yard.kept(id_).reason == "distributor: claims are closed"


def test_send__one_was_paid_meanwhile__the_others_are_paid(epoch: Epoch, yard: Yard) -> None:
    ids = [yard.add(epoch.item(yard, name)) for name in NAMES[:3]]
    relay = yard.relay(linger=60)
    relay.round()
    assert yard.states(ids) == ["ready", "ready", "ready"]
    index, cred, proof = claim_of(epoch.document, month.who(NAMES[1]))
    entry = (epoch.terms.packed, index, cred)
    yard.coop.distributor.claim.send(
        OTHERS[0], month.who(NAMES[1]), bytes(32), [entry], proof, PAYEES[1].address
    )
    yard.clock += 61
    relay.round()
    relay.round()
    assert yard.states(ids) == ["done", "done", "done"]
    assert yard.kept(ids[1]).transaction_hash is None
    assert _paid(yard, PAYEES[1].address) == _due(yard, epoch, NAMES[1]), "once"


def test_item__of_another_pool_or_chain__is_none(epoch: Epoch, yard: Yard) -> None:
    call = epoch.call(yard, month.who(NAMES[0]))
    for wrong in (call | {"chain_id": 1}, call | {"contract": yard.coop.dollar.address}):
        with pytest.raises(BadItem, match="is no distributor of this pool"):
            reading.claim(yard.where, wrong)


@pytest.mark.parametrize("change", ["nothing", "no_cred", "epochs", "words"])
def test_item__that_is_no_claim__is_none(epoch: Epoch, yard: Yard, change: str) -> None:
    call = epoch.call(yard, month.who(NAMES[0]))
    entry = call["claims"][0]
    changed: dict[str, list[Any]] = {
        "nothing": [],
        "no_cred": [entry | {"cred": "0"}],
        "epochs": [entry, entry],
        "words": [entry | {"cred": str(2**256)}],
    }
    with pytest.raises(BadInput):
        reading.claim(yard.where, call | {"claims": changed[change]})
