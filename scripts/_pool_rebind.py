# SPDX-License-Identifier: AGPL-3.0-only
"""A lost key: members ask for another account for a seat, the old one may object for a week.

sponsors    ape run pool rebind sign      (or everybody by a vote: ape run pool propose rebind)
new key     ape run pool rebind accept    so that anyone may send it
anyone      ape run pool rebind start
old key     ape run pool rebind object    until it is done
anyone      ape run pool rebind complete  seven days later
"""

from pathlib import Path

import click

from millpond.chain.coop import Coop, domain_of
from millpond.chain.members import require_member
from millpond.core import typed_data
from millpond.core.errors import BadInput
from millpond.core.figures import moment
from millpond.core.subjects import NOBODY
from scripts import _desk as desk
from scripts import _signed
from scripts._desk import Desk
from scripts._pool import account_of, cli
from scripts._pool_members import papers_option, until_option

old_option = click.option("--old", required=True, help="The account that was lost.")
new_option = click.option("--new", required=True, help="The new account of the same person.")


@cli.group()
def rebind() -> None:
    """A lost key: move a seat to another account of the same person."""


@desk.command(rebind, sends=False)
@old_option
@new_option
@until_option
@papers_option
def sign(at: Desk, old: str, new: str, until: str | None, papers: Path) -> None:
    """Sign, as another member, that a seat's owner has lost her key and has a new one.

    ape run pool rebind sign --pool NAME --old 0x... --new 0x...
    """
    coop, now = at.coop(), at.client.now()
    lost, fresh = _pair(coop, old, new)
    require_member(coop, at.signer.address)
    if at.signer.address == lost:
        raise BadInput("the lost key itself signs nothing", "let other members sign")
    deadline = _signed.deadline_for(papers, coop.admission, lost, now, until)
    at.plan("Ask for a new key", ("old", lost), ("new", fresh), ("until", moment(deadline)))
    at.agree("Do you know that both are the same person, and do you sign?")
    typed = typed_data.rebinding(
        domain_of(coop.admission), old=lost, new=fresh, sponsor=at.signer.address, deadline=deadline
    )
    path = _signed.save(papers, coop.admission, _kind(fresh), lost, deadline, at.signer, typed)
    at.note(f"Sign that the seat of {lost} goes to {fresh}")
    at.answer(f"Signed: {path}", rebinding=str(path), deadline=deadline)


@desk.command(rebind, sends=False)
@old_option
@until_option
@papers_option
def accept(at: Desk, old: str, until: str | None, papers: Path) -> None:
    """Sign, with the new key, that you take the seat, so that somebody else can send it.

    ape run pool rebind accept --pool NAME --old 0x...
    """
    coop, now = at.coop(), at.client.now()
    lost, fresh = _pair(coop, old, at.signer.address)
    deadline = _signed.deadline_for(papers, coop.admission, lost, now, until)
    at.plan("Take a seat", ("old", lost), ("new", fresh), ("until", moment(deadline)))
    at.agree("Sign it?")
    typed = typed_data.rebind_acceptance(
        domain_of(coop.admission), old=lost, new=fresh, deadline=deadline
    )
    kind = "rebind-acceptance"
    path = _signed.save(papers, coop.admission, kind, lost, deadline, at.signer, typed)
    at.note(f"Sign that the seat of {lost} is taken")
    at.answer(f"Signed: {path}", acceptance=str(path), deadline=deadline)


@desk.command(rebind)
@old_option
@new_option
@papers_option
def start(at: Desk, old: str, new: str, papers: Path) -> None:
    """Ask for the move with the members' signatures in a folder; a week of objection begins.

    ape run pool rebind start --pool NAME --old 0x... --new 0x...
    """
    coop = at.coop()
    lost, fresh = _pair(coop, old, new)
    pending, ready_at = coop.admission.pending_rebind(lost)
    if pending == fresh:
        return at.done_already(f"It is asked for already, from {moment(ready_at)} on.")
    signed = _signed.load(papers, coop.admission, _kind(fresh), lost)
    if not signed:
        raise BadInput(
            f"no member has signed it in {papers}", "let members sign: ape run pool rebind sign"
        )
    deadline, accepted = _acceptance(at, coop, lost, fresh, papers)
    until = {paper.deadline for paper in signed} | ({deadline} if accepted else set())
    if len(until) != 1:
        raise BadInput("the signatures name different deadlines", "let the later ones sign again")
    at.plan("Ask for a new key", ("old", lost), ("new", fresh), ("signed by", len(signed)))
    args = (lost, fresh, until.pop(), [p.signer for p in signed], [p.signature for p in signed])
    what = f"Ask that the seat of {lost} goes to {fresh}"
    receipt = at.carry_out(what, coop.admission.rebind_by_sponsors, *args, accepted)
    _, ready_at = coop.admission.pending_rebind(lost)
    said = f"Asked for; {lost} can object until {moment(ready_at)}, then: complete."
    return at.answer(said, receipt, ready_at=ready_at)


