# SPDX-License-Identifier: AGPL-3.0-only
"""What the tests of tamperings tamper with: two real epochs, and a node in front that can lie."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from millpond.chain.client import Client, connect
from millpond.chain.distributions import Terms, claim_of
from millpond.chain.report import Report, Verdict
from millpond.chain.signers import LocalSigner
from millpond.chain.verify_distribution import Evidence, verify_distribution
from millpond.core.canonical import keccak256
from millpond.core.cred import CredHistory
from millpond.core.distribution import (
    Distribution,
    Exclusion,
    InputFile,
    Previous,
    build,
    data_hash,
    to_json,
)
from millpond.core.policies import policy_named
from millpond.core.subjects import Subject
from millpond.core.weeks import weeks_of_month
from millpond.sources.sourcecred import FORMAT
from scripts._local_chain import local_chain
from tests.chain import review_deeds, tampering
from tests.chain.coop import DOLLAR, PATRONS, PAYEES, Coop
from tests.chain.nodes import CHAIN_ID, QUICK
from tests.chain.tampering import Liar
from tests.core import month

WEIGHTS = '{"likes":"4"}'
FILES = {
    "graph": b'{"nodes":[]}',
    "identities": b'[{"id":"1"}]',
    "scores": month.score_bytes(),
    "weights": WEIGHTS.encode(),
}
OUT, BACK = month.who("s_ben"), month.who("BrianLitwin")


@dataclass
class Told:
    """Two epochs, both paid; the second document uses every part that a document has."""

    coop: Coop
    first: Distribution
    second: Distribution
    history: CredHistory
    liar: Liar
    client: Client

    def report(self, data: bytes | None = None, on_chain: bool = True, **other: Any) -> Report:
        """What the verifier says of the second document, or of other bytes.

        It is given all files, the scores of that epoch and the node, but for what is `other`.
        """
        known = Evidence(FILES, self.history, self.client if on_chain else None)
        return verify_distribution(data or to_json(self.second), replace(known, **other))


def second_of(coop: Coop, first: Distribution, history: CredHistory) -> Distribution:
    """An epoch with all files, weights, an exclusion, people without a leaf, a capped signer."""
    inputs = [
        InputFile(name, keccak256(data), FORMAT if name == "scores" else f"the {name} in force")
        for name, data in FILES.items()
    ]
    return build(
        chain_id=coop.client.chain_id,
        pool=coop.pool.address,
        distributor=coop.distributor.address,
        epoch=2,
        previous=Previous(1, data_hash(first), first.weeks[-1].end_ms),
        history=history,
        policy=policy_named("proportional", {}),
        inputs=inputs,
        weights=WEIGHTS,
        exclusions=[Exclusion(month.who("wchargin"), "asked to")],
        signer_cap_bps=coop.signer_cap_bps,
        signers=coop.maintainers,
    )


def claim(
    coop: Coop, document: Distribution, terms: Terms, subject: Subject, payee: LocalSigner
) -> None:
    """Somebody claims her leaf herself, to another account of hers."""
    index, cred, proof = claim_of(document, subject)
    before = coop.distributor.epoch_hash_of(document.epoch - 1)
    leaves = [(terms.packed, index, cred)]
    coop.distributor.claim.send(payee, subject, before, leaves, proof, PAYEES[2].address)


@contextmanager
def two_epochs() -> Iterator[Told]:
    """Both epochs posted, consented to and paid, with a node in front that can lie.

    In the second review two people are struck out and one of them is put back. One leaf of it is
    claimed, a maintainer's is settled elsewhere, the others are paid by a payday.
    """
    with local_chain() as url, tampering.liar(url) as liar:
        coop = Coop.make(connect(url, CHAIN_ID), signer_cap_bps=2_500)
        coop.open_cred_earmark()
        coop.give_all()
        coop.link(month.who("decentralion"), PAYEES[0])
        coop.link(month.who("Beanow"), PAYEES[1])
        coop.link(BACK, PAYEES[3])
        first = coop.document(history=month.scores().history(weeks_of_month("2019-08")))
        coop.post(first)
        coop.payday(first, coop.terms(coop.consent()))
        coop.give(PATRONS[0], 1, 100 * DOLLAR)
        history = month.history()
        second = second_of(coop, first, history)
        coop.post(second)
        for subject in (OUT, BACK):
            review_deeds.zero_out(coop, second, subject, b"gamed")
        review_deeds.restore(coop, second, BACK, b"she did not")
        terms = coop.terms(coop.consent())
        claim(coop, second, terms, month.who("Beanow"), PAYEES[1])
        elsewhere = (month.who("decentralion"), PAYEES[0], keccak256(b"a transfer by bank"))
        review_deeds.settle(coop, second, terms, *elsewhere)
        coop.payday(second, terms)
        client = connect(liar.url, CHAIN_ID, QUICK)
        yield Told(coop, first, second, history, liar, client)


def names(report: Report) -> set[str]:
    """The steps that differ; each says what to do."""
    found = report.of(Verdict.DIFFERS)
    assert all(step.next_step for step in found)
    return {step.name for step in found}
