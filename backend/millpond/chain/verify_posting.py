# SPDX-License-Identifier: AGPL-3.0-only
"""The steps of `millpond verify distribution` that need a node.

What income and pot the events give, what the members said, what was made final. Who signed is in
`verify_signatures`, what was paid to whom in `verify_payments`. Figures are computed here from
events and the document; the contract's own views are only what they are compared with.
"""

from collections import Counter
from collections.abc import Callable

from millpond.chain.books import differences
from millpond.chain.client import Client
from millpond.chain.contracts import Contract
from millpond.chain.governance import Action, Draft, State
from millpond.chain.ledger import Ledger, MaintainerSet, Posting, own_subject, read_ledger
from millpond.chain.report import Report, Unchecked
from millpond.chain.verify_payments import (
    check_claims,
    check_money,
    check_payees,
    check_reserved,
)
from millpond.chain.verify_signatures import Signatures
from millpond.chain.verify_zero_outs import check_zero_outs
from millpond.core.canonical import keccak256
from millpond.core.distribution import Distribution, Posted, Previous, check_posted
from millpond.core.errors import VerifyError
from millpond.core.subjects import to_hex
from millpond.core.units import format_amount

_OBJECT = "object to the distribution and ask the maintainers; do not rely on its figures"
_ASK = "ask the maintainers; compare the contract's code with `millpond verify code`"


