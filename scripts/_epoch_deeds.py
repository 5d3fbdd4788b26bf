# SPDX-License-Identifier: AGPL-3.0-only
"""Deeds that several people sign and anybody sends: withdraw, zero-out, restore, settle.

Each run of the same command adds the signature of its account, if that counts, and sends once
there are enough. Whoever signs elsewhere gets `requests/<deed>.json`: ape run epoch cosign.
"""

from pathlib import Path

import click

from millpond.chain import epochs
from millpond.chain.abi import Value
from millpond.chain.coop import Coop
from millpond.chain.distributions import claim_of
from millpond.chain.epoch_requests import NOTE, Asked, text_hash
from millpond.core.collective.plan import Plan
from millpond.core.errors import BadInput
from millpond.core.figures import moment
from millpond.core.subjects import NOBODY, Subject, to_hex
from millpond.core.units import format_cred, share_bps
from scripts import _desk as desk
from scripts._desk import Desk
from scripts._epoch import (
    DAY,
    cli,
    next_epoch,
    open_epoch,
    subject_of,
    whose_option,
)
from scripts._epoch_deed import Deed, asked_for, go_on
from scripts._epoch_files import EpochFiles, out_option
from scripts._params import read_file

LAST_DAYS = 2
"""Nobody is struck out in the last days of a review: her supporters need time to answer."""
_TO_DO = "look where it stands: ape run epoch plan"
reason_option = click.option(
    "--reason", help="Why, for everybody to read; who signs after others leaves it away."
)


ask_option = click.option(
    "--ask", is_flag=True, help="Only write the request, for others to sign elsewhere."
)


@desk.command(cli)
@reason_option
@ask_option
@out_option
def withdraw(at: Desk, reason: str | None, ask: bool, out: Path) -> None:
    """Take back what was posted, while it is under review: maintainers sign, then anybody sends.

    ape run epoch withdraw --pool NAME --reason "A week is missing" --network ... --account ada
    """
    coop = at.coop()
    head, epoch = coop.distributor.head(), next_epoch(coop)
    files = EpochFiles(out, at.pool, epoch)
    if not head.open_version:
        if epochs.ended_attempt(coop, epoch, head.attempt - 1) == "DistributionWithdrawn":
            return at.done_already(f"Attempt {head.attempt - 1} is withdrawn.", epoch=epoch)
        raise BadInput("no distribution is under review", _TO_DO)
    terms, name = open_epoch(coop).terms, "withdraw"
    reason = _reason(files, name, reason)
    values: dict[str, int | str | bytes] = {
        "epoch": epoch, "attempt": terms.attempt, "root": terms.root,
    }  # fmt: skip
    deed = Deed(
        name=name,
        what=f"Withdraw attempt {terms.attempt} of epoch {epoch} of {coop.name}",
        asked=asked_for(at, coop, files, "withdraw", name, values, {NOTE: reason}),
        method=coop.clerk.withdraw,
        before=(coop.distributor.address, epoch, terms.packed),
        needed=int(coop.distributor.maintainer_set()[1]),
        rows=(("reason", reason),),
        record=f"withdrawn-{terms.attempt}",
        told={"reason": reason, "attempt": terms.attempt},
    )
    return go_on(at, coop, files, deed, ask)


@desk.command(cli)
@whose_option
@reason_option
@ask_option
@out_option
def zero_out(at: Desk, identity: str, reason: str | None, ask: bool, out: Path) -> None:
    """Strike one person out of the distribution under review: maintainers sign, with a reason.

    ape run epoch zero-out --pool NAME --identity github:1 --reason "Bought stars" --account ada
    """
    coop, subject = at.coop(), subject_of(identity)
    terms = open_epoch(coop).terms
    files = EpochFiles(out, at.pool, terms.epoch)
    struck = epochs.struck_out(coop, terms.epoch, terms.attempt)
    if subject in struck:
        return at.done_already(f"{identity} is struck out already.", subject=to_hex(subject))
    index, cred, proof = claim_of(files.read(), subject)
    _require_may_strike(at, coop, subject, cred, sum(struck.values()))
    name = f"zero-out-{to_hex(subject)}"
    reason = _reason(files, name, reason)
    digest, where = text_hash(reason), coop.distributor.address
    deed = Deed(
        name=name,
        what=f"Strike {identity} out of epoch {terms.epoch} of {coop.name}",
        asked=_review_request(at, coop, files, "zero-out", subject, reason),
        method=coop.clerk.zero_out,
        before=(where, terms.epoch, terms.packed, (subject, index, cred), proof, digest),
        needed=int(coop.distributor.maintainer_set()[1]),
        rows=(
            ("person", identity),
            ("cred", f"{format_cred(cred)} of {format_cred(terms.total_cred)}"),
            ("reason", reason),
        ),
        record=f"struck-{to_hex(subject)}",
        told={"reason": reason},
    )
    return go_on(at, coop, files, deed, ask)


