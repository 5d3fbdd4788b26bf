# SPDX-License-Identifier: AGPL-3.0-only
"""From scores to what maintainers sign: build, and repost after a withdrawal or a failed review."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from millpond.chain import epochs
from millpond.chain.coop import Coop
from millpond.chain.past_payments import past_payments
from millpond.chain.paydays import Month
from millpond.core.canonical import keccak256
from millpond.core.cred import CredHistory
from millpond.core.cred.compute import METHODS
from millpond.core.cred.scores import CREDRANK, EXACT
from millpond.core.distribution import (
    INPUT_NAMES,
    Distribution,
    Exclusion,
    InputFile,
    Previous,
    build,
    data_hash,
    to_json,
)
from millpond.core.errors import BadInput
from millpond.core.policies import Policy, policy_named
from millpond.core.publication import raw_cid
from millpond.core.subjects import to_hex
from millpond.core.weeks import Week, week_span, weeks_of_month
from millpond.sources.pins import pinned
from millpond.sources.publishing import IPFS
from millpond.sources.sourcecred import ScoreFile, read_scores
from scripts import _desk as desk
from scripts import _params
from scripts._desk import Desk
from scripts._epoch import DAY, checked, cli, next_epoch, subject_of
from scripts._epoch_files import EpochFiles, out_option

Weeks = tuple[Week, ...]
days_option = click.option("--days", default=14, help="How long the signatures hold.")
uri_option = click.option(
    "--uri", help="Where it will be; default: documents_uri of the parameters, and its hash."
)


@dataclass(frozen=True)
class _Basis:
    """What a document is built from: cred, how its inputs are accounted for, files to publish."""

    history: CredHistory
    earlier: CredHistory | None
    inputs: tuple[InputFile, ...]
    weights: str | None
    files: Mapping[str, bytes]


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
    uri: str | None,
    days: int,
    out: Path,
) -> None:
    """Sum the month's cred, build the document and its tree, and write what is to be signed."""
    params = _params.load(params_path)
    coop, rule = at.coop(params.name), policy_named(policy, _pairs(options))
    weeks = weeks_of_month(month)
    basis = _basis(instance, method, scores, weeks, _before(rule, weeks, back_to))
    document = _document(coop, basis, rule, leave_out, out)
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
    if prefix != IPFS:
        return prefix + to_hex(data_hash(document))
    cid = raw_cid(to_json(document))
    if cid is None:
        raise BadInput(
            "the document is too long for its IPFS name to be computed here",
            "publish it first, then build again with the address it got: --uri ipfs://...",
        )
    return IPFS + cid


def _pairs(options: Iterable[str]) -> dict[str, str]:
    pairs = [option.partition("=") for option in options]
    if wrong := next((name for name, is_one, _ in pairs if not is_one), None):
        raise BadInput(f"the policy's option {wrong!r} has no value", "write it as name=value")
    return {name: value for name, _, value in pairs}


def _before(rule: Policy, weeks: Weeks, back_to: str | None) -> Weeks:
    """The weeks before the epoch that its rule looks at."""
    if not rule.looks_back:
        if back_to is not None:
            raise BadInput(
                f"the policy {rule.name} looks at its own month only", "leave --back-to away"
            )
        return ()
    if back_to is None:
        raise BadInput(
            f"the policy {rule.name} looks at earlier months as well",
            "say which is the first: --back-to 2018-02, or the month itself for none",
        )
    first, end = weeks_of_month(back_to)[0].start_ms, weeks[0].start_ms
    return week_span(first, end) if first != end else ()


def _basis(
    instance: Path | None, method: str, scores: Path | None, weeks: Weeks, before: Weeks
) -> _Basis:
    if instance is not None and scores is None:
        found = pinned(instance, method, EXACT)
        pins = found.pins
        earlier = found.scores.history(before) if before else None
        known = pins.inputs()
        return _Basis(found.scores.history(weeks), earlier, known, pins.weights, pins.files())
    if scores is None or instance is not None:
        raise BadInput("the cred is to come from one place", "give either --instance or --scores")
    data, read = _scores(scores)
    own = InputFile("scores", keccak256(data), scores.name)
    absent = [InputFile(n, None, "not in a score file") for n in INPUT_NAMES if n != own.name]
    earlier = read.history(before) if before else None
    return _Basis(read.history(weeks), earlier, (own, *absent), None, {})


def _document(
    coop: Coop, basis: _Basis, rule: Policy, leave_out: Iterable[tuple[str, str]], out: Path
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
        previous=_previous(coop, head.finalised, out),
        earlier=basis.earlier,
        past=past,
        budget=budget,
    )


def _month(coop: Coop, epoch: int, out: Path) -> Month:
    """A final epoch with the document that was posted, from the folder."""
    terms = epochs.posted_epoch(coop, epoch).require_final()
    return Month.of(coop, terms, EpochFiles(out, coop.name, epoch).read())


def _scores(path: Path) -> tuple[bytes, ScoreFile]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(
            f"the score file {path} cannot be read ({type(error).__name__})", "give its path"
        ) from None
    return data, read_scores(data)


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
