# SPDX-License-Identifier: AGPL-3.0-only
"""What there is to decide: `ape run pool show` and `ape run pool list`."""

from typing import Any

import click
from rich.table import Table
from rich.text import Text

from millpond.chain import proposals
from millpond.chain.abi import Abi
from millpond.chain.governance import State
from millpond.chain.proposals import Standing
from millpond.core.figures import moment, quoted
from scripts import _desk as desk
from scripts import _told
from scripts._desk import Desk
from scripts._given import abi_of
from scripts._pool import account_of, cli, proposal_of, proposal_option
from scripts._standing import STANDS, comes_next, needs_text, tally_text

_OPEN = (State.PENDING, State.ACTIVE, State.QUEUED, State.SUCCEEDED)
_TAKES_BALLOTS = (State.PENDING, State.ACTIVE)


@desk.command(cli, account=False)
@proposal_option
@click.option(
    "--abi",
    "abis",
    multiple=True,
    help='Of a foreign contract that is called, as "0x...=abi.json"; may be given several times.',
)
def show(at: Desk, which: str, abis: tuple[str, ...]) -> None:
    """Show a proposal: what it would do in words and amounts, how it stands, and what comes next.

    ape run pool show --pool NAME --proposal 3
    """
    coop, forms = at.coop(), dict(map(_form, abis))
    found = proposal_of(coop, which)
    stand = proposals.stand(coop, found)
    waiting = proposals.not_voted(coop, stand) if stand.state in _TAKES_BALLOTS else []
    at.plan(
        f"Proposal {found.number} of {coop.name}",
        *_told.rows(coop, found.draft, forms, found.proposer),
        ("proposer", found.proposer),
        ("stands", f"{STANDS[stand.state]}"),
        ("ballots", tally_text((stand.against, stand.in_favour, stand.abstain))),
        ("to pass", needs_text(stand)),
        ("proposed", moment(stand.created_at)),
        ("vote", f"{moment(stand.opens_at)} to {moment(stand.closes_at)}"),
        ("can be executed", f"{moment(stand.eta)} to {moment(stand.expires_at)}"),
        *(("not voted yet", account) for account in waiting),
        ("next", comes_next(stand)),
        ("id", found.id),
    )
    at.answer(
        f"Proposal {found.number}: {STANDS[stand.state]}.",
        **_fields(stand),
        **_told.fields(coop, found.draft, forms, found.proposer),
        not_voted=waiting,
        next=comes_next(stand),
    )


def _form(text: str) -> tuple[str, Abi]:
    address, _, path = text.partition("=")
    return account_of(address, "--abi"), abi_of(path)


def _fields(stand: Standing) -> dict[str, Any]:
    found = stand.found
    return {
        "proposal": str(found.id),
        "number": found.number,
        "title": _told.title_of(found.draft),
        "text": found.draft.description,
        "proposer": found.proposer,
        "state": stand.state.name,
        "against": stand.against,
        "in_favour": stand.in_favour,
        "abstain": stand.abstain,
        "electorate": stand.electorate,
        "quorum": stand.quorum,
        "approval_bps": stand.approval_bps,
        "opens_at": stand.opens_at,
        "closes_at": stand.closes_at,
        "eta": stand.eta,
        "expires_at": stand.expires_at,
    }


@desk.command(cli, account=False)
@click.option("--all", "everything", is_flag=True, help="Also those that are over.")
def list_(at: Desk, everything: bool) -> None:
    """List the proposals that are open; each has a number.

    ape run pool list --pool NAME
    """
    coop = at.coop()
    rows = [(each, State(coop.governor.state(each.id))) for each in proposals.all_proposals(coop)]
    chosen = [(each, state) for each, state in rows if everything or state in _OPEN]
    table = Table(box=None, title=f"Proposals of {coop.name}", title_justify="left")
    for name in ("", "title", "stands"):
        table.add_column(name, overflow="fold")
    for each, state in chosen:
        title = Text(quoted(_told.title_of(each.draft)))
        table.add_row(str(each.number), title, STANDS[state])
    at.table(table)
    at.answer(
        f"{len(chosen)} of {len(rows)} proposals are shown.",
        proposals=[
            {
                "number": each.number,
                "proposal": str(each.id),
                "title": _told.title_of(each.draft),
                "state": state.name,
            }
            for each, state in chosen
        ],
    )
