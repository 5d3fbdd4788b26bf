# SPDX-License-Identifier: AGPL-3.0-only
"""What people sign in a review and after it, on a dev chain: strike out, restore, settle."""

from collections.abc import Sequence

from millpond.chain.answers import Receipt
from millpond.chain.distributions import Terms, claim_of
from millpond.chain.signers import LocalSigner
from millpond.core import typed_data
from millpond.core.canonical import keccak256
from millpond.core.distribution import Distribution
from millpond.core.subjects import Subject
from tests.chain.coop import DAY, FOUNDERS, MAINTAINERS, RELAYER, Coop


def zero_out(coop: Coop, document: Distribution, subject: Subject, why: bytes) -> Receipt:
    """By two maintainers, with the leaf's proof."""
    index, cred, proof = claim_of(document, subject)
    proven = ((bytes(subject), index, cred), proof)
    return _send(coop, "zero_out", document, subject, proven, why, MAINTAINERS[:2])


def restore(coop: Coop, document: Distribution, subject: Subject, why: bytes) -> Receipt:
    """By two members."""
    members = sorted(FOUNDERS[:2], key=lambda who: int(who.address, 16))
    index, _, _ = claim_of(document, subject)
    return _send(coop, "restore", document, subject, (bytes(subject), index), why, members)


def _send(
    coop: Coop,
    deed: str,
    document: Distribution,
    subject: Subject,
    what: tuple[object, ...],
    reason: bytes,
    signers: Sequence[LocalSigner],
) -> Receipt:
    form, deadline = getattr(typed_data, deed), coop.client.now() + DAY
    posted = coop.distributor.event(coop.posts[-1], "DistributionPosted").args["terms"]
    signed = [
        signer.sign_typed(
            form(
                coop.domain(coop.distributor),
                epoch=document.epoch,
                attempt=posted.attempt,
                root=document.root,
                subject=subject,
                reason_hash=keccak256(reason),
                signer=signer.address,
                deadline=deadline,
            )
        )
        for signer in signers
    ]
    sent: Receipt = getattr(coop.clerk, deed).send(
        RELAYER, coop.distributor.address, document.epoch, Terms.of(posted).packed, *what,
        keccak256(reason), deadline, [signer.address for signer in signers], signed,
    )  # fmt: skip
    return sent


def settle(
    coop: Coop,
    document: Distribution,
    terms: Terms,
    subject: Subject,
    payee: LocalSigner,
    reference: bytes,
) -> Receipt:
    """A final epoch is paid to her elsewhere, under this reference: she says so first."""
    index, cred, proof = claim_of(document, subject)
    deadline = coop.client.now() + DAY
    word = typed_data.off_chain_settlement(
        coop.domain(coop.distributor),
        epoch=document.epoch,
        subject=subject,
        reference=reference,
        payee=payee.address,
        deadline=deadline,
    )
    before = bytes(32)
    if document.epoch > 1:
        before = coop.distributor.epoch_hash_of(document.epoch - 1)
    return coop.clerk.settle_off_chain.send(
        RELAYER, coop.distributor.address, before, terms.packed, (bytes(subject), index, cred),
        proof, reference, deadline, payee.sign_typed(word),
    )  # fmt: skip
