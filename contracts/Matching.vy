# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Matching: a fund that follows many small gifts
@license AGPL-3.0-only
@author Millpond maintainers
@notice Anybody gives to projects; what members give (or whom a gate knows) decides how the fund is divided among them: many small
        gifts count for more than one large one (quadratic funding), computed here, gift by gift.
@dev A clone for each round; the Hub makes it by a rules vote of the pool (`Hub.install`), the Pool tells it its two earmarks: first
     that of the fund, with the terms as parameters, then that of the gifts, unrestricted, without an end and without parameters. Gifts
     are reserved as they arrive. modules/nominations, projects: what can be given to. modules/matches: the arithmetic.
     modules/match_payouts: the end. modules/deposits: how gifts come in.
     Donors are counted by seat, or by the nullifier of the gate, so nobody is two donors by having two keys.
@custom:holds Nothing. Gifts and fund are in the Pool.
@custom:halt A rules vote strikes a project out or cancels the round; gifts go back to their givers.
"""

from .interfaces import IGate
from .interfaces import IPool
from .interfaces import ISpender
from .modules import checks
from .modules import deposits
from .modules import electorate
from .modules import match_payouts
from .modules import matches
from .modules import nominations
from .modules import projects
from .modules import signatures
from .modules import spender_parts

implements: ISpender

initializes: nominations
initializes: matches
initializes: projects[matches := matches, nominations := nominations]
initializes: match_payouts[matches := matches, projects := projects]

# anyone
exports: projects.stand_for
exports: match_payouts.close
exports: match_payouts.pay
exports: match_payouts.refund
# members
exports: nominations.nominate
# projects
exports: projects.stand
exports: projects.withdraw
exports: match_payouts.claim
# the governor
exports: projects.strike
exports: match_payouts.cancel
# views
exports: projects.round
exports: nominations.candidacy_of
exports: match_payouts.money
exports: match_payouts.gift_of
# views: neighbours
exports: spender_parts.hub
exports: spender_parts.pool
exports: spender_parts.governor
# EIP-5267
exports: signatures.eip712Domain


# What the earmark of the fund is opened with.
struct Terms:
    asset: address          # of gifts and fund; the zero address for ETH
    duration: uint256       # seconds in which gifts are taken, from a day to 366 days
    credit: uint256         # 0: the quadratic rule; else the alpha rule, with credits of so many of the asset's smallest units
    cap_bps: uint256        # the most for one project, of the fund, from 1; 10,000: no cap
    scale_up: bool          # whether a fund above all matches is paid out whole
    gate: address           # who verifies donors; the zero address: members of the pool


struct Project:
    account: address
    stands: bool
    paid: bool
    given: uint256          # and not paid or refunded, in the asset's smallest unit
    roots: uint256          # sum of the donors' roots
    counted: uint256        # of it what counts for the match: in the same unit, or in credits
    ideal: uint256          # its ideal match, in the same unit


event MatchingOpened:
    fund_earmark: indexed(uint256)
    gifts_earmark: indexed(uint256)
    ends_at: uint256
    terms: Terms


event ProjectGiven:
    project: indexed(uint256)
    giver: indexed(address)
    donor: indexed(bytes32)     # by what she is counted; zero: her gift is not matched
    amount: uint256


DAY: constant(uint256) = 86_400
U96: constant(uint256) = 2**96 - 1
NOTE: constant(String[32]) = "gift to a project"

_gate: address


# ------------------------------------------------------------------------------------------------ the pool, twice

@external
def on_open(earmark_id: uint256, params: Bytes[512]):
    """
    @notice The pool has opened an earmark of this round: first that of the fund, then that of the gifts. The pool only.
    @dev Giving begins with the second. Reverts for anyone else, a third time, for terms out of bounds (a time of giving under a day
         or over 366, no cap or one over 10,000), for an earmark of the gifts that has parameters, is restricted or ends, and both
         times for a fund that ends before giving does.
    @param earmark_id The earmark, never 0.
    @param params abi.encode(Terms) for the fund, nothing for the gifts.
    """
    checks._need(msg.sender == spender_parts._pool().address, "matching: only the pool")
    if match_payouts._money == 0:
        self._open_fund(earmark_id, params)
    else:
        self._open_gifts(earmark_id, params)


# ------------------------------------------------------------------------------------------------ anyone

@external
@payable
def give(project: uint256, amount: uint256, proof: Bytes[1024] = b""):
    """
    @notice Give to a project. Anyone; ETH as value, a token by allowance to this contract. It counts for the match of who was a
            member before the round was opened, or, where there is a gate, of whom the gate knows by this proof.
    @dev Reverts outside the time of giving, for a project that does not stand, for zero, when gifts of a project reach 2^96, for a
         proof that the gate refuses (with its reason), and when the amount does not arrive whole.
    @param project Its number.
    @param amount In the asset's smallest unit.
    @param proof What the gate asks for; empty: the gift is not matched, where there is a gate.
    """
    round: projects.Round = projects._giving()
    self._require_stands(project)
    checks._need(amount > 0, "matching: nothing given")
    donor: bytes32 = self._donor(round, proof)
    gifts_earmark: uint256 = match_payouts._gifts_earmark()
    credited: uint256 = deposits._put_in(gifts_earmark, match_payouts._asset(), amount, msg.value, NOTE)
    given: uint256 = match_payouts._given[project] + credited
    checks._need(given <= U96, "matching: too much for a project")
    match_payouts._given[project] = given
    match_payouts._gifts[project][msg.sender] += credited
    if donor != empty(bytes32):
        matches._count(project, donor, credited, projects._credit)
    log ProjectGiven(project=project, giver=msg.sender, donor=donor, amount=credited)


# ------------------------------------------------------------------------------------------------ views

@external
@view
@reentrant
def project_of(project: uint256) -> Project:
    """
    @notice A project.
    @param project Its number.
    @return Its account and sums; zeros for a number nobody has.
    """
    word: uint256 = projects._projects[project]
    sums: matches.Sums = matches._sums_of(project)
    return Project(
        account=projects._account(word),
        stands=word != 0 and word & projects.GONE == 0,
        paid=word & projects.PAID != 0,
        given=match_payouts._given[project],
        roots=sums.roots,
        counted=sums.given,
        ideal=matches._ideal(sums, projects._credit),
    )


@external
@view
@reentrant
def estimate(project: uint256, donor: bytes32, amount: uint256) -> (uint256, uint256, uint256):
    """
    @notice What a gift would add, if giving ended now with the fund as it is.
    @dev In a round with a cap it reads all projects. Reverts once the round is closed or cancelled, for a project that does not
         stand, and for a gift of 2^96 and more.
    @param project Its number.
    @param donor By what she is counted: her seat, or the gate's answer; see `donor_of`. Zero: it is not matched.
    @param amount In the asset's smallest unit.
    @return Its match without the gift, in the same unit.
    @return Its match with the gift.
    @return The ideal match that the gift adds, whatever the fund has; zero for one that counts for more than its root adds.
    """
    round: projects.Round = projects._load()
    checks._need(not round.closed and not round.cancelled, "matching: nothing to estimate")
    self._require_stands(project)
    checks._need(amount <= U96, "matching: too much to estimate")
    before: matches.Sums = matches._sums_of(project)
    after: matches.Sums = before
    if donor != empty(bytes32):
        after = matches._with_gift(project, donor, amount, projects._credit)
    credit: uint256 = projects._credit
    had: uint256 = matches._ideal(before, credit)
    added: uint256 = max(had, matches._ideal(after, credit)) - had
    return self._match(round, project, before), self._match(round, project, after), added


@external
@view
@reentrant
def donor_of(account: address) -> bytes32:
    """
    @notice By what the gifts of an account are counted, in a round without a gate.
    @param account Anybody.
    @return The seat of who was a member before the round was opened; zero for everybody else.
    """
    return self._member(projects._load(), account)


@external
@view
@reentrant
def terms() -> (uint256, address, uint256):
    """
    @notice By which rule the fund is divided.
    @return 0: quadratic; else alpha, with credits of so many of the asset's smallest units.
    @return Who verifies donors; the zero address: they are members of the pool.
    @return The sum of all ideal matches as it stands, of those who are not paid yet, in the asset's smallest unit.
    """
    return projects._credit, self._gate, matches._total


# ------------------------------------------------------------------------------------------------ internals

@internal
def _open_fund(earmark_id: uint256, params: Bytes[512]):
    checks._need(len(params) == 192, "matching: bad parameters")
    terms: Terms = abi_decode(params, Terms)
    checks._need(terms.duration >= DAY and terms.duration <= 366 * DAY, "matching: bad duration")
    checks._need(terms.cap_bps > 0 and terms.cap_bps <= matches.BPS, "matching: bad cap")
    checks._need(terms.credit <= U96, "matching: bad credit")
    self._require_lasting(earmark_id, terms.duration)
    match_payouts._money = convert(terms.asset, uint256) | earmark_id << 160
    projects._credit = terms.credit
    self._gate = terms.gate
    round: projects.Round = empty(projects.Round)
    round.ends_at = terms.duration
    round.cap_bps = terms.cap_bps
    round.scale_up = terms.scale_up
    projects._store(round)


@internal
def _open_gifts(earmark_id: uint256, params: Bytes[512]):
    """
    @dev Until now `ends_at` has held the duration.
    """
    round: projects.Round = projects._load()
    checks._need(round.opened_at == 0, "matching: has its earmarks")
    earmark: IPool.Earmark = staticcall spender_parts._pool().earmark(earmark_id)
    plain: bool = len(params) == 0 and not earmark.restricted and earmark.deadline == 0
    checks._need(plain, "matching: not plain for gifts")
    self._require_lasting(match_payouts._fund_earmark(), round.ends_at)
    match_payouts._money |= earmark_id << 208
    round.opened_at = block.timestamp
    round.ends_at += block.timestamp
    projects._store(round)
    log MatchingOpened(
        fund_earmark=match_payouts._fund_earmark(), gifts_earmark=earmark_id, ends_at=round.ends_at, terms=self._terms(round)
    )


@internal
@view
def _require_lasting(fund_earmark: uint256, duration: uint256):
    """
    @dev The fund lasts longer than giving that begins now.
    """
    deadline: uint256 = (staticcall spender_parts._pool().earmark(fund_earmark)).deadline
    checks._need(deadline == 0 or block.timestamp + duration < deadline, "matching: fund ends too early")


@internal
@view
def _require_stands(project: uint256):
    word: uint256 = projects._projects[project]
    checks._need(word != 0 and word & projects.GONE == 0, "matching: no such project")


@internal
@view
def _terms(round: projects.Round) -> Terms:
    return Terms(
        asset=match_payouts._asset(),
        duration=round.ends_at - round.opened_at,
        credit=projects._credit,
        cap_bps=round.cap_bps,
        scale_up=round.scale_up,
        gate=self._gate,
    )


@internal
@view
def _donor(round: projects.Round, proof: Bytes[1024]) -> bytes32:
    """
    @dev By what the caller is counted; zero: her gift is not matched.
    """
    if self._gate == empty(address):
        checks._need(len(proof) == 0, "matching: there is no gate")
        return self._member(round, msg.sender)
    if len(proof) == 0:
        return empty(bytes32)
    nullifier: bytes32 = staticcall IGate(self._gate).check(msg.sender, self, proof)
    checks._need(nullifier != empty(bytes32), "matching: gate answered nothing")
    return nullifier


@internal
@view
def _member(round: projects.Round, account: address) -> bytes32:
    word: uint256 = electorate._member_word(spender_parts._governor(), account)
    return convert(electorate._seat_since(word, round.opened_at), bytes32)


@internal
@view
def _match(round: projects.Round, project: uint256, sums: matches.Sums) -> uint256:
    """
    @dev The match of a project, were the round closed now and its sums these.
    """
    credit: uint256 = projects._credit
    ideal: uint256 = matches._ideal(sums, credit)
    fund: uint256 = match_payouts._divisible()
    total: uint256 = matches._total - matches._ideal(matches._sums_of(project), credit) + ideal
    cap: uint256 = fund * round.cap_bps // matches.BPS
    rest: uint256 = fund
    open_total: uint256 = total
    if not round.scale_up:
        rest = min(fund, total)
    if round.cap_bps != matches.BPS:
        rest, open_total = matches._level(fund, cap, round.projects, project, sums, credit, round.scale_up)
    return matches._share(ideal, rest, open_total, cap, credit)
