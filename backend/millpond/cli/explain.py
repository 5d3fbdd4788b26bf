# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond explain`: why did somebody get this amount?"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from millpond.chain.assets import Asset
from millpond.chain.explain import (
    OnChain,
    as_json,
    explain_on_chain,
    find_subject,
    on_chain,
    pot_step,
    told,
)
from millpond.cli.base import HOLDS, Run, Terminal, from_block_option, record_option, shared_options
from millpond.cli.cred import with_numbers
from millpond.core.distribution import Distribution, Explanation, explain
from millpond.core.errors import BadInput, SubjectError
from millpond.core.subjects import Subject
from millpond.mirror.texts import text_of
from millpond.sources.documents import open_published

if TYPE_CHECKING:
    from millpond.core.cred.explained import Explained

MOST = 10


@dataclass(frozen=True)
class Told:
    """One epoch: the arithmetic, and what the chain and the instance add to it, if asked."""

    document: Distribution
    explained: Explanation
    posted: OnChain | None
    cred: "Explained | None"
    unexplained: list[str]

    @property
    def asset(self) -> Asset | None:
        """What is paid; None without a node."""
        return self.posted.asset if self.posted else None

    @property
    def standing(self) -> str:
        """What became of it."""
        if self.posted is None:
            return "computed from the document alone; no node was asked"
        return self.posted.standing


@dataclass(frozen=True)
class Asked:
    """Where the figures come from."""

    subject: str
    instance: Path | None
    reasons: Path | None
    from_block: int | None
    pot: int | None
    grain: int
    minimum: int


@click.command("explain", epilog="Example:  millpond explain decentralion --document ./2019-09")
@click.argument("subject")
@click.option(
    "--document",
    "documents",
    required=True,
    multiple=True,
    help="The distribution: see `verify distribution`. Several epochs: repeat it.",
)
@click.option(
    "--instance",
    type=click.Path(path_type=Path, file_okay=False),
    help="The instance that the cred comes from: tell it down to contributions.",
)
@click.option(
    "--most", type=click.IntRange(1), default=MOST, show_default=True, help="Contributions to show."
)
@click.option(
    "--reasons",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder with the texts of reasons, by their hashes.",
)
@record_option
@from_block_option
@click.option("--pot", type=int, help="Without a node: the pot, in the asset's smallest unit.")
@click.option("--grain", type=int, default=0, help="Without a node: all grain, 18 decimals.")
@click.option("--minimum", type=int, default=0, help="Without a node: the minimum payout.")
@shared_options
def explain_command(
    run: Run, subject: str, documents: tuple[str, ...], most: int, **options: Any
) -> int:
    """Show why SUBJECT got her amount, to the last unit, and with --instance why she has the cred.

    SUBJECT is an address, an identity such as github:583231, or the name at its end. What could not
    be explained without another input is said at the end.
    """
    asked = Asked(subject, **options)
    found, absent = _every(run, asked, documents)
    if run.terminal.as_json:
        each_one = [_json(each) for each in found]
        several = {"epochs": each_one, "absent": absent, "together": _together_json(found)}
        run.terminal.json(several if len(documents) > 1 else each_one[0])
    for each in found:
        _show(run.terminal, each, most)
    for text in absent:
        run.terminal.line(text)
    if len(found) > 1:
        for line in _together(found):
            run.terminal.line(line)
    return HOLDS


def _every(run: Run, asked: Asked, places: Sequence[str]) -> tuple[list[Told], list[str]]:
    """Each epoch by its number, and in words those in which she has no cred; `SubjectError` if she
    has none in any."""
    documents = sorted((open_published(p).document for p in places), key=lambda each: each.epoch)
    twice = [one.epoch for one, two in pairwise(documents) if one.epoch == two.epoch]
    if twice:
        raise BadInput(f"two documents are of epoch {twice[0]}", "give each epoch once")
    found, absent = list[Told](), list[SubjectError]()
    for document in documents:
        try:
            found.append(_told(run, asked, document))
        except SubjectError as error:
            absent.append(error)
    if not found:
        raise absent[0]
    return found, [error.message for error in absent]


def _told(run: Run, asked: Asked, document: Distribution) -> Told:
    who = find_subject(document, asked.subject)
    posted = _posted(run, asked, document, who)
    if posted is None:
        if asked.pot is None:
            raise BadInput("the pot is not known", "give a node with --rpc, or the pot with --pot")
        explained = explain(document, who, asked.pot, asked.grain, asked.minimum)
    else:
        explained = explain_on_chain(
            document, who, posted, lambda digest: text_of(asked.reasons, digest)
        )
    cred, why = _cred(run, asked, document, who)
    unexplained = [why] if why else []
    if posted is None:
        unexplained.append(
            "whether this was posted, with which pot, who was struck out and what was paid: give a "
            "node with --rpc"
        )
    return Told(document, explained, posted, cred, unexplained)


