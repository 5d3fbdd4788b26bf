# SPDX-License-Identifier: AGPL-3.0-only
"""What happens to a signed distribution on the chain: post, finalise, void, close."""

from pathlib import Path

import click

from millpond.chain import distributions, epochs, governance
from millpond.chain.coop import Coop
from millpond.chain.epoch_requests import require_in_time
from millpond.chain.governance import Draft
from millpond.core.distribution import data_hash
from millpond.core.errors import BadInput
from millpond.core.figures import moment
from millpond.sources.publishing import Ipfs, require_published
from scripts import _desk as desk
from scripts._desk import Desk, receipt_fields
from scripts._epoch import checked, cli, epoch_option, newest, next_epoch, no_maintainer, show
from scripts._epoch_build import require_changed
from scripts._epoch_files import POST, EpochFiles, out_option
from scripts._standing import FAILED, STANDS, require_ready

ipfs_option = click.option(
    "--ipfs", help="HTTP API of an IPFS node, such as http://127.0.0.1:5001."
)


@desk.command(cli)
@click.option("--unpublished", is_flag=True, help="Even if nobody can fetch the document there.")
@click.option("--unchanged", is_flag=True, help="Even though this document failed before.")
@ipfs_option
@out_option
def post(at: Desk, unpublished: bool, unchanged: bool, ipfs: str | None, out: Path) -> None:
    """Post the signed document: reserves its pot and opens the members' review."""
    coop = at.coop()
    head, files = coop.distributor.head(), EpochFiles(out, at.pool, next_epoch(coop))
    if head.open_version:
        number = epochs.posted_epoch(coop, head.finalised + 1).proposal_id
        return at.done_already(f"It is posted; the proposal is {number}.", proposal=str(number))
    signatures = files.signatures()
    _require_still_maintainers(coop, [who for who, _ in signatures])
    document, request = checked(coop, files)
    _require_fresh(request, head.attempt, at.client.now())
    require_changed(coop, document, head.attempt, unchanged)
    wallets = [who for who, _ in signatures if coop.client.code(who)]
    signed = distributions.signed_post(
        document, request.attempt, request.uri, request.deadline, signatures, wallets
    )
    if not unpublished:
        require_published(request.uri, data_hash(document), Ipfs(ipfs) if ipfs else None)
    asset = at.asset(coop.distributor.policy_of(head.policy_version).asset)
    show(at, document, ", ".join(signed.signers))
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


def _require_still_maintainers(coop: Coop, signers: list[str]) -> None:
    """Name whoever was taken out after she signed; a stranger's signature the contract refuses."""
    for account in signers:
        if not coop.distributor.is_maintainer(account):
            message, next_step = no_maintainer(coop, account)
            if "any more" in message:
                raise BadInput(message, next_step)


def _require_fresh(request: epochs.Request, attempt: int, now: int) -> None:
    if request.attempt != attempt:
        raise BadInput(
            f"what was signed is attempt {request.attempt}, and the next one is {attempt}: "
            "signatures of another attempt are dead",
            "ask for signatures again: ape run epoch repost",
        )
    require_in_time(POST, request.deadline, now)


@desk.command(cli)
@epoch_option
@out_option
def finalise(at: Desk, number: int | None, out: Path) -> None:
    """Make the posted distribution final, once its review is over and it was not stopped."""
    coop = at.coop()
    posted = epochs.posted_epoch(coop, number or newest(coop))
    epoch = posted.terms.epoch
    if posted.final is not None:
        return at.done_already(f"Epoch {epoch} is final already.", epoch=epoch)
    state = governance.state_of(coop.governor, posted.proposal_id)
    if state in FAILED:
        raise BadInput(
            f"the review of epoch {epoch} has failed: {STANDS[state]}",
            "free its pot: ape run epoch void",
        )
    require_ready(state, f"epoch {epoch}")
    draft = Draft.from_event(governance.created(coop.governor, posted.proposal_id, coop.since))
    at.plan(f"Make epoch {epoch} final", ("proposal", posted.proposal_id))
    what = f"Make epoch {epoch} of {coop.name} final"
    receipt = at.carry_out(what, coop.governor.execute, *draft.carried_out)
    EpochFiles(out, at.pool, epoch).record("final", receipt_fields(receipt))
    return at.answer(f"Epoch {epoch} is final.", receipt, epoch=epoch)


