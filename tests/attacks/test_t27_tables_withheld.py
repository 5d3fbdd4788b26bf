# SPDX-License-Identifier: AGPL-3.0-only
"""T27: maintainers post a root and keep its tables to themselves, or show others.

Who and what for: maintainers who would lock a month's money under a root that nobody can claim
from; or whoever carries their signatures to the chain and names another document than they have
signed.
In the world: rollups and drops whose data nobody could get; roots without leaves.
The defence: hash and place of the document are in what is signed and in the text that members vote
on (`postings._raise_proposal`); members object to what they cannot see, and the reserve of a failed
review is freed at once, so the same income is there for the next attempt (`pots._abandon`).
"""

from dataclasses import replace

from tests.attacks.money import Outcome, Works, on_both, strike
from tests.attacks.money_weak import LAX
from tests.contracts.coop import AGAINST
from tests.contracts.distributors import DOLLARS, MONTH, subject_of
from tests.contracts.evm import Evm

INCOME = 1_000 * DOLLARS


def locked_up(evm: Evm) -> Outcome:
    """Nobody saw a table, so the members object; won is what the contributors then do not get."""
    works, ada = Works(evm), evm.actor("ada")
    epoch = works.month({subject_of(evm.actor("nobody knows")): 1}, INCOME)
    evm.warp(1)
    works.coop.vote(works.consenting(epoch), AGAINST, works.coop.founders[2])
    works.review(epoch)
    works.distributor.void(1, sender=ada)
    refused = strike(evm, works.post, {subject_of(ada): 1})
    # what is under review now is what they can get
    return Outcome(refused, INCOME - works.distributor.open_distribution().pot)


def test_void__the_tables_were_withheld__the_money_is_there_for_the_next_post() -> None:
    shipped, weak = on_both(locked_up, LAX)
    assert shipped == Outcome("", 0)
    assert weak == Outcome("distributor: nothing to pay out", INCOME)


def test_post__another_document_than_was_signed__is_refused() -> None:
    evm = Evm()
    works = Works(evm)
    works.give(INCOME)
    evm.warp(MONTH)
    draft = works.draft(works.tree({subject_of(evm.actor("ada")): 1}))
    signatures = works.signed(draft)[-2:]
    for other in (
        replace(draft, data_hash=b"\x66" * 32),
        replace(draft, uri="https://elsewhere.example.org/x.json"),
        replace(draft, leaf_count=2),
    ):
        arguments = (*other.arguments(), *signatures)
        refused = strike(evm, works.clerk.post, works.distributor, *arguments, sender=works.relayer)
        assert refused == "clerk: bad signature"


def test_proposal__of_a_post__names_the_documents_hash_in_its_text() -> None:
    evm = Evm()
    works = Works(evm)
    epoch = works.month({subject_of(evm.actor("ada")): 1}, INCOME)
    content = works.consenting(epoch).content
    assert works.governor.hashProposal(*content) == epoch.proposal_id
