# SPDX-License-Identifier: AGPL-3.0-only
"""Where the co-op's payouts stand, what comes next, and what is still missing for it."""

from pathlib import Path
from typing import Any, NamedTuple

from millpond.chain import epoch_plan, epochs, proposals
from millpond.chain.abi import Value
from millpond.chain.coop import Coop
from millpond.chain.epoch_plan import Closing, Next, Review
from millpond.chain.governance import State
from millpond.core.distribution import Distribution, data_hash
from millpond.core.errors import MillpondError
from millpond.core.figures import away, moment, percent
from millpond.core.subjects import to_hex
from millpond.core.units import BPS_ALL, format_cred
from scripts import _desk as desk
from scripts._desk import Desk
from scripts._epoch import NO_POLICY, OPEN_ONE, cli
from scripts._epoch_files import POST, EpochFiles, out_option
from scripts._pool import earmark_text
from scripts._standing import FAILED, STANDS

Rows = list[tuple[str, object]]


class Papers(NamedTuple):
    """How far the folder is: a document, why its request counts no more, signatures that lack."""

    built: bool
    stale: str
    missing: int


@desk.command(cli, account=False)
@out_option
def plan(at: Desk, out: Path) -> None:
    """Show what the next epoch would be, what is open, what is missing, and which claims end.

    ape run epoch plan --pool NAME
    """
    coop, now = at.coop(), at.client.now()
    comes, review = epoch_plan.next_of(coop), epoch_plan.review_of(coop)
    closings = epoch_plan.closings(coop)
    files = EpochFiles(out, at.pool, comes.epoch)
    document, trouble = _document(files)
    stale = _stale(files, comes, now)
    signed = [] if stale else _signed(coop, files)
    papers = Papers(document is not None, stale, _needed(coop) - len(signed))
    steps = _next_step(at, comes, review, papers, now)
    at.plan(
        f"Payouts of {coop.name}",
        *_money_rows(at, comes, now),
        *(_review_rows(at, coop, review, now) if review else [("under review", "nothing")]),
        *(_paper_rows(coop, document, trouble, signed) if comes.policy else []),
        *_closing_rows(at, closings, now),
    )
    at.answer(
        steps,
        epoch=comes.epoch,
        attempt=comes.attempt,
        asset=str(comes.policy.asset) if comes.policy else None,
        income=None if comes.income is None else str(comes.income),
        payoutBps=comes.policy.payout_bps if comes.policy else None,
        carry=str(comes.carry),
        pot=str(comes.pot),
        epochsLeft=comes.epochs_left,
        notBefore=comes.not_before if comes.policy else None,
        review=_review_fields(review),
        dataHash=to_hex(data_hash(document)) if document else None,
        signed=signed,
        missing=_missing(coop, signed),
        needed=_needed(coop),
        overTheCap=_over(document),
        closing=[_closing_fields(each, now) for each in closings],
        next=steps,
    )


def _money_rows(at: Desk, comes: Next, now: int) -> Rows:
    if comes.policy is None:
        return [("policy", NO_POLICY), ("epochs left in the season", comes.epochs_left)]
    asset, policy = at.asset(comes.policy.asset), comes.policy
    income = "not kept by this node" if comes.income is None else asset.text(comes.income)
    return [
        ("next", f"epoch {comes.epoch}, attempt {comes.attempt}"),
        ("income since the last (R)", income),
        ("share paid out (p)", percent(policy.payout_bps)),
        ("carry", asset.text(comes.carry)),
        ("pot", asset.text(comes.pot)),
        ("smallest payment", asset.text(policy.minimum)),
        ("epochs left in the season", comes.epochs_left),
        ("may be posted from", f"{moment(comes.not_before)} ({away(comes.not_before, now)})"),
    ]


def _review_rows(at: Desk, coop: Coop, review: Review, now: int) -> Rows:
    terms, state = review.posted.terms, review.state
    stands = proposals.stand(coop, proposals.find(coop, str(review.posted.proposal_id)))
    return [
        ("under review", f"epoch {terms.epoch}, attempt {terms.attempt}"),
        ("its pot", at.asset(terms.asset).text(terms.pot)),
        ("its proposal", f"{stands.found.number}, with the id {stands.found.id}"),
        ("stands", STANDS[state] if state is not None else "unknown"),
        ("objections", f"{stands.against}; it takes {stands.quorum} to stop it"),
        ("review ends", f"{moment(review.ends_at)} ({away(review.ends_at, now)})"),
        (
            "struck out",
            f"{len(review.struck)} people, {format_cred(sum(review.struck.values()))} cred",
        ),
    ]


def _paper_rows(coop: Coop, document: Distribution | None, trouble: str, signed: list[str]) -> Rows:
    rows: Rows = [("document", to_hex(data_hash(document)) if document else trouble)]
    rows.append(("signed by", ", ".join(signed) or "nobody"))
    if len(signed) < _needed(coop):
        missing = _needed(coop) - len(signed)
        rows.append(("still to sign", f"{missing} of {', '.join(_missing(coop, signed))}"))
    rows += [
        ("over the cap", f"{who} by {format_cred(int(cred))} cred")
        for who, cred in _over(document).items()
    ]
    return rows


