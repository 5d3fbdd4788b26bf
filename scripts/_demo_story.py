# SPDX-License-Identifier: AGPL-3.0-only
"""The chapters of the demo: commands of maintainers, members, patrons and contributors."""

import shlex
from collections.abc import Callable
from pathlib import Path

from rich.progress import track

from millpond.chain.coop import Coop
from millpond.chain.links import LinkRequest
from millpond.core.canonical import keccak256
from millpond.core.distribution import Distribution, Payouts, payouts
from millpond.core.errors import VerifyError
from millpond.core.subjects import of_identity, to_hex
from millpond.core.units import parse_amount
from scripts import _desk as desk
from scripts import _link_files as link_files
from scripts._epoch_files import EpochFiles
from scripts._funder import verified
from scripts._stage import DECIMALS, DOLLAR, PARAMS, POOL, Stage

SCORES = desk.ROOT / "backend" / "millpond" / "data" / "credsperiment-2019" / "scores-week2.json"
MONTH = "2019-09"
EARMARK = "1"
GIFTS = (("800.00", False), ("600.00", True), ("450.00", False), ("150.00", False))
"""Whole dollars and whether the patron is anonymous; 2,000.00 in all."""
STRAY = "50.00"
REALLY = ("--yes", "--send")
"""Without --send every command is a dry run."""


def set_up(stage: Stage) -> None:
    """The contracts, once for everybody on this chain."""
    stage.run("deploy", "--test-dollar", *REALLY, by=stage.cast.steward)


def found(stage: Stage) -> None:
    """The co-op in one transaction."""
    stage.run("pool create", "--params", str(PARAMS), *REALLY, by=stage.cast.members[0])


def open_earmark(stage: Stage) -> None:
    """A rules vote with its real delays."""
    proposer = stage.cast.members[0]
    stage.wait_days(1)
    which = ("--pool", POOL, "--label", "cred", "--params", str(PARAMS))
    asked = ("pool propose open-earmark", *which, "--text", "Open the earmark cred")
    stage.run(*asked, *REALLY, by=proposer)
    proposal = stage.run(*asked, by=proposer, loud=False)["proposal"]
    stage.wait_days(1)
    _vote(stage, proposal, dict.fromkeys(stage.cast.members, "for"))
    stage.wait_days(9)
    executed = ("pool execute", "--pool", POOL, "--proposal", proposal, *REALLY)
    stage.run(*executed, by=stage.cast.steward)


def _vote(stage: Stage, proposal: str, choices: dict[int, str]) -> None:
    """Members sign without gas; one relayer carries all ballots in one transaction."""
    ballots = ("--ballots", str(stage.folder / "ballots"))
    subject = ("--pool", POOL, "--proposal", proposal)
    for member, support in choices.items():
        signed = ("pool ballot", *subject, "--support", support, *ballots, "--yes")
        stage.run(*signed, by=member, loud=False)
    stage.run("pool relay", *subject, *ballots, *REALLY, by=stage.cast.steward)


def fund(stage: Stage) -> None:
    """Gifts to the earmark, and a plain transfer that is none."""
    dollar, cast = stage.dollar(), stage.cast
    for patron, (amount, anonymous) in zip(cast.patrons, GIFTS, strict=True):
        wallet = stage.wallet(patron)
        dollar.mint.send(wallet, wallet.address, parse_amount(amount, DECIMALS))
        unnamed = ("--anonymous",) if anonymous else ()
        gift = ("--earmark", EARMARK, "--asset", DOLLAR, "--amount", amount, *unnamed)
        stage.run(
            "pool give", "--pool", POOL, *gift, *REALLY, by=patron, loud=patron == cast.patrons[0]
        )
    stranger, stray = stage.wallet(cast.stranger), parse_amount(STRAY, DECIMALS)
    dollar.mint.send(stranger, stranger.address, stray)
    dollar.transfer.send(stranger, stage.coop().pool.address, stray)
    stage.run("pool sync", "--pool", POOL, "--asset", DOLLAR, *REALLY, by=cast.steward)
    stage.wait_days(28)


def build(stage: Stage) -> None:
    """The document: who has how much cred, and the tree over it."""
    out = ("--out", str(stage.folder / "distributions"))
    scores = ("--scores", str(SCORES), "--month", MONTH)
    stage.run("epoch build", "--params", str(PARAMS), *scores, *out)
    first, second, _ = stage.cast.maintainers
    stage.run("epoch sign", "--pool", POOL, *out, "--yes", by=first)
    stage.run("epoch sign", "--pool", POOL, *out, "--yes", by=second, loud=False)
    desk.console().print("A second maintainer checked the same document and signed it too.")


