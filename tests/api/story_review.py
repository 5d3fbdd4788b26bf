# SPDX-License-Identifier: AGPL-3.0-only
"""What changes a distribution once it is posted, in a story: strike out, restore, settle."""

from collections.abc import Callable, Sequence

from eth_utils.crypto import keccak

from millpond.chain.distributions import claim_of
from millpond.core import typed_data
from millpond.core.subjects import Subject, to_hex
from millpond.core.typed_data import Domain, TypedData
from tests.api.story import Posted, Story
from tests.contracts.distributors import DAY
from tests.contracts.evm import Actor


def zero_out(story: Story, posted: Posted, subject: Subject, why: str, tell: bool = True) -> None:
    """Two maintainers strike a leaf out; the reason is on the shelf unless they keep it back."""
    index, cred, proof = claim_of(posted.document, subject)
    leaf = (bytes(subject), index, cred)
    signed = _signed(story, posted, subject, why, typed_data.zero_out, story.coop.maintainers[:2])
    story.coop.clerk.zero_out(*_place(story, posted), leaf, proof, *signed, sender=story.relayer)
    if tell:
        _put(story, why)


def restore(story: Story, posted: Posted, subject: Subject, why: str) -> None:
    """Two members put it back."""
    members = sorted(story.coop.founders[:2], key=lambda who: int(who.address, 16))
    index, _, _ = claim_of(posted.document, subject)
    signed = _signed(story, posted, subject, why, typed_data.restore, members)
    about = (bytes(subject), index)
    story.coop.clerk.restore(*_place(story, posted), *about, *signed, sender=story.relayer)
    _put(story, why)


def settle(story: Story, posted: Posted, subject: Subject, payee: Actor, reference: str) -> None:
    """A payee says that a leaf of a final epoch is paid to her elsewhere."""
    distributor = story.coop.distributor
    index, cred, proof = claim_of(posted.document, subject)
    epoch, deadline = posted.document.epoch, story.evm.now + DAY
    word = typed_data.off_chain_settlement(
        Domain(story.evm.chain_id, distributor.address),
        epoch=epoch,
        subject=subject,
        reference=keccak(text=reference),
        payee=payee.address,
        deadline=deadline,
    )
    story.coop.clerk.settle_off_chain(
        distributor, distributor.epoch_hash_of(epoch - 1), _packed(story, posted),
        (bytes(subject), index, cred), proof, keccak(text=reference), deadline,
        payee.sign(dict(word)), sender=story.relayer,
    )  # fmt: skip


def _place(story: Story, posted: Posted) -> tuple[object, ...]:
    return story.coop.distributor, posted.document.epoch, _packed(story, posted)


def _packed(story: Story, posted: Posted) -> object:
    return story.coop.clerk.pack_terms(tuple(posted.terms.values()))


def _signed(
    story: Story,
    posted: Posted,
    subject: Subject,
    why: str,
    form: Callable[..., TypedData],
    signers: Sequence[Actor],
) -> tuple[object, ...]:
    """Hash of the reason, deadline, signers and signatures."""
    digest, deadline = keccak(text=why), story.evm.now + DAY
    signatures = [
        signer.sign(
            dict(
                form(
                    Domain(story.evm.chain_id, story.coop.distributor.address),
                    epoch=posted.document.epoch,
                    attempt=posted.terms["attempt"],
                    root=posted.document.root,
                    subject=subject,
                    reason_hash=digest,
                    signer=signer.address,
                    deadline=deadline,
                )
            )
        )
        for signer in signers
    ]
    return digest, deadline, list(signers), signatures


def _put(story: Story, why: str) -> None:
    """A reason where it is looked for: beside the documents, by its hash."""
    folder = story.folder / "reasons"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{to_hex(keccak(text=why))}.txt").write_text(why, "utf-8")
