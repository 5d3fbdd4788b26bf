# SPDX-License-Identifier: AGPL-3.0-only
"""What a year of a co-op is played with: its parameters, who is who, and a month's round.

Everything that people do is one of their commands; the test moves the clock, and it is the issuer
of the tokens. Beside the commands it keeps books by hand: what was given, and what was paid.
"""

import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from millpond.chain import abi
from millpond.chain.answers import NO_ADDRESS, Address
from millpond.chain.client import Transaction
from millpond.chain.contracts import Contract
from millpond.chain.governance import State
from millpond.chain.signers import LocalSigner
from scripts._demo_story import SCORES
from scripts._stage import PARAMS
from tests.contracts.compiled import artifact
from tests.scripts.town import RELAYER, Town

ETH = Address(NO_ADDRESS)
ONE = 10**18
SCRIP = 10**6
START = 10_000 * ONE
"""What every account of a local chain begins with."""
DAY = 86_400
MONTH = 30 * DAY
ROUND = 10 * DAY + 60
"""From proposing to the end of the longest timelock: a day, seven of voting, two more."""

FOUNDERS = tuple(range(1, 11))
VOTERS = (1, 2, 3)
"""Members all year through: three of twelve make every quorum of these rules."""
EXPELLED, BY_OFFER, BY_INVITATION, BUYS_IN, COMES_AND_GOES, NEVER_JOINS = range(11, 17)
LOST_BY_VOTE, LOST_BY_SPONSORS, STILL_THERE = 4, 5, 7
FOUND_BY_VOTE, FOUND_BY_SPONSORS, NOBODYS = range(17, 20)
PATRON, PAYEE, NEVER_PAID = range(20, 23)
PEOPLE = 23
"""The first of the accounts of contributors."""


def parameters(folder: Path) -> Path:
    """The reviewed parameters of the demo, for ten founders and a season of twelve epochs."""
    found = yaml.safe_load(PARAMS.read_text("utf-8"))
    found["founders"] = [str(LocalSigner(number).address) for number in FOUNDERS]
    found["season_epochs"] = 12
    found["ways"]["joins_bps"] = 2500
    for name in ("membership", "rules"):
        found["rules"][name]["quorum_bps"] = 2000
    shutil.copy(PARAMS.with_name("charter.md"), folder / "charter.md")
    path = folder / "year.yaml"
    path.write_text(yaml.safe_dump(found), encoding="utf-8")
    return path


def issue(town: Town, name: str) -> Contract:
    """Somebody puts a token on the chain."""
    made, client = artifact(name), town.stage.client
    receipt = town.wallet(RELAYER).send(client, Transaction(None, made.creation, 0, name))
    assert receipt.contract_address is not None
    return Contract(client, name, receipt.contract_address, abi.parse(name, made.abi))


@dataclass
class Year:
    """The co-op, its papers, and what has happened so far."""

    town: Town
    params: Path
    start: int
    scrip: Contract
    """A token whose issuer has a hand on it."""
    books: Counter[tuple[int, Address]] = field(default_factory=Counter)
    """Kept by hand: (earmark, asset) to what has to lie there."""
    open: dict[tuple[int, str], tuple[str, str]] = field(default_factory=dict)
    """Month and class to the form and the id of what was proposed."""
    paid: dict[int, int] = field(default_factory=dict)
    """Epoch to what its payday paid, in the dollar's smallest unit."""

    @property
    def ballots(self) -> tuple[str, str]:
        """Where signed ballots lie."""
        return "--ballots", str(self.town.papers / "ballots")

    @property
    def papers(self) -> tuple[str, str]:
        """Where invitations and acceptances lie."""
        return "--papers", str(self.town.papers / "papers")

    @property
    def documents(self) -> tuple[str, str]:
        """Where the documents of the epochs lie."""
        return "--out", str(self.town.papers / "distributions")

    def until(self, month: int, seconds: int = 0) -> None:
        """Wait until so long after the beginning of a month; the first is 1."""
        there = self.start + (month - 1) * MONTH + seconds
        left = there - self.town.stage.client.now()
        if left > 0:
            self.town.wait(seconds=left)

    def ether(self, number: int) -> int:
        """What an account has of it, in wei."""
        return self.town.stage.client.balance(Address(self.town.address(number)))

    def give(self, earmark: int, asset: Address, amount: str, by: int) -> None:
        """A gift, which the books are told of."""
        gift = ("--earmark", str(earmark), "--asset", asset, "--amount", amount, "--again")
        self.books[earmark, asset] += int(self.town.do("pool give", *gift, by=by)["amount"])

    def pay(self, earmark: int, asset: Address, amount: int) -> None:
        """The books are told of a payment."""
        self.books[earmark, asset] -= amount
        assert self.books[earmark, asset] >= 0

    def propose(self, form: str, *args: str, by: int) -> str:
        """Its id."""
        text = () if form == "actions" else ("--text", f"Matter {len(self.open) + 1}: {form}")
        return str(self.town.do(f"pool propose {form}", *args, *text, by=by)["proposal"])

    def vote(self, proposal: str) -> None:
        """Each member sends her own ballot."""
        for member in VOTERS:
            self.town.do("pool vote", "--proposal", proposal, "--support", "for", by=member)

    def sign(self, proposal: str, support: str = "for", by: tuple[int, ...] = VOTERS) -> None:
        """Ballots without gas, brought in one transaction."""
        for member in by:
            ballot = ("--proposal", proposal, "--support", support, *self.ballots)
            self.town.sign("pool ballot", *ballot, by=member)
        self.town.do("pool relay", "--proposal", proposal, *self.ballots, by=RELAYER)

    def execute(self, proposal: str) -> None:
        """By anyone."""
        self.town.do("pool execute", "--proposal", proposal, by=RELAYER)

    def shown(self, proposal: str) -> dict[str, Any]:
        """What `pool show` tells of a proposal."""
        return self.town.read("pool show", "--proposal", proposal)

    def state(self, proposal: str) -> State:
        """Where it stands, as `pool show` tells."""
        return State[self.shown(proposal)["state"]]

    def file(self, name: str, **content: Any) -> str:
        """A file for a command to read."""
        path = self.town.papers / name
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        return str(path)

    def parameter(self, name: str) -> Any:
        """A part of the parameters, to be changed and proposed anew."""
        return yaml.safe_load(self.params.read_text("utf-8"))[name]

    def post(self, month: str) -> str:
        """A month's cred: built, signed by two, posted. The id of its consent proposal."""
        scores = ("--params", str(self.params), "--scores", str(SCORES), "--month", month)
        self.town.stage.run("epoch build", *scores, *self.documents, loud=False)
        for maintainer in (1, 2):
            self.town.sign("epoch sign", *self.documents, by=maintainer)
        posted = self.town.do("epoch post", *self.documents, "--unpublished", by=RELAYER)
        return str(posted["proposal"])

    def pay_epoch(self, epoch: int) -> None:
        """After the review: final, and everybody with an account and enough is paid."""
        pool, dollar = self.town.coop.pool, self.town.dollar.address
        self.town.do("epoch finalise", *self.documents, by=RELAYER)
        before = int(pool.balance_of(1, dollar))
        self.town.do("epoch payday", *self.documents, by=RELAYER)
        self.paid[epoch] = before - int(pool.balance_of(1, dollar))
        self.pay(1, dollar, self.paid[epoch])
