# SPDX-License-Identifier: AGPL-3.0-only
"""Ballots and what becomes of a proposal: vote, ballot, relay, close, execute, cancel."""

from collections.abc import Sequence
from pathlib import Path

import click

from millpond.chain import governance
from millpond.chain.abi import Event
from millpond.chain.contracts import Method
from millpond.chain.coop import Coop, domain_of
from millpond.chain.governance import State, Support
from millpond.chain.members import require_member
from millpond.chain.next_steps import explained
from millpond.chain.proposals import Found
from millpond.core.errors import BadInput
from millpond.core.figures import moment, quoted
from scripts import _ballots
from scripts import _desk as desk
from scripts._desk import Desk
from scripts._pool import cli, folder_option, proposal_of, proposal_option
from scripts._standing import STANDS, require_ready, tally_text
from scripts._told import rows

support_option = click.option(
    "--support",
    type=click.Choice(["against", "for", "abstain"]),
    required=True,
    help="The choice; it may be changed up to four times.",
)
ballots_option = folder_option("--ballots", "ballots", "Folder of signed ballots.")


@desk.command(cli)
@proposal_option
@support_option
@click.option("--reason", default="", help="Why; it stands on the chain for everybody.")
def vote(at: Desk, which: str, support: str, reason: str) -> None:
    """Cast your ballot yourself, and pay its gas; it may be changed while the vote is open.

    ape run pool vote --pool NAME --proposal 3 --support for
    """
    coop, choice = at.coop(), Support[support.upper()]
    found = proposal_of(coop, which)
    require_member(coop, at.signer.address)
    cast = _last_cast(coop, found, at.signer.address)
    if cast is not None and cast.args["support"] == choice and cast.args["reason"] == reason:
        return at.done_already(f"You have voted {support} already.", support=support)
    at.plan("Vote", *_ballot_rows(coop, found, support, reason))
    what = f"Vote {support} on proposal {found.number} of {coop.name}"
    method = coop.governor.castVoteWithReason if reason else coop.governor.castVote
    args = (found.id, int(choice), reason) if reason else (found.id, int(choice))
    receipt = at.carry_out(what, method, *args, support=support)
    stands = tally_text(coop.governor.proposalVotes(found.id))
    return at.answer(f"Voted {support}; it stands at {stands}.", receipt, support=support)


def _last_cast(coop: Coop, found: Found, account: str) -> Event | None:
    since = found.event.log.block_number
    cast = [
        event
        for event in coop.governor.past_events("VoteCast", since)
        if event.args["proposalId"] == found.id and event.args["voter"] == account
    ]
    return cast[-1] if cast else None


@desk.command(cli, sends=False)
@proposal_option
@support_option
@click.option("--reason", default="", help="Why; its hash is signed, the text goes with the file.")
@ballots_option
def ballot(at: Desk, which: str, support: str, reason: str, ballots: Path) -> None:
    """Sign a ballot without gas. Whoever relays it pays; nobody can change it.

    ape run pool ballot --pool NAME --proposal 3 --support for
    """
    coop = at.coop()
    found, governor = proposal_of(coop, which), coop.governor
    require_member(coop, at.signer.address)
    _require_open(coop, found)
    deadline = int(governor.proposalEta(found.id))
    until = ("counts until", moment(deadline))
    at.plan("Sign a ballot", *_ballot_rows(coop, found, support, reason), until)
    at.agree("Sign this ballot?")
    signed = governance.sign_ballot(
        at.signer,
        domain_of(governor),
        found.id,
        Support[support.upper()],
        casts_before=governance.casts_of(governor, found.id, at.signer.address),
        reason=reason,
        deadline=deadline,
    )
    path = _ballots.save(ballots, signed, reason)
    at.note(f"Sign the ballot {support} on proposal {found.number}")
    at.answer(f"{at.signer.address} signed {support}: {path}", ballot=str(path))


def _ballot_rows(coop: Coop, found: Found, support: str, reason: str) -> list[tuple[str, object]]:
    """What one votes on, and how: the content as it is, for a title may say anything."""
    return [
        ("on", f"proposal {found.number}"),
        *rows(coop, found.draft, proposer=found.proposer),
        ("ballot", support),
        ("reason", quoted(reason) if reason else "none"),
    ]


def _require_open(coop: Coop, found: Found) -> None:
    state = State(coop.governor.state(found.id))
    if state not in (State.PENDING, State.ACTIVE, State.QUEUED):
        raise BadInput(
            f"no ballot on proposal {found.number} counts any more: {STANDS[state]}",
            "look at it: ape run pool show",
        )


