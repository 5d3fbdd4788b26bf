# SPDX-License-Identifier: AGPL-3.0-only
"""One epoch of cred payouts, from the score file to the last claim.

    ape run epoch build --params FILE --instance DIR --month 2019-09          document and request
    ape run epoch build --params FILE --scores scores.json --month 2019-09    from a score file
    ape run epoch sign --pool NAME                                            each maintainer
    ape run epoch post --pool NAME                                            anyone, once signed
    ape run epoch finalise --pool NAME                                        after the review
    ape run epoch payday --pool NAME                                          as often as wanted
    ape run epoch claim --pool NAME --identity github:1234                    each for herself

Every command looks at the chain first and does only what is missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from millpond.chain import distributions, epochs, governance
from millpond.chain.coop import Coop
from millpond.chain.governance import Draft
from millpond.core.canonical import keccak256
from millpond.core.cred import CredHistory
from millpond.core.cred.compute import METHODS
from millpond.core.cred.scores import CREDRANK, EXACT
from millpond.core.distribution import (
    INPUT_NAMES,
    Distribution,
    InputFile,
    Previous,
    build,
    data_hash,
)
from millpond.core.errors import BadInput
from millpond.core.policies.proportional import Proportional
from millpond.core.subjects import Subject, of_address, of_identity, to_hex
from millpond.core.units import format_amount, format_cred
from millpond.core.weeks import Week, weeks_of_month
from millpond.sources.pins import pinned
from millpond.sources.sourcecred import ScoreFile, read_scores
from scripts import _desk as desk
from scripts import _params
from scripts._desk import Desk, receipt_fields
from scripts._epoch_files import EpochFiles, out_option
from scripts._standing import require_ready

DAY = 86_400
GRAIN_DECIMALS = 18
epoch_option = click.option("--epoch", "number", type=int, help="Default: the newest posted.")


@click.group()
def cli() -> None:
    """One epoch of cred payouts."""


@desk.command(cli, account=False, pool=False)
@desk.params_option
@click.option("--instance", type=click.Path(path_type=Path), help="Whose cred is to be computed.")
@click.option("--method", type=click.Choice(METHODS), default=CREDRANK, help="With --instance.")
@click.option("--scores", type=click.Path(path_type=Path), help="Instead: SourceCred's scores.")
@click.option("--month", required=True, help='Such as "2019-09".')
@click.option("--days", default=14, help="How long the signatures hold.")
@out_option
def build_(
    at: Desk,
    params_path: Path,
    instance: Path | None,
    method: str,
    scores: Path | None,
    month: str,
    days: int,
    out: Path,
) -> None:
    """Sum the month's cred, build the document and its tree, and write what is to be signed."""
    params = _params.load(params_path)
    coop = at.coop(params.name)
    basis = _basis(instance, method, scores, weeks_of_month(month))
    document = _document(coop, basis, out)
    files, now = EpochFiles(out, params.name, document.epoch), at.client.now()
    deadline = files.kept_deadline(document, now) or now + days * DAY
    files.write(document, epochs.Request.of(coop, document, params.documents_uri, deadline))
    files.add_inputs(basis.files)
    at.answer(
        f"Epoch {document.epoch} ({document.label}): {len(document.people)} people with cred, "
        f"{document.leaf_count} leaves. Written to {files.folder}.",
        epoch=document.epoch,
        dataHash=to_hex(data_hash(document)),
        root=to_hex(document.root),
        totalCred=str(document.total),
        leaves=document.leaf_count,
        folder=str(files.folder),
    )


@dataclass(frozen=True)
class _Basis:
    """What a document is built from: cred, how its inputs are accounted for, files to publish."""

    history: CredHistory
    inputs: tuple[InputFile, ...]
    weights: str | None
    files: Mapping[str, bytes]


def _basis(
    instance: Path | None, method: str, scores: Path | None, weeks: tuple[Week, ...]
) -> _Basis:
    if instance is not None and scores is None:
        found = pinned(instance, method, EXACT)
        pins = found.pins
        return _Basis(found.scores.history(weeks), pins.inputs(), pins.weights, pins.files())
    if scores is None or instance is not None:
        raise BadInput("the cred is to come from one place", "give either --instance or --scores")
    data, read = _scores(scores)
    known = InputFile("scores", keccak256(data), scores.name)
    absent = [InputFile(n, None, "not in a score file") for n in INPUT_NAMES if n != known.name]
    return _Basis(read.history(weeks), (known, *absent), None, {})