@desk.command(cli)
@whose_option
@reason_option
@ask_option
@out_option
def restore(at: Desk, identity: str, reason: str | None, ask: bool, out: Path) -> None:
    """Put back somebody who was struck out: members who were there before the post sign.

    ape run epoch restore --pool NAME --identity github:1 --reason "Her work is real" --account eve
    """
    coop, subject = at.coop(), subject_of(identity)
    terms = open_epoch(coop).terms
    files = EpochFiles(out, at.pool, terms.epoch)
    if subject not in epochs.struck_out(coop, terms.epoch, terms.attempt):
        if _was(coop, "Restored", subject):
            return at.done_already(f"{identity} is restored.", subject=to_hex(subject))
        raise BadInput(f"{identity} is not struck out", _TO_DO)
    index, _, _ = claim_of(files.read(), subject)
    name = f"restore-{to_hex(subject)}"
    reason = _reason(files, name, reason)
    digest, where = text_hash(reason), coop.distributor.address
    deed = Deed(
        name=name,
        what=f"Restore {identity} in epoch {terms.epoch} of {coop.name}",
        asked=_review_request(at, coop, files, "restore", subject, reason),
        method=coop.clerk.restore,
        before=(where, terms.epoch, terms.packed, subject, index, digest),
        needed=epochs.needed_to_restore(
            int(_policy(coop).restorers), int(coop.governor.member_count())
        ),
        rows=(("person", identity), ("reason", reason)),
        record=f"restored-{to_hex(subject)}",
        told={"reason": reason},
    )
    return go_on(at, coop, files, deed, ask)


@desk.command(cli)
@whose_option
@click.option("--epoch", "number", type=int, required=True, help="Which epoch's part.")
@click.option("--reference", help="Of the payment: its expense or invoice.")
@click.option(
    "--plan",
    type=click.Path(path_type=Path),
    help="Instead: the plan of payments (millpond collective plan) that has the reference.",
)
@ask_option
@out_option
def settle(
    at: Desk,
    *,
    identity: str,
    number: int,
    reference: str | None,
    plan: Path | None,
    ask: bool,
    out: Path,
) -> None:
    """Before somebody is paid in another currency: her part is settled and never claimed here.

    The payee signs (here, or by file); then anybody sends it. Only after that is she paid.
    Refused while no grain can be made: her leaf's grain is minted with it.
    ape run epoch settle --pool NAME --identity github:1 --epoch 3 --reference "oc/812"
    """
    coop, subject = at.coop(), subject_of(identity)
    terms = epochs.posted_epoch(coop, number).require_final()
    files = EpochFiles(out, at.pool, terms.epoch)
    if coop.distributor.is_claimed(subject, terms.epoch):
        return at.done_already(
            f"{identity} was paid for epoch {terms.epoch}, or it is settled: it cannot be both.",
            subject=to_hex(subject),
        )
    payee = str(coop.distributor.payee_of(subject))
    if payee == NOBODY:
        raise BadInput(
            f"no account is linked to {identity}, so nobody can give up the claim",
            "let her link an account first: ape run identity ask",
        )
    index, cred, proof = claim_of(files.read(), subject)
    reference = _reference(plan, coop, terms.root, index) if plan else (reference or "")
    if not reference.strip():
        raise BadInput(
            "the payment has no reference", "name its expense or invoice: --reference, or --plan"
        )
    digest = text_hash(reference)
    values: dict[str, int | str | bytes] = {
        "epoch": terms.epoch, "subject": subject, "reference": digest, "payee": payee,
    }  # fmt: skip
    name = f"settle-{to_hex(subject)}"
    where, leaf = coop.distributor.address, (subject, index, cred)
    before = (where, epochs.hash_before(coop, terms.epoch), terms.packed, leaf, proof, digest)
    deed = Deed(
        name=name,
        what=f"Settle epoch {terms.epoch} of {coop.name} for {identity} outside the chain",
        asked=asked_for(at, coop, files, "settle", name, values, {"reference": reference}),
        method=coop.clerk.settle_off_chain,
        before=before,
        needed=1,
        rows=(("person", identity), ("payee", payee), ("paid as", reference)),
        record=f"settled-{to_hex(subject)}",
        told={"reference": reference},
    )
    return go_on(at, coop, files, deed, ask)


