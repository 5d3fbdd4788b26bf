# SPDX-License-Identifier: AGPL-3.0-only
"""A co-op on a real node with something of everything that a mirror keeps, and its mirror.

An epoch that members refused and one that was paid, one under review; gifts with and without names;
a payment that failed; proposals in several states; links that count, wait and were objected to;
somebody who left.
"""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from millpond.chain import dev_time
from millpond.chain.client import Client
from millpond.chain.governance import Action, Draft, Support
from millpond.cli import run
from millpond.core.canonical import keccak256
from millpond.core.distribution import Previous, data_hash
from millpond.core.weeks import WEEK_MS, week_span
from tests.chain.coop import (
    DAY,
    DOLLAR,
    ETH,
    FOUNDERS,
    PATRONS,
    PAYEES,
    RELAYER,
    STRANGER,
    Coop,
    deploy,
)
from tests.core import month

REFUSES = 1
"""A way of contracts/mocks/OddPayee.vy."""
QUIET_BLOCKS = 60
"""So that all but the last few blocks of the story are final: anvil's are 64 behind its head."""
NOTE = "for the new wheel of the mill"


@dataclass
class Town:
    """The co-op, its node and the mirror of it."""

    url: str
    client: Client
    coop: Coop
    database: Path

    def copy(self, path: Path, *statements: str) -> Path:
        """The mirror's database with some statements carried out in it, as somebody might who has
        got hold of the file."""
        source = sqlite3.connect(self.database)
        with sqlite3.connect(path) as target:
            source.backup(target)
            for statement in statements:
                changed = target.execute(statement)
                assert changed.rowcount == 1, f"{statement}: {changed.rowcount} rows"
        target.close()
        source.close()
        return path


def settle(url: str, client: Client, folder: Path) -> Town:
    """All of it, on a fresh node, and the mirror up to the head."""
    coop = Coop.make(client)
    coop.open_cred_earmark()
    coop.give_all()
    coop.pool.give.send(PATRONS[0], 0, ETH, 10**18, NOTE, False, value=10**18)
    _decide(client, coop)
    _link(client, coop)
    _distribute(coop)
    _leave_open(client, coop)
    client.rpc.tell("anvil_mine", [hex(QUIET_BLOCKS)])
    database = folder / "mirror.db"
    told = ["--rpc", url, "--database", str(database)]
    assert run(["sync", "--hub", coop.hub.address, "--once", *told]) == 0
    return Town(url, client, coop, database)


def _decide(client: Client, coop: Coop) -> None:
    """Votes with consequences: thanks in grain, an earmark of the members, a failed payment."""
    refuses = deploy(client, "OddPayee")
    refuses.behave.send(STRANGER, REFUSES)
    day_and_cap = (10**17, 10**24, 30 * DAY)
    purpose = ("https://credsperiment.example/tools", keccak256(b"tools"))
    nobody = ETH
    actions = [
        Action.of(coop.pool.open_earmark, 2, *purpose, nobody, False, 0, b""),
        Action.of(coop.pool.move, 0, 2, ETH, 10**17),
        Action.of(coop.pool.spend, 0, ETH, refuses.address, 10**15),
        Action.of(coop.grain.set_minter, coop.pool.address, True),
        Action.of(coop.pool.set_patron_grain, 0, ETH, *day_and_cap),
    ]
    coop.carry(actions, "Tools, a printer's bill, and thanks for gifts")
    coop.pool.give.send(PATRONS[1], 0, ETH, 10**18, "again", True, value=10**18)


def _link(client: Client, coop: Coop) -> None:
    """Two that count, one that waits, one that was objected to."""
    coop.link(month.who("decentralion"), PAYEES[0])
    coop.link(month.who("Beanow"), PAYEES[1])
    dev_time.advance(client, 1)
    coop.propose_link(month.who("Beanow"), PAYEES[3])
    stop = (coop.pool.address, month.who("Beanow"), PAYEES[3].address)
    coop.identity.object_to_link.send(PAYEES[1], *stop)


def _distribute(coop: Coop) -> None:
    """Refused, then paid; then the next one, under review."""
    first = coop.document()
    coop.post(first)
    coop.refuse()
    coop.post(first)
    coop.payday(first, coop.terms(coop.consent()))
    coop.give(PATRONS[0], 1, 100 * DOLLAR)
    end = first.weeks[-1].end_ms
    week = month.scores().history(week_span(end, end + WEEK_MS))
    coop.post(coop.document(2, Previous(1, data_hash(first), end), week))


def _leave_open(client: Client, coop: Coop) -> None:
    """Ballots under way, a proposal that was taken back, a link that waits, a member who left."""
    dev_time.advance(client, 1)
    coop.vote(coop.proposal().id, [(FOUNDERS[0], Support.FOR), (FOUNDERS[1], Support.AGAINST)])
    _propose(coop, "Pay the miller", 3, cancel=False)
    _propose(coop, "Too early", 2, cancel=True)
    coop.propose_link(month.who("s-ben"), PAYEES[2])
    coop.admission.leave.send(FOUNDERS[4])
    dev_time.advance(client, 5)
    coop.dollar.mint.send(RELAYER, RELAYER.address, 1)


def _propose(coop: Coop, text: str, who: int, *, cancel: bool) -> None:
    action = Action.of(coop.pool.spend, 0, ETH, STRANGER.address, 10**14)
    draft = Draft.of([action], text, FOUNDERS[who].address, keccak256(text.encode()))
    coop.governor.propose.send(FOUNDERS[who], *draft.arguments)
    if cancel:
        coop.governor.cancel.send(FOUNDERS[who], *draft.carried_out)
