# SPDX-License-Identifier: AGPL-3.0-only
"""The ways in and out: invite, accept-membership, join, leave, refund-buy-in, members, ways."""

from collections.abc import Sequence
from pathlib import Path

import click
from rich.table import Table

from millpond.chain import members as people
from millpond.chain.assets import Asset
from millpond.chain.contracts import Method
from millpond.chain.coop import Coop
from millpond.chain.members import require_member
from millpond.chain.papers import Paper, octets
from millpond.core.errors import BadInput
from millpond.core.figures import day, duration, moment, percent
from millpond.core.subjects import NOBODY
from scripts import _desk as desk
from scripts import _signed
from scripts._desk import Desk
from scripts._pool import account_of, cli, folder_option

DAY = 86_400
papers_option = folder_option("--papers", "papers", "Folder of invitations and acceptances.")
until_option = click.option(
    "--until", help='How long it holds; as the other papers about her say, else "30 days".'
)


@desk.command(cli, sends=False)
@click.option("--candidate", required=True, help="Whom you invite.")
@until_option
@papers_option
def invite(at: Desk, candidate: str, until: str | None, papers: Path) -> None:
    """Sign an invitation, as a member for at least a day; the candidate or anyone brings it.

    ape run pool invite --pool NAME --candidate 0x...
    """
    coop, whom = at.coop(), account_of(candidate, "--candidate")
    sponsor = require_member(coop, at.signer.address)
    if people.member_of(coop.governor, whom).times_joined:
        raise BadInput(
            f"{whom} is or was a member", "propose to offer it: ape run pool propose offer"
        )
    if not coop.admission.ways().by_invitation:
        raise BadInput(
            "invitations are switched off", "propose to offer it: ape run pool propose offer"
        )
    if at.client.now() <= sponsor.joined_at + DAY:
        raise BadInput("you are a member for less than a day", "invite her tomorrow")
    deadline = _signed.deadline_for(papers, coop.admission, whom, at.client.now(), until)
    at.plan("Invite", ("whom", whom), ("to", coop.name), ("until", moment(deadline)))
    at.agree("Sign the invitation?")
    typed = people.invitation(coop, whom, at.signer.address, deadline)
    path = _signed.save(papers, coop.admission, "invitation", whom, deadline, at.signer, typed)
    at.note(f"Sign an invitation of {whom} to {coop.name}")
    at.answer(f"Signed: {path}", invitation=str(path), deadline=deadline)


@desk.command(cli, sends=False)
@until_option
@papers_option
def accept_membership(at: Desk, until: str | None, papers: Path) -> None:
    """Sign that you accept a seat, so that somebody else can bring it and pay the gas.

    ape run pool accept-membership --pool NAME
    """
    coop, account, now = at.coop(), at.signer.address, at.client.now()
    if coop.governor.isMember(account):
        return at.done_already(f"{account} is a member already.")
    # The invitations and her acceptance name one deadline.
    deadline = _signed.deadline_for(papers, coop.admission, account, now, until)
    at.plan("Accept a seat", ("as", account), ("in", coop.name), ("until", moment(deadline)))
    at.agree("Sign it?")
    typed = people.acceptance(coop, account, deadline)
    path = _signed.save(papers, coop.admission, "acceptance", account, deadline, at.signer, typed)
    at.note(f"Sign an acceptance of a seat in {coop.name}")
    return at.answer(f"Signed: {path}", acceptance=str(path), deadline=deadline)