def _closing_rows(at: Desk, closings: list[Closing], now: int) -> Rows:
    rows: Rows = []
    for each in closings:
        rest = at.asset(each.asset).text(each.unpaid)
        when = f"{moment(each.closes_at)} ({away(each.closes_at, now)})"
        said = f"{rest} can be claimed until {when}"
        if each.closes_at <= now:
            said = f"{rest} were not claimed: ape run epoch close --epoch {each.epoch}"
        elif each.closes_at - now <= epoch_plan.NOTICE:
            said += "; tell everybody who has not claimed"
        rows.append((f"epoch {each.epoch}", said))
    return rows


def _next_step(at: Desk, comes: Next, review: Review | None, papers: Papers, now: int) -> str:
    """The first thing that is missing."""
    if review is not None:
        return _after_review(review, now)
    if comes.policy is None:
        return f"{OPEN_ONE[0].upper()}{OPEN_ONE[1:]}."
    early = now < comes.not_before
    when = f"{moment(comes.not_before)} ({away(comes.not_before, now)})"
    later = f" It can be posted from {when} on." if early else ""
    filled = "" if comes.pot else _filled_by(at, comes)
    steps = {
        "The season is over: let a member propose another one: ape run pool propose set-season.": (
            comes.epochs_left == 0
        ),
        f"There is nothing to pay out yet: {filled}.{later}": comes.pot == 0,
        f"Build the epoch: ape run epoch build.{later}": not papers.built,
        f"{papers.stale}{later}": papers.stale != "",
        f"Let maintainers sign: ape run epoch sign, or cosign by file.{later}": papers.missing > 0,
        f"Wait until {when}, then: ape run epoch post.": early,
    }
    ready = "Publish it and post it: ape run epoch publish, ape run epoch post."
    return next((step for step, is_due in steps.items() if is_due), ready)


def _after_review(review: Review, now: int) -> str:
    if review.state is State.SUCCEEDED:
        return "The review is over and nobody stopped it: ape run epoch finalise."
    if review.state in FAILED:
        return "The review has failed: ape run epoch void."
    ends = f"{moment(review.ends_at)} ({away(review.ends_at, now)})"
    return f"Wait for the review to end, {ends}, then: ape run epoch finalise."


def _filled_by(at: Desk, comes: Next) -> str:
    """What makes the pot larger, in words."""
    policy: Value = comes.policy
    earmark, asset = policy.income_earmark, at.asset(policy.asset)
    named = asset.symbol if asset.contract is None else asset.address
    give = f"ape run pool give --earmark {earmark} --asset {named}"
    if earmark == comes.pot_earmark:
        return f"the pot is empty. What is given to {earmark_text(earmark)} fills it: {give}"
    source, pot = earmark_text(earmark), earmark_text(comes.pot_earmark)
    return (
        f"the pot is empty. It is measured by what is given to {source} ({give}) and paid out of "
        f"{pot}, which has to hold it: ape run pool propose move"
    )


def _document(files: EpochFiles) -> tuple[Distribution | None, str]:
    if not files.has_document:
        return None, "not built yet"
    try:
        return files.read(), ""
    except MillpondError as error:
        return None, f"cannot be used: {error.message}"


def _stale(files: EpochFiles, comes: Next, now: int) -> str:
    """What to do about a request whose signatures count no more; "" when they do."""
    asked = files.asked(POST)
    if asked is None:
        return ""
    if asked.attempt != comes.attempt:
        return (
            f"Attempt {asked.attempt} has ended, and its signatures are dead: ape run epoch build "
            "with what changes, or ape run epoch repost."
        )
    if asked.deadline < now:
        return f"The signatures counted until {moment(asked.deadline)}: ape run epoch repost."
    return ""


def _signed(coop: Coop, files: EpochFiles) -> list[str]:
    """Maintainers of now who have signed what lies there."""
    return [who for who, _ in files.signatures() if coop.distributor.is_maintainer(who)]


def _missing(coop: Coop, signed: list[str]) -> list[str]:
    return [who for who in epochs.last_maintainers(coop) if who not in signed]


def _needed(coop: Coop) -> int:
    return int(coop.distributor.maintainer_set()[1])


def _over(document: Distribution | None) -> dict[str, str]:
    """Maintainers whose share the cap cuts, and by how much cred."""
    if document is None or document.signer_cap_bps == BPS_ALL:
        return {}
    return {each.account: str(each.would_take) for each in document.signers if each.would_take}


def _review_fields(review: Review | None) -> dict[str, Any] | None:
    if review is None:
        return None
    return {
        "epoch": review.posted.terms.epoch,
        "attempt": review.posted.terms.attempt,
        "proposal": str(review.posted.proposal_id),
        "state": review.state.name if review.state is not None else None,
        "endsAt": review.ends_at,
        "struckOut": {to_hex(who): str(cred) for who, cred in review.struck.items()},
    }


def _closing_fields(each: Closing, now: int) -> dict[str, Any]:
    return {
        "epoch": each.epoch,
        "closesAt": each.closes_at,
        "unpaid": str(each.unpaid),
        "notice": each.closes_at - now <= epoch_plan.NOTICE,
        "over": each.closes_at <= now,
    }