@desk.command(cli)
@proposal_option
@ballots_option
def relay(at: Desk, which: str, ballots: Path) -> None:
    """Carry all signed ballots of a proposal, up to 128 in a transaction.

    ape run pool relay --pool NAME --proposal 3
    """
    coop = at.coop()
    of, governor = proposal_of(coop, which), coop.governor
    number = of.number
    found = _ballots.load(ballots, of.id)
    fresh = [b for b in found if governance.casts_of(governor, of.id, b.voter) == b.casts_before]
    sheets = [(governor.vote_by_signatures, sheet) for sheet in governance.sheets(fresh)]
    wallets = [(governor.vote_by_wallets, sheet) for sheet in governance.wallet_sheets(fresh)]
    calls: list[tuple[Method, Sequence[object]]] = [*sheets, *wallets]
    at.plan(
        "Carry ballots",
        ("proposal", number),
        *((s.name.lower(), sum(b.support is s for b in fresh)) for s in Support),
        ("carried before", len(found) - len(fresh)),
        ("transactions", len(calls)),
    )
    what = f"Carry {len(fresh)} ballots on proposal {number} of {coop.name}"
    receipts = at.carry_out_all(what, calls) if calls else []
    skipped = [event for each in receipts for event in governor.events(each, "BallotSkipped")]
    for event in skipped:
        at.say(f"  skipped {event.args['voter']}: {explained(event.args['why'])}")
    counted = len(fresh) - len(skipped)
    at.answer(
        f"Carried {counted} ballots; it stands at {tally_text(governor.proposalVotes(of.id))}.",
        counted=counted,
        sent=bool(fresh),
        skipped=len(skipped),
        transactions=len(calls),
    )


@desk.command(cli)
@proposal_option
def close(at: Desk, which: str) -> None:
    """End a vote early, once more than half of all members have decided it.

    ape run pool close --pool NAME --proposal 3
    """
    coop = at.coop()
    found = proposal_of(coop, which)
    if State(coop.governor.state(found.id)) is not State.ACTIVE:
        stands = STANDS[State(coop.governor.state(found.id))]
        return at.done_already(f"There is nothing to close: {stands}.")
    at.plan("Close the vote", ("on", f"{found.number}: {quoted(found.title)}"))
    what = f"Close the vote on proposal {found.number} of {coop.name}"
    receipt = at.carry_out(what, coop.governor.close, found.id)
    stands = STANDS[State(coop.governor.state(found.id))]
    return at.answer(f"Closed; {stands}.", receipt)


@desk.command(cli)
@proposal_option
def execute(at: Desk, which: str) -> None:
    """Carry out a proposal that passed, or say why not yet.

    ape run pool execute --pool NAME --proposal 3
    """
    coop = at.coop()
    found = proposal_of(coop, which)
    state = State(coop.governor.state(found.id))
    if state is State.EXECUTED:
        return at.done_already("It is carried out already.", state=state.name)
    require_ready(state, f"proposal {found.number}")
    at.plan(f"Carry out proposal {found.number}", *rows(coop, found.draft, proposer=found.proposer))
    what = f"Carry out proposal {found.number} of {coop.name}"
    method, args = coop.governor.execute, found.draft.carried_out
    receipt = at.carry_out(what, method, *args, state=state.name)
    return at.answer("Carried out.", receipt, state=State.EXECUTED.name)


@desk.command(cli)
@proposal_option
def cancel(at: Desk, which: str) -> None:
    """Withdraw a proposal of yours, before its vote has ended.

    ape run pool cancel --pool NAME --proposal 3
    """
    coop = at.coop()
    found = proposal_of(coop, which)
    state = State(coop.governor.state(found.id))
    if state is State.CANCELED:
        return at.done_already("It is withdrawn already.", state=state.name)
    proposer = found.proposer
    if proposer != at.signer.address:
        raise BadInput(
            f"proposal {found.number} is {proposer}'s",
            "ask her to cancel it, or vote against it: ape run pool vote",
        )
    at.plan(f"Withdraw proposal {found.number}", *rows(coop, found.draft, proposer=found.proposer))
    what = f"Withdraw proposal {found.number} of {coop.name}"
    receipt = at.carry_out(what, coop.governor.cancel, *found.draft.carried_out)
    return at.answer("Withdrawn.", receipt, state=State.CANCELED.name)