def check_chain(
    document: Distribution,
    data: bytes,
    client: Client,
    first_block: int,
    report: Report,
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Hold a document, whose bytes are `data`, against what the chain says about it."""
    _Chain(document, data, client, report).check(first_block, on_progress)


class _Chain:
    """One run over one document."""

    def __init__(
        self,
        document: Distribution,
        data: bytes,
        client: Client,
        report: Report,
    ) -> None:
        self._doc = document
        self._data = data
        self._client = client
        self._report = report
        self._distributor = Contract(client, "CredDistributor", document.distributor)
        self._pool = Contract(client, "Pool", document.pool)

    def check(self, first_block: int, on_progress: Callable[[int, int], None] | None) -> None:
        """All steps, as far as the chain has come."""
        if not self._report.run("parts", self._parts):
            return
        ledger: list[Ledger] = []

        def events() -> str:
            ledger.append(read_ledger(self._pool, self._distributor, first_block, on_progress))
            return f"those of both contracts from block {first_block} to {ledger[0].last_block}"

        if not self._report.run("events", events):
            return
        self._report.run("state", lambda: self._state(ledger[0]))
        last = self._doc.previous
        if last is not None:
            self._report.run("previous", lambda: _previous(ledger[0], last))
        posting = ledger[0].of_epoch(self._doc.epoch)
        if posting is None:
            self._report.run("posted", lambda: self._not_posted(ledger[0]))
        else:
            self._posting(ledger[0], posting)
        self._report.run("books", lambda: self._books(ledger[0]))

    def _posting(self, ledger: Ledger, posting: Posting) -> None:
        run = self._report.run
        run("posted", lambda: self._posted(posting))
        run("terms", lambda: _terms(ledger, posting))
        run("pot", lambda: _pot(ledger, posting))
        signed = Signatures(self._doc, self._distributor, self._governor())
        known = ledger.maintainers.get(posting.terms.maintainers_version)
        if known is None:
            self._report.skip("maintainers", "the set of maintainers was made before --from-block")
        else:
            run("maintainers", lambda: self._maintainers(posting, known))
            run("signatures", lambda: signed.of_posting(posting, known))
        run("proposal", lambda: self._proposal(posting))
        run("ballots", lambda: self._ballots(posting))
        run("outcome", lambda: self._outcome(ledger, posting))
        run("struck out", lambda: check_zero_outs(self._doc, ledger, posting))
        run("review signatures", lambda: signed.of_review(ledger, posting))
        if posting.outcome != "final":
            self._report.skip("claims", f"nothing can be claimed: it is {posting.outcome}")
            return
        run("claims", lambda: self._claims(ledger, posting, known))
        run("payees", lambda: check_payees(self._doc, ledger, posting, self._distributor))
        run("payments", lambda: check_money(ledger, posting))

    # --- the steps ------------------------------------------------------------------------------

    def _parts(self) -> str:
        self._distributor.require_deployed()
        self._pool.require_deployed()
        theirs = self._distributor.pool()
        if theirs != self._pool.address:
            raise VerifyError(
                f"the distributor serves pool {theirs}, the document names {self._pool.address}",
                _OBJECT,
            )
        return "the distributor pays out of the document's pool (its code: `millpond verify code`)"

    def _state(self, ledger: Ledger) -> str:
        """No event is kept back: those of the distributor lead to where it stands."""
        at = ledger.last_block
        head, (version, _, _) = (
            self._distributor.head(at=at),
            self._distributor.maintainer_set(at=at),
        )
        outcomes = [posting.outcome for posting in ledger.postings]
        ours = (
            outcomes.count("final"),
            outcomes.count("under review"),
            max(ledger.policies, default=0),
            max(ledger.maintainers, default=0),
        )
        theirs = head.finalised, int(head.open_version > 0), head.policy_version, version
        if ours != theirs:
            raise VerifyError(
                f"the events lead to {ours}, the distributor stands at {theirs} "
                "(final epochs, open ones, versions of the policy and of the maintainers)",
                "ask another node: this one may keep events back",
            )
        return f"{ours[0]} final epochs, {ours[1]} under review, as the distributor says"

    def _not_posted(self, ledger: Ledger) -> str:
        epoch, at = self._doc.epoch, ledger.last_block
        head = self._distributor.head(at=at)
        is_open = head.open_version > 0 and epoch == head.finalised + 1
        if is_open or any(self._distributor.epoch_hash_of(epoch, at=at)):
            raise VerifyError(
                f"epoch {epoch} is {'under review' if is_open else 'final'} by the distributor's "
                "state, but no event says that it was posted",
                "ask another node: this one keeps events back",
            )
        raise Unchecked(f"epoch {epoch} has not been posted")

    def _posted(self, posting: Posting) -> str:
        terms = posting.terms
        chain_says = Posted(
            chain_id=self._client.chain_id,
            distributor=self._distributor.address,
            epoch=terms.epoch,
            root=terms.root,
            total_cred=terms.total_cred,
            leaf_count=terms.leaf_count,
            data_hash=posting.data_hash,
        )
        check_posted(self._doc, keccak256(self._data), chain_says)
        if terms.signer_cap_bps != self._doc.signer_cap_bps:
            raise VerifyError(
                f"the cap on a signer's share is {terms.signer_cap_bps} basis points on the chain, "
                f"{self._doc.signer_cap_bps} in the document",
                _OBJECT,
            )
        block = posting.event.log.block_number
        return f"attempt {terms.attempt} in block {block}: root, total, leaves and hash agree"

    def _maintainers(self, posting: Posting, known: MaintainerSet) -> str:
        ours = {
            signer.account: frozenset([own_subject(signer.account), *map(bytes, signer.subjects)])
            for signer in self._doc.signers
        }
        if ours != dict(known.subjects):
            raise VerifyError(
                "the document's signers and their subjects are not the chain's maintainers "
                f"(version {posting.terms.maintainers_version})",
                _OBJECT,
            )
        return f"{len(ours)} maintainers, with the subjects that count as their own"

    def _proposal(self, posting: Posting) -> str:
        block, terms = posting.event.log.block_number, posting.terms
        told = [
            event
            for event in self._governor().past_events("ProposalCreated", block, block)
            if event.args["proposalId"] == posting.proposal_id
        ]
        raised = [Draft.from_event(event) for event in told]
        wanted = (Action.of(self._distributor.finalise, terms.epoch, terms.attempt),)
        if len(raised) != 1 or raised[0].id != posting.proposal_id or raised[0].actions != wanted:
            raise VerifyError(
                f"the consent proposal {posting.proposal_id} is not for finalising exactly this "
                "attempt",
                _OBJECT,
            )
        proposer = told[0].args["proposer"]
        if proposer != self._distributor.address:
            raise VerifyError(
                f"the consent proposal was raised by {proposer}, not by the distributor", _OBJECT
            )
        text = raised[0].description
        if to_hex(posting.data_hash) not in text or posting.uri not in text:
            raise VerifyError(
                "the members were asked without the document's hash and address", _OBJECT
            )
        return "the members are asked about exactly this document, by its hash"

    def _governor(self) -> Contract:
        return Contract(self._client, "Governor", self._pool.governor())

    def _ballots(self, posting: Posting) -> str:
        governor, first = self._governor(), posting.event.log.block_number
        last = self._client.block().number
        cast = governor.past_events("VoteCast", first, last)
        latest = {
            event.args["voter"]: event.args["support"]
            for event in cast
            if event.args["proposalId"] == posting.proposal_id
        }
        counts = Counter(latest.values())
        ours = counts[0], counts[1], counts[2]
        theirs = governor.proposalVotes(posting.proposal_id, at=last)
        if ours != theirs:
            raise VerifyError(
                f"the ballots count {ours} against, for, abstaining; the Governor says {theirs}",
                _ASK,
            )
        state = State(governor.state(posting.proposal_id, at=last))
        against, in_favour, _ = ours
        return f"{in_favour} consent, {against} object; the proposal is {state.name.lower()}"

    def _outcome(self, ledger: Ledger, posting: Posting) -> str:
        kept = self._distributor.epoch_hash_of(posting.terms.epoch, at=ledger.last_block)
        if posting.outcome != "final":
            if any(kept):
                raise VerifyError("the epoch is final by state but no event says so", _ASK)
            return f"{posting.outcome}; nothing is final"
        state = State(self._governor().state(posting.proposal_id, at=ledger.last_block))
        if state is not State.EXECUTED:
            raise VerifyError(f"final, but the proposal is {state.name.lower()}", _ASK)
        ours = ledger.epoch_hash(posting.terms.epoch)
        if not ours == posting.epoch_hash == kept:
            raise VerifyError(
                f"the terms hash to {to_hex(ours)}, the chain keeps {to_hex(kept)}", _ASK
            )
        self._require_window(posting)
        return f"final: the chain keeps the hash of exactly these terms, {to_hex(ours)}"

    def _require_window(self, posting: Posting) -> None:
        """Claims are open for as long as the policy says, from when it became final."""
        block = (posting.end or posting.event).log.block_number
        made_final = self._client.block(block).timestamp
        window = posting.policy.claim_window
        if posting.terms.closes_at != made_final + window:
            raise VerifyError(
                f"claims close at {posting.terms.closes_at}; it became final at {made_final}, and "
                f"the policy leaves {window} seconds for them",
                _ASK,
            )

    def _claims(self, ledger: Ledger, posting: Posting, known: MaintainerSet | None) -> str:
        booked = self._distributor.paid_of(posting.terms.epoch, at=ledger.last_block)
        return check_claims(self._doc, ledger, posting, known, booked)

    def _books(self, ledger: Ledger) -> str:
        found = differences(ledger.books, self._pool, ledger.last_block)
        if found:
            raise VerifyError("; ".join(found[:3]), _ASK)
        return f"the Pool's {len(ledger.books.accounts)} accounts are what its events add up to"


def _previous(ledger: Ledger, last: Previous) -> str:
    """The document builds on the one that was posted for the epoch before."""
    posting = ledger.of_epoch(last.epoch)
    if posting is None or posting.outcome != "final":
        raise Unchecked(f"epoch {last.epoch} is not final in the events of the distributor")
    if posting.data_hash != last.data_hash:
        raise VerifyError(
            f"the document follows the one with the hash {to_hex(last.data_hash)}, the one posted "
            f"for epoch {last.epoch} has {to_hex(posting.data_hash)}",
            _OBJECT,
        )
    return f"it follows the document that was posted for epoch {last.epoch}, by its hash"


def _terms(ledger: Ledger, posting: Posting) -> str:
    """The terms are those of the policy in force, and every posting is filed under its own."""
    for each in ledger.postings:
        filed, own = each.event.args, (each.terms.epoch, each.terms.attempt)
        if (filed["epoch"], filed["attempt"]) != own:
            raise VerifyError(
                f"a posting is filed under epoch {filed['epoch']}, attempt {filed['attempt']}; its "
                f"terms are of {own}",
                _OBJECT,
            )
    terms, policy = posting.terms, posting.policy
    ours = (
        posting.earmark,
        policy.asset,
        policy.minimum,
        policy.grain_per_epoch,
        policy.signer_cap_bps,
    )
    theirs = (
        terms.earmark,
        terms.asset,
        terms.minimum,
        terms.grain_per_epoch,
        terms.signer_cap_bps,
    )
    if ours != theirs:
        raise VerifyError(
            f"posted under {theirs}, the policy says {ours} "
            "(earmark, asset, minimum, grain, signer's cap)",
            _OBJECT,
        )
    return f"earmark {terms.earmark}, minimum {terms.minimum}, cap {terms.signer_cap_bps} bps"


def _pot(ledger: Ledger, posting: Posting) -> str:
    """min(floor(R * p) + carry, unreserved), from events alone, and so much was reserved."""
    check_reserved(ledger, posting)
    share = format_amount(posting.policy.payout_bps, 2)
    sum_ = (
        f"R = {posting.income}, p = {share} %, carry {posting.carry}, "
        f"unreserved {posting.unreserved}"
    )
    if posting.pot != posting.terms.pot:
        raise VerifyError(
            f"{sum_} give a pot of {posting.pot}, the chain has {posting.terms.pot}", _OBJECT
        )
    return f"{sum_}: {posting.pot}"
