# SPDX-License-Identifier: AGPL-3.0-only
"""From scores to what maintainers sign: build, and repost after a withdrawal or a failed review."""

from collections.abc import Iterable
from pathlib import Path

import click

from millpond.chain import epochs
from millpond.chain.coop import Coop
from millpond.chain.past_payments import past_payments
from millpond.chain.paydays import Month
from millpond.core.cred.compute import METHODS
from millpond.core.cred.scores import CREDRANK
from millpond.core.distribution import (
    Distribution,
    Exclusion,
    Notes,
    build,
    data_hash,
    previous_of,
    to_json,
)
from millpond.core.errors import BadInput
from millpond.core.ipfs_names import cid_of
from millpond.core.policies import Policy, policy_named
from millpond.core.subjects import to_hex
from millpond.core.weeks import weeks_of_month
from millpond.sources.publishing import IPFS
from scripts import _desk as desk
from scripts import _params
from scripts._desk import Desk
from scripts._epoch import DAY, checked, cli, next_epoch, require_policy, subject_of
from scripts._epoch_basis import Basis, basis_of, before, notes_of, pairs
from scripts._epoch_files import EpochFiles, out_option

days_option = click.option("--days", default=14, help="How long the signatures hold.")
uri_option = click.option(
    "--uri", help="Where it will be; default: documents_uri of the parameters, and its hash."
)


@desk.command(cli, account=False, pool=False)
@desk.params_option
@click.option("--instance", type=click.Path(path_type=Path), help="Whose cred is to be computed.")
@click.option("--method", type=click.Choice(METHODS), default=CREDRANK, help="With --instance.")
@click.option("--scores", type=click.Path(path_type=Path), help="Instead: SourceCred's scores.")
@click.option("--month", required=True, help='Such as "2019-09".')
@click.option("--policy", default="proportional", help="The rule that turns cred into shares.")
@click.option(
    "--policy-option", "options", multiple=True, help='Of that rule, "name=value"; several times.'
)
@click.option("--back-to", help="First month that counts, for a rule that looks back.")
@click.option(
    "--leave-out", type=(str, str), multiple=True, help="Somebody, and why; for everybody to read."
)
@click.option(
    "--because", type=(str, str), multiple=True, help='Why "policy" or "weights" are others now.'
)
@click.option(
    "--gain",
    type=(str, int, int),
    help="Who proposed other weights; her share by the old and by the new, in millionths.",
)
@click.option("--log", type=click.Path(path_type=Path), help="Identity log: what was entered.")
@uri_option
@days_option
@out_option
def build_(  # noqa: PLR0913  (one for each option)
    at: Desk,
    *,
    params_path: Path,
    instance: Path | None,
    method: str,
    scores: Path | None,
    month: str,
    policy: str,
    options: tuple[str, ...],
    back_to: str | None,
    leave_out: tuple[tuple[str, str], ...],
    because: tuple[tuple[str, str], ...],
    gain: tuple[str, int, int] | None,
    log: Path | None,
    uri: str | None,
    days: int,
    out: Path,
) -> None:
    """Sum the month's cred, build the document and its tree, and write what is to be signed."""
    params = _params.load(params_path)
    coop, rule = at.coop(params.name), policy_named(policy, pairs(options))
    require_policy(coop)
    weeks = weeks_of_month(month)
    basis = basis_of(instance, method, scores, weeks, before(rule, weeks, back_to))
    last = _before_this(coop, int(coop.distributor.head().finalised), out)
    notes = notes_of(because, gain, log, last)
    document = _document(coop, basis, rule, leave_out=leave_out, out=out, last=last, notes=notes)
    files, now = EpochFiles(out, params.name, document.epoch), at.client.now()
    deadline = files.kept_deadline(document, now) or now + days * DAY
    address = uri or uri_of(document, params.documents_uri)
    files.write(document, epochs.Request.of(coop, document, address, deadline))
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