@desk.command(cli)
@out_option
def void(at: Desk, out: Path) -> None:
    """Free the pot of a distribution whose review has failed, so that the epoch can be reposted.

    ape run epoch void --pool NAME --network ... --account anyone
    """
    coop = at.coop()
    head = coop.distributor.head()
    epoch = head.finalised + 1
    if not head.open_version:
        last = epochs.ended_attempt(coop, epoch, head.attempt - 1)
        if last == "DistributionVoided":
            return at.done_already(f"Attempt {head.attempt - 1} is void.", epoch=epoch)
        raise BadInput(
            "no distribution is under review", "look where it stands: ape run epoch plan"
        )
    posted = epochs.posted_epoch(coop, epoch)
    state = governance.state_of(coop.governor, posted.proposal_id)
    if state not in FAILED:
        why = STANDS[state] if state is not None else "nobody has proposed it"
        raise BadInput(
            f"the review of epoch {epoch} has not failed: {why}",
            "wait for its end, or withdraw it: ape run epoch withdraw",
        )
    at.plan(
        f"Void attempt {head.attempt} of epoch {epoch}",
        ("proposal", posted.proposal_id),
        ("its review", STANDS[state]),
    )
    what = f"Void attempt {head.attempt} of epoch {epoch} of {coop.name}"
    receipt = at.carry_out(what, coop.distributor.void, epoch)
    EpochFiles(out, at.pool, epoch).record(f"voided-{head.attempt}", receipt_fields(receipt))
    return at.answer(
        f"Void: the pot is free again. Next: ape run epoch build, or repost, for attempt "
        f"{head.attempt + 1}.",
        receipt,
        epoch=epoch,
    )


@desk.command(cli)
@epoch_option
@out_option
def close(at: Desk, number: int | None, out: Path) -> None:
    """After an epoch's claim window: what nobody claimed goes into the next pot.

    ape run epoch close --pool NAME --epoch 1 --network ... --account anyone
    """
    coop = at.coop()
    terms = epochs.posted_epoch(coop, number or 1).require_final()
    closed = epochs.closed(coop, terms.epoch)
    if closed is not None:
        return at.done_already(f"Epoch {terms.epoch} is closed.", epoch=terms.epoch)
    if at.client.now() < terms.closes_at:
        raise BadInput(
            f"epoch {terms.epoch} can be claimed until {moment(terms.closes_at)}",
            "close it after that; whoever has not claimed can still be told: ape run epoch plan",
        )
    asset = at.asset(terms.asset)
    rest = terms.pot - int(coop.distributor.paid_of(terms.epoch))
    if rest == 0:
        return at.done_already(
            f"All of epoch {terms.epoch} was paid: there is nothing to close.", epoch=terms.epoch
        )
    at.plan(
        f"Close epoch {terms.epoch}",
        ("claims ended", moment(terms.closes_at)),
        ("left over, for the next pot", asset.text(rest)),
    )
    what = f"Close epoch {terms.epoch} of {coop.name}"
    arguments = (epochs.hash_before(coop, terms.epoch), terms.packed)
    receipt = at.carry_out(what, coop.distributor.close_epoch, *arguments)
    EpochFiles(out, at.pool, terms.epoch).record("closed", receipt_fields(receipt))
    return at.answer(
        f"Epoch {terms.epoch} is closed; {asset.text(rest)} go into the next pot.",
        receipt,
        epoch=terms.epoch,
        amount=str(rest),
    )
