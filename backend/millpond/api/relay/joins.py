# SPDX-License-Identifier: AGPL-3.0-only
"""Invitations with the candidate's acceptance: may she join now, and did she.

The signatures are looked at one by one, to say whose is wrong; the rest the Admission says itself,
by a trial of the very call. A join that takes a buy-in is left to whoever pays it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from millpond.api.relay.items import Item, Kind, Verdict, done, ready, refused, waits
from millpond.api.relay.look import Look
from millpond.api.relay.wallets import accepted
from millpond.chain.answers import Address, Receipt
from millpond.chain.client import Transaction
from millpond.chain.contracts import Contract
from millpond.chain.next_steps import next_step
from millpond.chain.papers import Paper
from millpond.core import canonical, typed_data
from millpond.core.errors import BadInput, Reverted, SignatureError
from millpond.core.subjects import address_bytes
from millpond.core.typed_data import Domain

MOST_SPONSORS = 16
_LATER = {"admission: enough have joined in this period", "admission: a sponsor joined too lately"}
"""Refusals that time undoes."""


@dataclass(frozen=True)
class Joining:
    """One candidate's papers; they name one deadline."""

    candidate: Address
    deadline: int
    invitations: tuple[Paper, ...]
    """By ascending sponsor, as the Admission wants them."""
    acceptance: Paper

    @classmethod
    def of(cls, acceptance: Paper, invitations: Sequence[Paper]) -> Self:
        """`BadInput` for papers that do not belong together."""
        ordered = sorted(invitations, key=lambda paper: address_bytes(paper.signer))
        sponsors = [paper.signer for paper in ordered]
        if not 1 <= len(sponsors) <= MOST_SPONSORS or len(set(sponsors)) != len(sponsors):
            raise BadInput(
                f"a candidate is invited by 1 to {MOST_SPONSORS} members, each once",
                "hand in one invitation of each",
            )
        if {paper.deadline for paper in ordered} != {acceptance.deadline}:
            raise BadInput(
                "the invitations and the acceptance name different deadlines",
                "let the later ones be signed again with the deadline of the first",
            )
        return cls(acceptance.signer, acceptance.deadline, tuple(ordered), acceptance)

    def to_json(self) -> bytes:
        """Canonical bytes, each paper as it lies in a file."""
        return canonical.encode(
            {
                "acceptance": canonical.decode(self.acceptance.to_json()),
                "invitations": [canonical.decode(paper.to_json()) for paper in self.invitations],
            }
        )

    @classmethod
    def from_json(cls, document: str) -> Self:
        """Read what `to_json` wrote."""
        fields = canonical.decode(document.encode())
        if not isinstance(fields, dict) or not isinstance(fields.get("invitations"), list):
            raise BadInput("these are no papers of a candidate", "hand them in again")
        papers = [Paper.of(each) for each in fields["invitations"]]  # type: ignore[union-attr]
        return cls.of(Paper.of(fields.get("acceptance")), papers)


def acceptance_digest(domain: Domain, joining: Joining) -> bytes:
    """What the candidate signed, who never had a seat: whoever had one joins by an offer."""
    return typed_data.digest(
        typed_data.acceptance(
            domain, candidate=joining.candidate, times_joined=0, deadline=joining.deadline
        )
    )


def invitation_digest(domain: Domain, joining: Joining, sponsor: str) -> bytes:
    """What a sponsor signed."""
    typed = typed_data.invitation(
        domain,
        candidate=joining.candidate,
        times_joined=0,
        sponsor=sponsor,
        deadline=joining.deadline,
    )
    return typed_data.digest(typed)


class Joins:
    """The kind of items that the Admission takes: each its own transaction."""

    kind = Kind.JOIN
    contract = "Admission"

    def most(self, lane: str) -> int:
        """How many one transaction takes."""
        del lane
        return 1

    def check(self, look: Look, item: Item, others_first: bool) -> Verdict:
        """Whether she would be let in now."""
        del others_first
        joining, admission = (
            Joining.from_json(item.document),
            look.contract("Admission", item.contract),
        )
        governor = Address(str(admission.governor()))
        if look.member(governor, joining.candidate).is_member:
            return done("she is a member")
        if look.now > joining.deadline:
            return _no("admission: the invitations have expired")
        earmark, _, amount = admission.buy_in()
        if earmark and amount:
            return refused(
                "joining takes a buy-in, and the relay pays for gas alone",
                "let whoever pays the buy-in bring the papers: ape run pool join",
            )
        try:
            call = self.call(look, item.id, [item])
        except SignatureError as error:
            return refused(error.message, error.next_step)
        try:
            look.client.call(call, look.sender)
        except Reverted as error:
            return waits(error.reason) if error.reason in _LATER else _no(error.reason)
        return ready(item.id, joining.deadline)

    def call(self, look: Look, lane: str, items: Sequence[Item]) -> Transaction:
        """The transaction; `SignatureError` names whose signature is wrong."""
        del lane
        (item,) = items
        joining, admission = (
            Joining.from_json(item.document),
            look.contract("Admission", item.contract),
        )
        domain = look.domain(item.contract)
        signatures = [
            _signed(look, "invitation", paper, invitation_digest(domain, joining, paper.signer))
            for paper in joining.invitations
        ]
        accepts = _signed(
            look, "acceptance", joining.acceptance, acceptance_digest(domain, joining)
        )
        sponsors = [paper.signer for paper in joining.invitations]
        arguments = (joining.candidate, joining.deadline, sponsors, signatures, accepts)
        return Transaction(
            admission.address, admission.join.encode(*arguments), 0, "Admission.join"
        )

    def would_hold(self, look: Look, lane: str, items: Sequence[Item]) -> bool:
        """`Reverted` if she would not be let in now."""
        look.client.call(self.call(look, lane, items), look.sender)
        return True

    def became(
        self, admission: Contract, items: Sequence[Item], receipt: Receipt
    ) -> dict[str, str]:
        """Why an item did not count in a mined transaction."""
        joined = {
            event.args["candidate"] for event in admission.events(receipt, "JoinedByInvitation")
        }
        return {
            each.id: "the Admission let nobody in" for each in items if each.person not in joined
        }


def _signed(look: Look, what: str, paper: Paper, digest: bytes) -> bytes:
    try:
        return accepted(look.client, paper.signer, digest, paper.signature).signature
    except SignatureError as error:
        raise SignatureError(
            f"{what} of {paper.signer}: {error.message}", error.next_step
        ) from None


def _no(reason: str) -> Verdict:
    return refused(reason, next_step(reason) or "look at the ways into the pool: ape run pool ways")