def link(stage: Stage) -> None:
    """Sixteen of the seventeen above the minimum link their accounts; two attesters sign."""
    _link(stage, people(stage)[:16])


def review(stage: Stage) -> None:
    """Posted; the members have a week."""
    out = ("--out", str(stage.folder / "distributions"))
    post = ("epoch post", "--pool", POOL, *out, "--unpublished", *REALLY)
    stage.run(*post, by=stage.cast.steward)
    proposal = stage.run(*post, by=stage.cast.steward, loud=False)["proposal"]
    stage.wait_days(1)
    says = ("for", "for", "for", "abstain", "against", "for", "abstain")
    _vote(stage, proposal, dict(zip(stage.cast.members, says, strict=True)))
    stage.wait_days(6)
    stage.run("epoch finalise", "--pool", POOL, *out, *REALLY, by=stage.cast.steward)


def payday(stage: Stage) -> None:
    """Everybody with an account and at least the minimum, in one transaction."""
    out = ("--out", str(stage.folder / "distributions"))
    stage.run("epoch payday", "--pool", POOL, *out, *REALLY, by=stage.cast.steward)


def late(stage: Stage) -> None:
    """The seventeenth, and one whose amount is carried: both link, wait and claim."""
    latecomers = people(stage)[16:18]
    _link(stage, latecomers)
    stage.wait_days(7)
    for identity in latecomers:
        out = ("--out", str(stage.folder / "distributions"))
        whose = ("--pool", POOL, "--identity", identity)
        stage.run("epoch claim", *whose, *out, *REALLY, by=account_of(stage, identity))


def verify(stage: Stage) -> None:
    """The funder's own program, against the chain and the published document."""
    folder = EpochFiles(stage.folder / "distributions", POOL, 1).folder
    asked = ["verify", "distribution", str(folder), "--scores", str(SCORES)]
    shown = shlex.join(["millpond", *asked]).replace(f"{desk.ROOT}/", "")
    desk.console().print(f"[dim]$ {shown}[/dim]", soft_wrap=True)
    since = ["--from-block", str(stage.coop().since), "--rpc", stage.url]
    if not verified([*asked, *since]):
        raise VerifyError("a funder would not agree with this month", "see the lines above")


def _link(stage: Stage, identities: list[str]) -> None:
    path, coop = stage.folder / "links" / f"{len(identities)}.json", stage.coop()
    for identity in track(identities, "asking", console=desk.console(), transient=True):
        _ask(stage, coop, path, identity)
    for attester in stage.cast.attesters:
        stage.run("identity attest", str(path), "--pool", POOL, "--yes", by=attester, loud=False)
    stage.run("identity link", str(path), "--pool", POOL, *REALLY, by=stage.cast.steward)


def _ask(stage: Stage, coop: Coop, path: Path, identity: str) -> None:
    """What a contributor's wallet does: it signs; she needs no ETH."""
    proof = f"https://credsperiment.example/proofs/{to_hex(of_identity(identity))}"
    wallet = stage.wallet(account_of(stage, identity))
    now = stage.client.now()
    proved = (proof, keccak256(proof.encode()))
    request = LinkRequest.ask(
        coop.identity, coop.pool.address, identity, wallet.address, now, proved
    )
    link_files.add(path, request, wallet)


def people(stage: Stage) -> list[str]:
    """Everybody with a leaf, the largest amount first."""
    rows = sorted(amounts(stage).rows, key=lambda row: (-row.amount, row.subject))
    return [str(row.identity) for row in rows]


def account_of(stage: Stage, identity: str) -> int:
    """The test account a contributor uses."""
    return stage.cast.first_person + people(stage).index(identity)


def document(stage: Stage) -> Distribution:
    """The document of the month."""
    return EpochFiles(stage.folder / "distributions", POOL, 1).read()


def amounts(stage: Stage) -> Payouts:
    """What the document gives to whom, by the Python rules."""
    policy = stage.coop().distributor.policy_of(1)
    pot = sum(parse_amount(amount, DECIMALS) for amount, _ in GIFTS)
    return payouts(document(stage), pot, policy.grain_per_epoch, policy.minimum)


CHAPTERS: list[tuple[str, Callable[[Stage], None]]] = [
    ("Millpond's contracts go on a chain ({chain})", set_up),
    ("Seven people found the co-op credsperiment", found),
    ("The members open the restricted earmark cred, by vote", open_earmark),
    ("Patrons give 2,000.00 to it; 50.00 arrive without a word", fund),
    ("Maintainers compute September 2019 and sign", build),
    ("Contributors link their identities to accounts", link),
    ("The members review for a week", review),
    ("Payday", payday),
    ("Latecomers link and claim", late),
    ("A funder checks the month, trusting nobody", verify),
]