def _posted(run: Run, asked: Asked, document: Distribution, who: Subject) -> OnChain | None:
    if run.rpc is None:
        return None
    client = run.client(document.chain_id)
    first = run.first_block(client, document.pool, asked.from_block)
    with run.terminal.progress("reading the chain's events") as progress:
        return on_chain(document, who, client, first, progress)


def _cred(
    run: Run, asked: Asked, document: Distribution, who: Subject
) -> "tuple[Explained | None, str]":
    """What the cred is made of; or why that cannot be told."""
    graph = next(each for each in document.inputs if each.name == "graph")
    what = "which contributions the cred comes from"
    if graph.hash is None:
        return None, f"{what}: the document names no instance ({graph.note})"
    if asked.instance is None:
        return None, f"{what}: give the instance that the document names with --instance"
    with run.terminal.progress("computing the cred again"), with_numbers():
        from millpond.core.cred.explained import explained  # noqa: PLC0415  an extra
        from millpond.sources.pins import computed_again  # noqa: PLC0415

        scores = computed_again(document, asked.instance, descriptions=True).scores
        people = scores.contributions.people
        own = [each for each in people if _is(each.identity, document, who)]
        if not own:
            return None, f"{what}: nobody in the instance has this subject"
        return explained(scores, own[0].id, document.weeks), ""


def _is(identity: str, document: Distribution, who: Subject) -> bool:
    person = document.person(who)
    return person is not None and person.identity == identity


# --- for people -----------------------------------------------------------------------------------


def _show(terminal: Terminal, found: Told, most: int) -> None:
    before = [pot_step(found.posted.posting)] if found.posted else []
    for line in told(found.document, found.explained, found.asset, before):
        terminal.line(line)
    terminal.line(found.standing, "bold")
    if found.cred is not None and not terminal.as_json:
        from millpond.cli.cred_tables import tell_explained  # noqa: PLC0415  an extra

        terminal.line("")
        terminal.line(f"The cred of {found.document.label}, down to contributions:")
        tell_explained(terminal, found.cred, most)
    for each in found.unexplained:
        terminal.line(f"Not explained: {each}.")


def _together(found: Sequence[Told]) -> list[str]:
    """All epochs as one: what small amounts add up to."""
    sums = _sums(found)
    if sums is None:
        return ["The epochs pay in different assets, or no node was asked: they are not added up."]
    asset, paid, left, minimum = sums
    lines = [
        f"{len(found)} epochs together: {asset.text(paid + left)}",
        f"  paid: {asset.text(paid)}",
        f"  not paid yet: {asset.text(left)}",
    ]
    if left and left >= minimum:
        lines.append(f"  in one claim that is at least the minimum of {asset.text(minimum)}")
    elif left:
        lines.append(f"  in one claim that is under the minimum of {asset.text(minimum)}")
    return lines


def _sums(found: Sequence[Told]) -> tuple[Asset, int, int, int] | None:
    """The asset, what was paid, what can still be claimed, and the largest minimum of that."""
    posted = [(each.posted, each.explained.amount) for each in found]
    known = [(chain, amount) for chain, amount in posted if chain is not None]
    if len(known) < len(found) or len({chain.asset.address for chain, _ in known}) > 1:
        return None
    open_ = [
        (chain, amount)
        for chain, amount in known
        if not chain.paid and not chain.closed and chain.posting.outcome == "final"
    ]
    paid = sum(amount for chain, amount in known if chain.paid)
    left = sum(amount for _, amount in open_)
    minimum = max((chain.posting.terms.minimum for chain, _ in open_), default=0)
    return known[0][0].asset, paid, left, minimum


# --- for programs ---------------------------------------------------------------------------------


def _json(found: Told) -> dict[str, object]:
    before = [pot_step(found.posted.posting)] if found.posted else []
    said = as_json(found.document, found.explained, found.asset, before)
    contributions = None
    if found.cred is not None:
        from millpond.core.cred.reported import explained_json  # noqa: PLC0415  an extra

        contributions = explained_json(found.cred)
    return {
        **said,
        "standing": found.standing,
        "cred": contributions,
        "unexplained": found.unexplained,
    }


def _together_json(found: Sequence[Told]) -> dict[str, str] | None:
    sums = _sums(found)
    if sums is None:
        return None
    asset, paid, left, minimum = sums
    return {
        "asset": asset.address,
        "paid": str(paid),
        "notPaidYet": str(left),
        "minimum": str(minimum),
    }