@desk.command(cli)
@click.option("--candidate", help="Who joins; yourself if left out.")
@click.option(
    "--by",
    "way",
    type=click.Choice(["invitation", "offer", "gate"]),
    help="Which way in; found out if left out.",
)
@click.option("--proof", default="", help="What the gate wants to see, as 0x-hex.")
@papers_option
def join(at: Desk, candidate: str | None, way: str | None, proof: str, papers: Path) -> None:
    """Take a seat: by an offer, by the signed invitations in a folder, or through the gate.

    Somebody else's seat takes her signed acceptance. Whoever sends it pays the buy-in, if the
    co-op asks one; it is paid back to the member when she leaves.

    ape run pool join --pool NAME
    """
    coop = at.coop()
    who = account_of(candidate, "--candidate") if candidate else at.signer.address
    if coop.governor.isMember(who):
        return at.done_already(f"{who} is a member already.", member=who)
    way = way or _way_of(at, coop, who, papers, proof)
    buy_in = _buy_in(at, coop)
    at.plan(
        "Join",
        ("who", who),
        ("co-op", coop.name),
        ("by", way),
        ("buy-in", buy_in[0].text(buy_in[1]) if buy_in else "none"),
    )
    method, args = _joining(at, coop, who, way, (papers, octets(proof or "0x", "--proof")))
    value = 0
    if buy_in:
        money, amount = buy_in
        at.allow(money, coop.admission.address, amount)
        value = amount if money.contract is None else 0
    receipt = at.carry_out(f"Join {coop.name} as {who}", method, *args, value=value, by=way)
    return at.answer(f"{who} is a member of {coop.name}.", receipt, member=who, by=way)


def _way_of(at: Desk, coop: Coop, who: str, papers: Path, proof: str) -> str:
    if proof:
        return "gate"
    if int(coop.admission.offered_until(who)) >= at.client.now():
        return "offer"
    if _signed.load(papers, coop.admission, "invitation", who):
        return "invitation"
    raise BadInput(
        f"nothing lets {who} in: no offer, no invitations in {papers}, no proof for a gate",
        "ask members to invite you: ape run pool invite, or ask for an offer",
    )


def _joining(
    at: Desk, coop: Coop, who: str, way: str, shown: tuple[Path, bytes]
) -> tuple[Method, Sequence[object]]:
    """The call of this way in, with the candidate's acceptance unless she sends it herself."""
    papers, proof = shown
    admission, herself = coop.admission, who == at.signer.address
    accepted = None if herself else _acceptance(coop, who, papers)
    deadline, signature = (accepted.deadline, accepted.signature) if accepted else (0, b"")
    if way == "offer":
        if accepted is None:
            return admission.accept, ()
        return admission.accept_for, (who, deadline, signature)
    if way == "gate":
        return admission.join_by_gate, (who, proof, deadline or 0, signature)
    invited = _signed.load(papers, admission, "invitation", who)
    until = {paper.deadline for paper in invited} | ({deadline} if accepted else set())
    if len(until) != 1:
        raise BadInput(
            "the invitations and the acceptance name different deadlines",
            "let the later ones be signed again in the folder of the first",
        )
    sponsors = [paper.signer for paper in invited]
    return admission.join, (
        who,
        until.pop(),
        sponsors,
        [paper.signature for paper in invited],
        signature,
    )


def _acceptance(coop: Coop, who: str, papers: Path) -> Paper:
    found = _signed.load(papers, coop.admission, "acceptance", who)
    if not found:
        raise BadInput(
            f"{who} has not signed that she accepts", "let her: ape run pool accept-membership"
        )
    return found[0]


def _buy_in(at: Desk, coop: Coop) -> tuple[Asset, int] | None:
    earmark, asset, amount = coop.admission.buy_in()
    return (at.asset(asset), int(amount)) if earmark and amount else None


@desk.command(cli)
def leave(at: Desk) -> None:
    """End your own membership, now. Your buy-in is paid back; your ballots stay.

    ape run pool leave --pool NAME
    """
    coop, account = at.coop(), at.signer.address
    before = people.member_of(coop.governor, account)
    if before.times_joined and not before.is_member:
        return at.done_already(f"{account} has left {coop.name} already.")
    require_member(coop, account)
    earmark, asset, amount = coop.admission.buy_in_of(account)
    back = at.asset(asset).text(amount) if earmark and amount else "nothing"
    at.plan("Leave", ("who", account), ("co-op", coop.name), ("paid back", back))
    receipt = at.carry_out(f"Leave {coop.name}", coop.admission.leave)
    return at.answer(f"{account} is no member of {coop.name} any more.", receipt)


