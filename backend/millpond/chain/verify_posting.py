# SPDX-License-Identifier: AGPL-3.0-only
"""The steps of `millpond verify distribution` that need a node.

Who signed the posting, what income and pot the events give, what the members said, what was made
final, what each claim paid and to whom. Figures are computed here from events and the document; the
contract's own views are only what they are compared with.
"""

from collections import Counter
from collections.abc import Callable, Mapping

from millpond.chain import abi
from millpond.chain.answers import Address
from millpond.chain.books import differences
from millpond.chain.client import Client, Transaction
from millpond.chain.contracts import Contract
from millpond.chain.governance import Action, Draft, State
from millpond.chain.ledger import Claim, Ledger, MaintainerSet, Posting, own_subject, read_ledger
from millpond.chain.report import Report, Unchecked
from millpond.chain.verify_zero_outs import check_zero_outs
from millpond.core import typed_data
from millpond.core.canonical import keccak256
from millpond.core.distribution import Distribution, Posted, check_posted
from millpond.core.errors import Reverted, VerifyError
from millpond.core.signatures import check_signer
from millpond.core.subjects import Subject, address_of, is_address, to_hex
from millpond.core.typed_data import Domain
from millpond.core.units import BPS_ALL, floor_share, format_amount, share_bps

_OBJECT = "object to the distribution and ask the maintainers; do not rely on its figures"
_PAID = "ask the maintainers; compare the contract's code with `millpond verify code`"
_ECDSA = 65
_IS_VALID_SIGNATURE = bytes.fromhex("1626ba7e")
_MAGIC = _IS_VALID_SIGNATURE.ljust(32, b"\0")


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
        posting = ledger[0].of_epoch(self._doc.epoch)
        if posting is None:
            self._report.skip("posted", f"epoch {self._doc.epoch} has not been posted")
        else:
            self._posting(ledger[0], posting)
        self._report.run("books", lambda: self._books(ledger[0]))

    def _posting(self, ledger: Ledger, posting: Posting) -> None:
        run = self._report.run
        run("posted", lambda: self._posted(posting))
        run("terms", lambda: _terms(posting))
        run("pot", lambda: _pot(posting))
        known = ledger.maintainers.get(posting.terms.maintainers_version)
        if known is None:
            self._report.skip("maintainers", "the set of maintainers was made before --from-block")
        else:
            run("maintainers", lambda: self._maintainers(posting, known))
            run("signatures", lambda: self._signatures(posting, known))
        run("proposal", lambda: self._proposal(posting))
        run("ballots", lambda: self._ballots(posting))
        run("outcome", lambda: self._outcome(ledger, posting))
        run("struck out", lambda: check_zero_outs(self._doc, ledger, posting))
        if posting.outcome != "final":
            self._report.skip("claims", f"nothing can be claimed: it is {posting.outcome}")
            return
        run("claims", lambda: self._claims(ledger, posting, known))
        run("payees", lambda: self._payees(ledger))

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

    def _signatures(self, posting: Posting, known: MaintainerSet) -> str:
        strangers = [signer for signer in posting.signers if signer not in known.subjects]
        if strangers or len(set(posting.signers)) < known.needed:
            raise VerifyError(
                f"{len(set(posting.signers))} signers, {len(strangers)} of them no maintainers; "
                f"{known.needed} maintainers had to sign",
                _OBJECT,
            )
        made = self._client.transaction(posting.event.log.transaction_hash)
        if made.to != self._distributor.clerk():
            raise Unchecked("posted through another contract, so the signatures are not at hand")
        function, args = abi.load("Clerk").decode_call(made.data)
        given = dict(zip([p.name for p in function.inputs], args, strict=True))
        for signer, signature in zip(given["signers"], given["signatures"], strict=True):
            self._signature(posting, given, signer, signature)
        return f"{len(posting.signers)} maintainers signed this attempt, {known.needed} were needed"

    def _signature(
        self, posting: Posting, given: Mapping[str, abi.Value], signer: str, signature: bytes
    ) -> None:
        message = typed_data.cred_distribution(
            Domain(self._client.chain_id, self._distributor.address),
            epoch=posting.terms.epoch,
            attempt=posting.terms.attempt,
            root=posting.terms.root,
            total_cred=posting.terms.total_cred,
            leaf_count=posting.terms.leaf_count,
            data_hash=posting.data_hash,
            uri=posting.uri,
            signer=signer,
            deadline=given["deadline"],
        )
        digest = typed_data.digest(message)
        if len(signature) == _ECDSA and not self._client.code(Address(signer)):
            check_signer(digest, signature, signer)
            return
        types = abi.plain("bytes32", "bytes")
        call = _IS_VALID_SIGNATURE + abi.encode_values(types, [digest, signature], "a signature")
        asked = Transaction(Address(signer), call, 0, f"the wallet {signer}")
        block = posting.event.log.block_number
        try:
            answer = self._client.call(asked, None, block)
        except Reverted:
            answer = b""
        if answer != _MAGIC:
            raise VerifyError(f"the wallet {signer} does not know the signature", _OBJECT)

    def _proposal(self, posting: Posting) -> str:
        block, terms = posting.event.log.block_number, posting.terms
        raised = [
            Draft.from_event(event)
            for event in self._governor().past_events("ProposalCreated", block, block)
            if event.args["proposalId"] == posting.proposal_id
        ]
        wanted = (Action.of(self._distributor.finalise, terms.epoch, terms.attempt),)
        if len(raised) != 1 or raised[0].id != posting.proposal_id or raised[0].actions != wanted:
            raise VerifyError(
                f"the consent proposal {posting.proposal_id} is not for finalising exactly this "
                "attempt",
                _OBJECT,
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
                _PAID,
            )
        state = State(governor.state(posting.proposal_id, at=last))
        against, in_favour, _ = ours
        return f"{in_favour} consent, {against} object; the proposal is {state.name.lower()}"

    def _outcome(self, ledger: Ledger, posting: Posting) -> str:
        kept = self._distributor.epoch_hash_of(posting.terms.epoch, at=ledger.last_block)
        if posting.outcome != "final":
            if any(kept):
                raise VerifyError("the epoch is final by state but no event says so", _PAID)
            return f"{posting.outcome}; nothing is final"
        state = State(self._governor().state(posting.proposal_id, at=ledger.last_block))
        if state is not State.EXECUTED:
            raise VerifyError(f"final, but the proposal is {state.name.lower()}", _PAID)
        ours = ledger.epoch_hash(posting.terms.epoch)
        if not ours == posting.epoch_hash == kept:
            raise VerifyError(
                f"the terms hash to {to_hex(ours)}, the chain keeps {to_hex(kept)}", _PAID
            )
        return f"final: the chain keeps the hash of exactly these terms, {to_hex(ours)}"

    def _claims(self, ledger: Ledger, posting: Posting, known: MaintainerSet | None) -> str:
        terms, claims = posting.terms, ledger.claims[posting.terms.epoch]
        cred = dict(self._doc.leaves)
        owner = {s: a for a, own in known.subjects.items() for s in own} if known else {}
        limit = share_bps(terms.pot, terms.signer_cap_bps)
        taken: Counter[str] = Counter()
        seen: set[bytes] = set()
        for claim in claims:
            if claim.subject in seen:
                raise VerifyError(f"{self._who(claim.subject)} was paid twice", _PAID)
            seen.add(claim.subject)
            due = floor_share(terms.pot, cred.get(Subject(claim.subject), 0), terms.shared_cred)
            grain = floor_share(
                terms.grain_per_epoch, cred.get(Subject(claim.subject), 0), terms.shared_cred
            )
            account = owner.get(claim.subject)
            excess = 0
            if account is not None and terms.signer_cap_bps < BPS_ALL:
                excess = max(0, due - (limit - taken[account]))
                taken[account] += due - excess
            wanted = due - excess, excess, grain
            if (claim.amount, claim.excess, claim.grain) != wanted:
                raise VerifyError(
                    f"{self._who(claim.subject)} got {claim.amount}, {claim.excess} over the cap "
                    f"and {claim.grain} grain; the document gives {wanted}",
                    _PAID,
                )
        return self._paid(ledger, posting, claims)

    def _paid(self, ledger: Ledger, posting: Posting, claims: list[Claim]) -> str:
        epoch = posting.terms.epoch
        ours = sum(claim.amount + claim.excess for claim in claims) + ledger.closed.get(epoch, 0)
        ours += sum(event.args["amount"] for event in ledger.settled[epoch].values())
        theirs = self._distributor.paid_of(epoch, at=ledger.last_block)
        if ours != theirs or ours > posting.terms.pot:
            raise VerifyError(
                f"the claims add up to {ours}, the contract has booked {theirs} of "
                f"{posting.terms.pot}",
                _PAID,
            )
        return f"{len(claims)} of {self._doc.leaf_count} leaves claimed, {ours} in all, each right"

    def _payees(self, ledger: Ledger) -> str:
        claims = ledger.claims[self._doc.epoch]
        for claim in claims:
            subject = Subject(claim.subject)
            block = claim.event.log.block_number
            if is_address(subject):
                known = {address_of(subject)}
            else:
                known = {self._distributor.payee_of(subject, at=at) for at in (block - 1, block)}
            if claim.payee not in known:
                raise VerifyError(
                    f"{self._who(claim.subject)} was paid at {claim.payee}, "
                    f"the account was {', '.join(sorted(known))}",
                    _PAID,
                )
        return f"{len(claims)} payments went to the accounts linked at the time"

    def _books(self, ledger: Ledger) -> str:
        found = differences(ledger.books, self._pool, ledger.last_block)
        if found:
            raise VerifyError("; ".join(found[:3]), _PAID)
        return f"the Pool's {len(ledger.books.accounts)} accounts are what its events add up to"

    def _who(self, subject: bytes) -> str:
        person = self._doc.person(subject)
        return (person.identity if person else None) or to_hex(subject)


def _terms(posting: Posting) -> str:
    """The terms are those of the policy in force."""
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


def _pot(posting: Posting) -> str:
    """min(floor(R * p) + carry, unreserved), from events alone."""
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