@desk.command(cli, account=False)
@click.option("--unchanged", is_flag=True, help="Even though nothing in the document changed.")
@uri_option
@days_option
@out_option
def repost(at: Desk, unchanged: bool, uri: str | None, days: int, out: Path) -> None:
    """Ask for signatures again after a withdrawal or a failed review: same epoch, next attempt.

    ape run epoch repost --pool NAME
    """
    coop = at.coop()
    head, files = coop.distributor.head(), EpochFiles(out, at.pool, next_epoch(coop))
    if head.open_version:
        raise BadInput(
            "the last attempt is still open",
            "withdraw it first, or void it once its review has failed: ape run epoch withdraw",
        )
    document, request = checked(coop, files)
    if request.attempt == head.attempt and request.deadline > at.client.now():
        return at.done_already(
            f"Attempt {head.attempt} of epoch {document.epoch} can be signed already.",
            attempt=request.attempt,
        )
    require_changed(coop, document, head.attempt, unchanged)
    now = at.client.now()
    fresh = epochs.Request.of(coop, document, uri or request.uri, now + days * DAY)
    files.write(document, fresh)
    return at.answer(
        f"Attempt {head.attempt} of epoch {document.epoch} waits for signatures; those of earlier "
        f"attempts are dead and were put away.",
        epoch=document.epoch,
        attempt=head.attempt,
        request=str(files.request_path("post")),
    )


def require_changed(coop: Coop, document: Distribution, attempt: int, unchanged: bool) -> None:
    """Refuse what failed before, unless it is meant: the members would only object again."""
    before = epochs.attempts(coop, document.epoch) if attempt > 1 else []
    same = [post for post in before if post.args["data_hash"] == data_hash(document)]
    if same and not unchanged:
        raise BadInput(
            f"attempt {same[-1].args['attempt']} of epoch {document.epoch} was this very document, "
            f"with the root {to_hex(document.root)}",
            "build it again with what is to change; if it is to stay as it is, say --unchanged",
        )


def uri_of(document: Distribution, prefix: str) -> str:
    """Where a document will be: a prefix and its hash, or its name on IPFS."""
    name = cid_of(to_json(document)) if prefix == IPFS else to_hex(data_hash(document))
    return prefix + name


def _document(
    coop: Coop,
    basis: Basis,
    rule: Policy,
    *,
    leave_out: Iterable[tuple[str, str]],
    out: Path,
    last: Distribution | None,
    notes: Notes,
) -> Distribution:
    head = coop.distributor.head()
    policy = coop.distributor.policy_of(head.policy_version)
    past, budget = None, None
    if rule.balances:
        months = [_month(coop, epoch, out) for epoch in range(1, head.finalised + 1)]
        past = past_payments(coop, months, policy.asset)
        budget = int(coop.distributor.next_pot()[0])
    return build(
        chain_id=coop.client.chain_id,
        pool=coop.pool.address,
        distributor=coop.distributor.address,
        epoch=head.finalised + 1,
        history=basis.history,
        policy=rule,
        inputs=basis.inputs,
        weights=basis.weights,
        signer_cap_bps=policy.signer_cap_bps,
        signers=epochs.last_maintainers(coop),
        exclusions=[Exclusion(subject_of(who), why) for who, why in leave_out],
        previous=None if last is None else previous_of(last),
        notes=notes,
        earlier=basis.earlier,
        past=past,
        budget=budget,
    )


def _month(coop: Coop, epoch: int, out: Path) -> Month:
    """A final epoch with the document that was posted, from the folder."""
    terms = epochs.posted_epoch(coop, epoch).require_final()
    return Month.of(coop, terms, EpochFiles(out, coop.name, epoch).read())


def _before_this(coop: Coop, last: int, out: Path) -> Distribution | None:
    """The document of the last final epoch, which must be the posted one."""
    if last == 0:
        return None
    before = EpochFiles(out, coop.name, last).read()
    if epochs.posted_epoch(coop, last).posted.args["data_hash"] != data_hash(before):
        raise BadInput(
            f"the document of epoch {last} in {out} is not the one that was posted",
            "fetch the posted one by its hash and put it there",
        )
    return before
