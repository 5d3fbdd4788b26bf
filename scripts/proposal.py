# SPDX-License-Identifier: AGPL-3.0-only
"""Ballots and what becomes of a proposal: ballot, relay, execute, status.

ape run proposal ballot --pool NAME --proposal ID --support for --network ... --account ada
ape run proposal relay --pool NAME --proposal ID --network ... --account anyone
ape run proposal execute --pool NAME --proposal ID --network ... --account anyone
ape run proposal status --pool NAME --proposal ID --network ...
"""

from pathlib import Path

import click

from millpond.chain import governance
from millpond.chain.abi import Event
from millpond.chain.coop import domain_of
from millpond.chain.governance import Draft, State, Support
from millpond.chain.next_steps import explained
from millpond.core.errors import BadInput
from scripts import _ballots
from scripts import _desk as desk
from scripts._desk import Desk
from scripts._standing import STANDS, require_ready, tally_text

proposal_option = click.option("--proposal", "number", type=int, required=True, help="Its id.")
ballots_option = click.option(
    "--ballots",
    type=click.Path(path_type=Path),
    default=Path("ballots"),
    help="Folder of signed ballots.",
)


@click.group()
def cli() -> None:
    """Ballots and what becomes of a proposal."""


@desk.command(cli)
@proposal_option
@click.option(
    "--support",
    type=click.Choice(["against", "for", "abstain"]),
    required=True,
    help="The choice; it may be changed up to four times.",
)
@click.option("--reason", default="", help="Why; its hash is signed, the text goes with the relay.")
@ballots_option
def ballot(at: Desk, number: int, support: str, reason: str, ballots: Path) -> None:
    """Sign a ballot without gas. Whoever relays it pays; nobody can change it."""
    governor = at.coop().governor
    signed = governance.sign_ballot(
        at.signer,
        domain_of(governor),
        number,
        Support[support.upper()],
        casts_before=governance.casts_of(governor, number, at.signer.address),
        reason=reason,
        deadline=int(governor.proposalEta(number)),
    )
    path = _ballots.save(ballots, signed)
    at.answer(f"{at.signer.address} signed {support}: {path}", ballot=str(path))


@desk.command(cli)
@proposal_option
@ballots_option
def relay(at: Desk, number: int, ballots: Path) -> None:
    """Carry all signed ballots of a proposal, up to 128 in a transaction."""
    governor = at.coop().governor
    found = _ballots.load(ballots, number)
    fresh = [b for b in found if governance.casts_of(governor, number, b.voter) == b.casts_before]
    sheets = governance.sheets(fresh)
    at.plan(
        "Carry ballots",
        ("proposal", number),
        *((s.name.lower(), sum(b.support is s for b in fresh)) for s in Support),
        ("carried before", len(found) - len(fresh)),
        ("transactions", len(sheets)),
    )
    skipped: list[Event] = []
    if sheets:
        at.agree("Carry them?")
    for sheet in sheets:
        receipt = governor.vote_by_signatures.send(at.signer, *sheet)
        skipped += governor.events(receipt, "BallotSkipped")
    for event in skipped:
        at.say(f"  skipped {event.args['voter']}: {explained(event.args['why'])}")
    counted = len(fresh) - len(skipped)
    at.answer(
        f"Carried {counted} ballots; it stands at {tally_text(governor.proposalVotes(number))}.",
        counted=counted,
        skipped=len(skipped),
        transactions=len(sheets),
    )


@desk.command(cli)
@proposal_option
def execute(at: Desk, number: int) -> None:
    """Carry out a proposal that passed, or say why not yet."""
    coop = at.coop()
    state = governance.state_of(coop.governor, number)
    if state is State.EXECUTED:
        return at.answer("It is carried out already.", state=state.name)
    require_ready(state, f"proposal {number}")
    draft = Draft.from_event(governance.created(coop.governor, number, coop.since))
    at.plan(
        "Execute",
        ("proposal", number),
        ("text", draft.description.splitlines()[0]),
        ("calls", len(draft.actions)),
    )
    at.agree("Execute it?")
    receipt = coop.governor.execute.send(at.signer, *draft.carried_out)
    return at.answer("Carried out.", receipt, state=State.EXECUTED.name)


@desk.command(cli, account=False)
@proposal_option
def status(at: Desk, number: int) -> None:
    """Where a proposal stands, and what comes next."""
    governor = at.coop().governor
    state = governance.state_of(governor, number)
    if state is None:
        raise BadInput(f"nobody has proposed {number}", "check the number and the network")
    against, in_favour, abstain = tally = governor.proposalVotes(number)
    at.answer(
        f"Proposal {number}: {STANDS[state]}. {tally_text(tally)}.",
        state=state.name,
        against=against,
        in_favour=in_favour,
        abstain=abstain,
        closes_at=governor.proposalDeadline(number),
        eta=governor.proposalEta(number),
    )