@desk.command(rebind)
def object_(at: Desk) -> None:
    """Object with the old key: you still have it, and your seat stays where it is.

    ape run pool rebind object --pool NAME
    """
    coop, account = at.coop(), at.signer.address
    pending, _ = coop.admission.pending_rebind(account)
    if pending == NOBODY:
        return at.done_already(f"Nobody asks for the seat of {account}.")
    at.plan("Object", ("your seat", account), ("asked for by", pending))
    receipt = at.carry_out("Object to a new key for my seat", coop.admission.object_to_rebind)
    return at.answer(f"The seat stays with {account}.", receipt)


@desk.command(rebind)
@old_option
@papers_option
def complete(at: Desk, old: str, papers: Path) -> None:
    """Move the seat, once the week is over: with the new key, or with its signed acceptance.

    ape run pool rebind complete --pool NAME --old 0x...
    """
    coop, lost = at.coop(), account_of(old, "--old")
    pending, ready_at = coop.admission.pending_rebind(lost)
    if pending == NOBODY:
        return _nothing_pending(at, coop, lost)
    if at.client.now() < ready_at:
        raise BadInput(
            f"{lost} can object until {moment(ready_at)}", "come back then, with the same command"
        )
    deadline, accepted = _acceptance(at, coop, lost, pending, papers)
    _require_place(coop, lost)
    at.plan("Move a seat", ("old", lost), ("new", pending))
    what = f"Move the seat of {lost} to {pending}"
    receipt = at.carry_out(what, coop.admission.complete_rebind, lost, deadline, accepted)
    return at.answer(f"The seat of {lost} is {pending}'s now.", receipt, new=pending)


def _require_place(coop: Coop, lost: str) -> None:
    """What members asked for without a vote counts as a join."""
    asked = [
        e for e in coop.admission.past_events("RebindAsked", coop.since) if e.args["old"] == lost
    ]
    if asked[-1].args["sponsors"] and not coop.admission.joins_left():
        raise BadInput(
            "enough have joined in this period, and a seat that members move by signature counts",
            "try again when nobody has joined for a whole period, or ask by a vote: "
            "ape run pool propose rebind",
        )


def _nothing_pending(at: Desk, coop: Coop, lost: str) -> None:
    for event in reversed(coop.governor.past_events("MemberRebound", coop.since)):
        if event.args["old"] == lost:
            new = event.args["new"]
            return at.done_already(f"The seat of {lost} is {new}'s already.", new=new)
    raise BadInput(
        f"nobody has asked for the seat of {lost}",
        "ask by signatures (ape run pool rebind start) or by a vote (ape run pool propose rebind)",
    )


def _pair(coop: Coop, old: str, new: str) -> tuple[str, str]:
    lost, fresh = account_of(old, "--old"), account_of(new, "--new")
    require_member(coop, lost)
    if coop.governor.isMember(fresh):
        raise BadInput(f"{fresh} has a seat of its own", "name an account that has none")
    return lost, fresh


def _kind(new: str) -> str:
    """Signatures for one new key are worth nothing for another."""
    return f"rebinding-to-{new.lower()}"


def _acceptance(at: Desk, coop: Coop, old: str, new: str, papers: Path) -> tuple[int, bytes]:
    """Deadline and signature of the new key; nothing when it is at the keyboard itself."""
    if at.signer.address == new:
        return 0, b""
    signed = _signed.load(papers, coop.admission, "rebind-acceptance", old)
    hers = [paper for paper in signed if paper.signer == new]
    if not hers:
        raise BadInput(
            f"{new} has not signed that it takes the seat",
            "use that account, or let it sign: ape run pool rebind accept",
        )
    return hers[0].deadline, hers[0].signature
