# SPDX-License-Identifier: AGPL-3.0-only
"""What the contracts pack into one word: fields from the lowest bit up.

Written down from the comments in contracts/modules, which the compiler does not know. Tests hold
every word against a getter, and see to it that no variable is missing.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """A number inside a word: where its lowest bit stands, and how many bits it has."""

    name: str
    at: int
    width: int


def _fields(**widths: int) -> tuple[Field, ...]:
    """Side by side from the lowest bit. Names that begin with `_` are bits that nothing uses."""
    found, at = [], 0
    for name, width in widths.items():
        if not name.startswith("_"):
            found.append(Field(name, at, width))
        at += width
    return tuple(found)


_WHOLE = _fields(value=256)
_FLAG = _fields(value=1)
_ADDRESS = _fields(value=160)
_RULE = {"delay": 24, "period": 24, "timelock": 24, "expiry": 24}
_RULE |= {"quorum_bps": 14, "approval_bps": 14, "early": 4}
_HOURS = {"delay": 10, "period": 11}


def _numbered(widths: dict[str, int], count: int) -> tuple[Field, ...]:
    """The same fields several times over, each with its number."""
    both = {f"{name}_{n}": width for n in range(count) for name, width in widths.items()}
    return _fields(**both)


WORDS: dict[tuple[str, str], tuple[Field, ...]] = {
    # --- contracts/modules/earmarks.vy, books.vy, holdings.vy, patronage.vy
    ("Pool", "pool_parts.governor"): _ADDRESS,
    ("Pool", "pool_parts.grain"): _ADDRESS,
    ("Pool", "earmarks.earmark_count"): _WHOLE,
    ("Pool", "earmarks.terms"): _fields(
        spender=160, deadline=40, last_reserve=40, restricted=1, _escrow=1, patron_grain=1
    ),
    ("Pool", "books.books"): _fields(unreserved=128, plain=1, received=127),
    ("Pool", "books.reserves"): _fields(reserved=128, reclaimed=128),
    ("Pool", "books.gifts"): _fields(given=128, taken_back=128),
    ("Pool", "holdings.holdings"): _fields(held=128, factor=128),
    ("Pool", "holdings.owed"): _WHOLE,
    ("Pool", "patronage.rates"): _fields(cap=128, rate=128),
    ("Pool", "patronage.counts"): _fields(minted=128, started_at=40, period=40),
    # --- ballots.vy, members.vy, rules.vy, parts.vy, proposals.vy
    ("Governor", "ballots.sheets"): _numbered({"ballot": 4}, 64),
    ("Governor", "members.member_words"): _fields(
        seat=32, joined_at=40, left_at=40, times_joined=32, rebinds=32, busy_until=40, busy_too=40
    ),
    ("Governor", "members.head"): (
        *_fields(seats=24, count=24, checkpoints=32, version=16, changed_at=40, count_before=24),
        *(Field(each.name, each.at + 160, each.width) for each in _numbered(_HOURS, 4)),
    ),
    ("Governor", "members.history"): _numbered({"changed_at": 40, "count": 24}, 4),
    ("Governor", "rules.rule_words"): _numbered(_RULE, 2),
    ("Governor", "parts.part_words"): _fields(
        part=1, hub_made=1, admission=1, _none=29, consent_selector=32
    ),
    ("Governor", "proposals.proposal_words"): _fields(
        proposer=160,
        created_at=36,
        electorate=19,
        version=14,
        kind=2,
        executed=1,
        canceled=1,
        has_end=1,
        extended=1,
        delay=10,
        period=11,
    ),
    ("Governor", "proposals.ends"): _WHOLE,
    # --- ways_in.vy, buy_ins.vy, offers.vy, gates.vy, rebinding.vy
    ("Admission", "ways_in.word"): _fields(
        by_offer=8, by_invitation=8, sponsors=16, joins_bps=32, period=32, gate=160
    ),
    ("Admission", "ways_in.period_word"): _fields(last_join=40, joined=32, members=32),
    ("Admission", "buy_ins.terms"): _fields(amount=128, earmark_id=128),
    ("Admission", "buy_ins.assets"): _ADDRESS,
    ("Admission", "buy_ins.paid"): _fields(amount=128, earmark_id=128),
    ("Admission", "offers.offers"): _fields(deadline=64, made_at=64),
    ("Admission", "gates.nullifier_used"): _FLAG,
    ("Admission", "rebinding.requests"): _fields(
        new=160, ready_at=40, times_joined=32, by_sponsors=1
    ),
    ("Admission", "rebinding.asked"): _FLAG,
    # --- Grain.vy
    ("Grain", "accounts"): _fields(balance=128, nonce=128),
    ("Grain", "totalSupply"): _WHOLE,
    ("Grain", "allowance"): _WHOLE,
    ("Grain", "is_minter"): _FLAG,
    # --- epochs.vy, maintainers.vy, payout_policy.vy, pots.vy, payouts.vy, review.vy
    ("CredDistributor", "epochs._epoch_hash"): _WHOLE,
    ("CredDistributor", "epochs._paid"): _fields(even=128, odd=128),
    ("CredDistributor", "epochs._claimed"): _numbered({"epoch": 1}, 256),
    ("CredDistributor", "epochs._struck"): _fields(struck=1, cred=128),
    ("CredDistributor", "maintainers._set"): _fields(count=8, needed=8, version=240),
    ("CredDistributor", "maintainers._number"): _fields(number=8, signs=1),
    ("CredDistributor", "payout_policy._source"): _fields(
        income_earmark=32, pot_earmark=32, signer_cap_bps=16, payout_bps=16, asset=160
    ),
    ("CredDistributor", "payout_policy._terms"): _fields(
        claim_window=32, epoch_length=32, grain_per_epoch=96, minimum=96
    ),
    ("CredDistributor", "payout_policy._reviews"): _fields(
        restorers=8, zero_out_bps=16, fixed_portion=1
    ),
    ("CredDistributor", "pots._head"): _fields(
        posted_at=40,
        last_post_at=40,
        open_version=32,
        policy_version=32,
        epochs_left=32,
        attempt=32,
        finalised=32,
    ),
    ("CredDistributor", "pots._posted_hash"): _WHOLE,
    ("CredDistributor", "pots._proposal_id"): _WHOLE,
    ("CredDistributor", "pots._pot_and_carry"): _fields(carry_used=128, pot=128),
    ("CredDistributor", "pots._received_and_excluded"): _fields(excluded=128, received_at_post=128),
    ("CredDistributor", "pots._baseline"): _WHOLE,
    ("CredDistributor", "pots._carry"): _WHOLE,
    ("CredDistributor", "payouts._taken"): _WHOLE,
    ("CredDistributor", "review._extended"): _WHOLE,
    # --- pool_names.vy, later_parts.vy
    ("Hub", "pool_names._named"): _ADDRESS,
    ("Hub", "pool_names._governors"): _ADDRESS,
    ("Hub", "later_parts._installed"): _WHOLE,
    ("Hub", "later_parts._badges"): _ADDRESS,
    ("Hub", "later_parts._kinds"): _WHOLE,
    ("Hub", "later_parts._spenders"): _ADDRESS,
    # --- rounds.vy, periods.vy, candidates.vy, nominations.vy, choices.vy
    ("Allocation", "periods._word"): _fields(
        total=64,
        ballots=20,
        candidates=20,
        quorum=20,
        rule=4,
        divided=12,
        closed=12,
        rounds=12,
        period=32,
        opened_at=40,
    ),
    ("Allocation", "periods._money"): _fields(asset=160, earmark_id=96),
    ("Allocation", "periods._growths"): _WHOLE,
    ("Allocation", "candidates._groups"): (
        *_fields(divided=12, left_0=1, left_1=1, left_2=1, left_3=1),
        *(Field(each.name, each.at + 16, 60) for each in _numbered({"tally": 60}, 4)),
    ),
    ("Allocation", "candidates._waiting"): _WHOLE,
    ("Allocation", "candidates._accounts"): _ADDRESS,
    ("Allocation", "nominations._standing"): _fields(
        id=20, times_stood=32, nominated=1, stands=1, struck=1
    ),
    ("Allocation", "choices._ballots"): (
        *_numbered({"points": 14, "id": 17}, 8),
        Field("casts", 248, 8),
    ),
    # --- attestation.vy, links.vy
    ("Identity", "attestation.attester_words"): _fields(account=160, needed=8, count=8),
    ("Identity", "attestation.listed_pools"): _ADDRESS,
    ("Identity", "attestation.coming_pools"): _ADDRESS,
    ("Identity", "attestation.comes_at"): _WHOLE,
    ("Identity", "links.newest"): _fields(account=160, effective_at=40, issued_at=40, objected=1),
    ("Identity", "links.before"): _ADDRESS,
}