def _document(coop: Coop, basis: _Basis, out: Path) -> Distribution:
    head = coop.distributor.head()
    return build(
        chain_id=coop.client.chain_id,
        pool=coop.pool.address,
        distributor=coop.distributor.address,
        epoch=head.finalised + 1,
        history=basis.history,
        policy=Proportional(),
        inputs=basis.inputs,
        weights=basis.weights,
        signer_cap_bps=coop.distributor.policy_of(head.policy_version).signer_cap_bps,
        signers=_maintainers(coop),
        previous=_previous(coop, head.finalised, out),
    )


def _scores(path: Path) -> tuple[bytes, ScoreFile]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(
            f"the score file {path} cannot be read ({type(error).__name__})", "give its path"
        ) from None
    return data, read_scores(data)


def _maintainers(coop: Coop) -> dict[str, list[Subject]]:
    """The set in force and the subjects of each, her own account's first (as the cap counts)."""
    newest = coop.distributor.past_events("MaintainersSet", coop.since)[-1]
    return {
        who.account: [of_address(who.account), *map(Subject, who.subjects)]
        for who in newest.args["maintainers"]
    }


def _previous(coop: Coop, last: int, out: Path) -> Previous | None:
    if last == 0:
        return None
    before = EpochFiles(out, coop.name, last).read()
    if epochs.posted_epoch(coop, last).posted.args["data_hash"] != data_hash(before):
        raise BadInput(
            f"the document of epoch {last} in {out} is not the one that was posted",
            "fetch the posted one by its hash and put it there",
        )
    return Previous(before.epoch, data_hash(before), before.weeks[-1].end_ms)


@desk.command(cli, sends=False)
@out_option
def sign(at: Desk, out: Path) -> None:
    """Check the document in the folder as a whole, and sign it as a maintainer."""
    coop = at.coop()
    files = EpochFiles(out, at.pool, _next(coop))
    if not coop.distributor.is_maintainer(at.signer.address):
        raise BadInput(
            f"{at.signer.address} is no maintainer of {at.pool}", "sign as one of the maintainers"
        )
    document, request = _checked(coop, files)
    if request.attempt != coop.distributor.head().attempt:
        raise BadInput("the request is for an attempt that has ended", "build the epoch again")
    _show(at, document, at.signer.address)
    at.agree("Sign this distribution?")
    files.add_signature(
        at.signer.address,
        distributions.sign_distribution(
            at.signer, document, request.attempt, request.uri, request.deadline
        ),
    )
    at.answer(f"{at.signer.address} signed epoch {document.epoch}.", signer=at.signer.address)


def _checked(coop: Coop, files: EpochFiles) -> tuple[Distribution, epochs.Request]:
    """What lies in the folder, checked as a whole, and made for this distributor and epoch."""
    document = files.read()
    made_for = (document.chain_id, document.pool, document.distributor, document.epoch)
    here = (coop.client.chain_id, coop.pool.address, coop.distributor.address, files.epoch)
    if made_for != here:
        raise BadInput(
            f"the document in {files.folder} is for another chain, co-op or epoch",
            "do not sign it; build this epoch again: ape run epoch build",
        )
    return document, files.read_request()


def _show(at: Desk, document: Distribution, signers: str) -> None:
    at.plan(
        f"Distribution of epoch {document.epoch}",
        ("pool", document.pool),
        ("period", document.label),
        ("people with cred", len(document.people)),
        ("leaves", document.leaf_count),
        ("total cred", format_cred(document.total)),
        ("left out", len(document.exclusions)),
        ("document", to_hex(data_hash(document))),
        ("root", to_hex(document.root)),
        ("signed by", signers),
    )


@desk.command(cli)
@out_option
def post(at: Desk, out: Path) -> None:
    """Post the signed document: reserves its pot and opens the members' review."""
    coop = at.coop()
    head, files = coop.distributor.head(), EpochFiles(out, at.pool, _next(coop))
    if head.open_version:
        number = epochs.posted_epoch(coop, head.finalised + 1).proposal_id
        return at.done_already(f"It is posted; the proposal is {number}.", proposal=str(number))
    document, request = _checked(coop, files)
    signed = distributions.signed_post(
        document, request.attempt, request.uri, request.deadline, files.signatures()
    )
    asset = at.asset(coop.distributor.policy_of(head.policy_version).asset)
    _show(at, document, ", ".join(signed.signers))
    at.say(f"The pot is {asset.text(coop.distributor.next_pot()[0])}; the review begins now.")
    what = f"Post epoch {document.epoch} of {coop.name}"
    receipt = at.carry_out(what, coop.clerk.post, *signed.arguments)
    number = coop.distributor.event(receipt, "DistributionPosted").args["proposal_id"]
    files.record("posted", {"proposal": str(number), **receipt_fields(receipt)})
    return at.answer(
        f"Posted. Members may object until the review ends; the proposal is {number}.",
        receipt,
        proposal=str(number),
    )