def _review_request(
    at: Desk, coop: Coop, files: EpochFiles, kind: str, subject: Subject, reason: str
) -> Asked:
    terms = open_epoch(coop).terms
    values: dict[str, int | str | bytes] = {
        "epoch": terms.epoch,
        "attempt": terms.attempt,
        "root": terms.root,
        "subject": subject,
        "reasonHash": text_hash(reason),
    }
    name = f"{kind}-{to_hex(subject)}"
    return asked_for(at, coop, files, kind, name, values, {"reason": reason})


def _reference(path: Path, coop: Coop, root: bytes, leaf: int) -> str:
    """The text by which a plan of payments names the payment of a leaf."""
    plan = Plan.from_json(read_file(path, "the plan"))
    place = (plan.chain_id, plan.distributor, plan.root)
    if place != (coop.client.chain_id, coop.distributor.address, root):
        raise BadInput("the plan is of another distribution", "make the plan of this epoch anew")
    payment = plan.payment_of(leaf)
    if payment is None:
        raise BadInput(
            "the plan pays this person nothing: her part stays on the chain",
            "let her claim it: ape run epoch claim",
        )
    return plan.reference(payment)


def _reason(files: EpochFiles, name: str, given: str | None) -> str:
    """The reason that was given, else that of the request that lies there."""
    kept = files.asked(name)
    found = given if given is not None else "".join(kept.texts.values()) if kept else ""
    if not found.strip():
        raise BadInput("there is no reason", "write why, for everybody to read: --reason")
    return found


def _policy(coop: Coop) -> Value:
    """What the open distribution was posted under."""
    return coop.distributor.policy_of(coop.distributor.head().open_version)


def _require_may_strike(at: Desk, coop: Coop, subject: Subject, cred: int, struck: int) -> None:
    """Refuse by name what the contract would refuse, before anybody signs."""
    posted = open_epoch(coop)
    if _was(coop, "Restored", subject):
        raise BadInput(
            "the members have restored this person, and nobody is struck out twice",
            "withdraw the whole distribution if it must not stand: ape run epoch withdraw",
        )
    ends = int(coop.governor.proposalDeadline(posted.proposal_id))
    if at.client.now() > ends - LAST_DAYS * DAY:
        raise BadInput(
            f"the review ends on {moment(ends)}, and in its last {LAST_DAYS} days nobody is struck "
            "out",
            "withdraw the distribution if it must not stand: ape run epoch withdraw",
        )
    most = share_bps(posted.terms.total_cred, _policy(coop).zero_out_bps)
    if struck + cred > most or struck + cred >= posted.terms.total_cred:
        raise BadInput(
            f"together {format_cred(struck + cred)} cred would be struck out, and the members "
            f"allow {format_cred(most)}",
            "withdraw the distribution and build it anew: ape run epoch withdraw",
        )


def _was(coop: Coop, name: str, subject: Subject) -> bool:
    terms = open_epoch(coop).terms
    found = epochs.in_review(coop, name, terms.epoch, terms.attempt)
    return any(event.args["subject"] == subject for event in found)