@desk.command(cli)
@click.option("--of", "whose", required=True, help="Who was expelled.")
def refund_buy_in(at: Desk, whose: str) -> None:
    """Pay the buy-in of somebody who was expelled back to her; anyone may.

    ape run pool refund-buy-in --pool NAME --of 0x...
    """
    coop, account = at.coop(), account_of(whose, "--of")
    earmark, asset, amount = coop.admission.buy_in_of(account)
    if not earmark or not amount:
        return at.done_already(f"There is no buy-in of {account} to pay back.", amount="0")
    money = at.asset(asset)
    at.plan("Pay a buy-in back", ("to", account), ("amount", money.text(amount)))
    what = f"Pay {money.text(amount)} back to {account}"
    receipt = at.carry_out(what, coop.admission.refund_buy_in, account, amount=str(amount))
    return at.answer(f"{money.text(amount)} went back to {account}.", receipt, amount=str(amount))


@desk.command(cli, account=False)
def members(at: Desk) -> None:
    """List the members: seat, since when, and whether they count in a vote that opens now.

    ape run pool members --pool NAME
    """
    coop, now = at.coop(), at.client.now()
    found = people.all_members(coop)
    table = Table(box=None, title=f"Members of {coop.name}", title_justify="left")
    for name in ("seat", "account", "since", ""):
        table.add_column(name, overflow="fold")
    for each in found:
        counts = "counts" if each.joined_at < now else "counts from the next second on"
        table.add_row(str(each.seat), each.account, day(each.joined_at), counts)
    at.table(table)
    at.answer(
        f"{len(found)} members.",
        members=[
            {
                "account": each.account,
                "seat": each.seat,
                "joined_at": each.joined_at,
                "times_joined": each.times_joined,
                "counts": each.joined_at < now,
            }
            for each in found
        ],
    )


@desk.command(cli)
def badges(at: Desk) -> None:
    """Make the badges of the members (ERC-5192), so that wallets show who is one; anyone may, once.

    ape run pool badges --pool NAME
    """
    coop = at.coop()
    known = str(coop.hub.badges_of(coop.pool.address))
    if known != NOBODY:
        return at.done_already(f"The badges are at {known}.", badges=known)
    at.plan("Make the badges", ("of", coop.name))
    receipt = at.carry_out(f"Make the badges of {coop.name}", coop.hub.make_badges, coop.name)
    made = coop.hub.event(receipt, "BadgesMade").args["badges"]
    return at.answer(f"The badges are at {made}.", receipt, badges=made)


@desk.command(cli, account=False)
def ways(at: Desk) -> None:
    """Show the ways to become a member, how many more may join now, and the buy-in.

    ape run pool ways --pool NAME
    """
    coop = at.coop()
    found, left, buy_in = coop.admission.ways(), coop.admission.joins_left(), _buy_in(at, coop)
    gate = None if found.gate == NOBODY else found.gate
    invited = f"of {found.sponsors} members" if found.by_invitation else "switched off"
    asked = buy_in[0].text(buy_in[1]) if buy_in else "none"
    share = f"{percent(found.joins_bps)} of the members in {duration(found.period)}"
    at.plan(
        f"Ways into {coop.name}",
        ("by an offer", "yes, by a vote" if found.by_offer else "switched off"),
        ("by invitation", invited),
        ("by a gate", gate or "none"),
        ("at most", f"{share}, and always one; {left} may join now"),
        ("buy-in", asked),
    )
    at.answer(
        f"{left} more may join now.",
        by_offer=found.by_offer,
        by_invitation=found.by_invitation,
        sponsors=found.sponsors,
        gate=gate,
        joins_bps=found.joins_bps,
        period=found.period,
        joins_left=left,
        buy_in=None if buy_in is None else {"asset": buy_in[0].address, "amount": str(buy_in[1])},
    )