@desk.command(cli)
@epoch_option
@out_option
def finalise(at: Desk, number: int | None, out: Path) -> None:
    """Make the posted distribution final, once its review is over and it was not stopped."""
    coop = at.coop()
    posted = epochs.posted_epoch(coop, number or _newest(coop))
    epoch = posted.terms.epoch
    if posted.final is not None:
        return at.done_already(f"Epoch {epoch} is final already.", epoch=epoch)
    require_ready(governance.state_of(coop.governor, posted.proposal_id), f"epoch {epoch}")
    draft = Draft.from_event(governance.created(coop.governor, posted.proposal_id, coop.since))
    at.plan(f"Make epoch {epoch} final", ("proposal", posted.proposal_id))
    what = f"Make epoch {epoch} of {coop.name} final"
    receipt = at.carry_out(what, coop.governor.execute, *draft.carried_out)
    EpochFiles(out, at.pool, epoch).record("final", receipt_fields(receipt))
    return at.answer(f"Epoch {epoch} is final.", receipt, epoch=epoch)


@desk.command(cli)
@epoch_option
@out_option
def payday(at: Desk, number: int | None, out: Path) -> None:
    """Pay everybody with an account and at least the minimum. Nobody is paid twice."""
    coop = at.coop()
    terms = epochs.posted_epoch(coop, number or _newest(coop)).require_final()
    files, asset = EpochFiles(out, at.pool, terms.epoch), at.asset(terms.asset)
    document = files.read()
    at.plan(
        f"Payday of epoch {terms.epoch}",
        ("leaves", document.leaf_count),
        ("pot", asset.text(terms.pot)),
        ("minimum", asset.text(terms.minimum)),
    )
    what = f"Pay everybody of epoch {terms.epoch} of {coop.name}"
    call = epochs.payday(coop, terms, document)
    receipt = at.carry_out(what, coop.distributor.payday, *call)
    paid = epochs.paid_by(coop.distributor.events(receipt, "Claimed"))
    total = sum(leaf.amount for leaf in paid)
    why = [
        epochs.SKIPPED[e.args["reason"]] for e in coop.distributor.events(receipt, "LeafSkipped")
    ]
    counts = {reason: why.count(reason) for reason in epochs.SKIPPED.values() if reason in why}
    files.record(f"payday-{receipt.block_number}", receipt_fields(receipt))
    over = ", ".join(f"{n} {reason}" for reason, n in counts.items()) or "nobody"
    at.answer(
        f"Paid {len(paid)} people {asset.text(total)}; passed over: {over}.",
        receipt,
        paid=len(paid),
        amount=str(total),
        skipped=counts,
    )


@desk.command(cli)
@epoch_option
@out_option
@click.option("--identity", required=True, help='Whose leaf, such as "github:1234".')
@click.option("--to", help="Only for yourself; default: the linked account.")
def claim(at: Desk, number: int | None, out: Path, identity: str, to: str | None) -> None:
    """Claim one person's money and grain: your own at any amount, another's above the minimum."""
    coop, subject = at.coop(), of_identity(identity)
    terms = epochs.posted_epoch(coop, number or _newest(coop)).require_final()
    if coop.distributor.is_claimed(subject, terms.epoch):
        return at.done_already(f"{identity} has claimed epoch {terms.epoch} already.", amount="0")
    document = EpochFiles(out, at.pool, terms.epoch).read()
    payee = to or str(coop.distributor.payee_of(subject))
    arguments = epochs.claim(coop, terms, document, subject, payee)
    coop.distributor.claim.simulate(at.signer.address, *arguments)
    at.plan("Claim", ("for", identity), ("epoch", terms.epoch), ("to", payee))
    what = f"Claim epoch {terms.epoch} of {coop.name} for {identity}"
    receipt = at.carry_out(what, coop.distributor.claim, *arguments)
    (paid,), asset = (
        epochs.paid_by(coop.distributor.events(receipt, "Claimed")),
        at.asset(terms.asset),
    )
    grain = format_amount(paid.grain, GRAIN_DECIMALS)
    return at.answer(
        f"{asset.text(paid.amount)} and {grain} grain went to {paid.to}.",
        receipt,
        amount=str(paid.amount),
        grain=str(paid.grain),
    )


def _next(coop: Coop) -> int:
    return int(coop.distributor.head().finalised) + 1


def _newest(coop: Coop) -> int:
    """The open epoch, else the last final one; 1 before the first."""
    head = coop.distributor.head()
    return int(head.finalised) + (1 if head.open_version else 0) or 1
