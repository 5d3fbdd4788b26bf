# SPDX-License-Identifier: AGPL-3.0-only
"""Badges: a few words as SVG for a README or a site. Nothing in them is fetched from elsewhere.

    patrons            how many gave, named or not; all who asked not to be named count as one
    raised             what all gifts come to, in the asset that most gifts were in
    members            how many are members
    epoch              the newest epoch and how it stands
    patron             that somebody is a patron of this pool (only who wants to be named)
    contributor        somebody's cred over all final epochs

A badge never fails because the mirror does: then the last one that could be made is shown again.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from markupsafe import Markup

from millpond.core.figures import digits, duration, money_short, plural
from millpond.mirror.documents import Shelf
from millpond.mirror.reads import contributors, distributions
from millpond.mirror.reads.patrons import UNNAMED
from millpond.mirror.reads.pools import Pool, member_count, spelled
from millpond.mirror.reads.refusals import NoSuchLeaf, NoSuchPatron
from millpond.mirror.reads.snapshot import Range, Snapshot

MEDIA_TYPE = "image/svg+xml"
_MOST_KEPT = 2_000
_MOST_EPOCHS = 1_000
_LETTER, _PAD, _HEIGHT = 6.6, 6, 20
_GREY, _GREEN, _BLUE, _AMBER = "#555", "#2e7d4f", "#1f6f9f", "#8a5a00"
_CRED_DECIMALS = 6


@dataclass(frozen=True)
class Badge:
    """Two words, and a colour for the second."""

    label: str
    text: str
    colour: str


UNKNOWN = Badge("millpond", "not known now", _GREY)


class LastGood:
    """The badges that were made last, by address; for any number of threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, str] = OrderedDict()

    def keep(self, path: str, drawn: str) -> str:
        """Remember what was made."""
        with self._lock:
            self._kept[path] = drawn
            self._kept.move_to_end(path)
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return drawn

    def last(self, path: str) -> str:
        """What was made last for an address; else that nothing is known."""
        with self._lock:
            return self._kept.get(path) or drawn(UNKNOWN)


def patrons_of(now: Snapshot, pool: Pool) -> Badge:
    """How many gave."""
    row = now.row(
        "SELECT count(DISTINCT name) AS n, max(newest_block) AS newest_block"
        " FROM gift_totals WHERE pool = ?",
        pool.address,
    )
    return Badge(f"{pool.name} funded by", plural(row["n"] if row else 0, "patron"), _GREEN)


def raised(now: Snapshot, pool: Pool) -> Badge:
    """What all gifts come to."""
    rows = now.rows(
        "SELECT asset, units_sum(amount) AS total, sum(gifts) AS gifts,"
        " max(newest_block) AS newest_block FROM gift_totals WHERE pool = ? GROUP BY asset",
        pool.address,
    )
    if not rows:
        return Badge(f"{pool.name} raised", "nothing yet", _GREY)
    first, *others = sorted(rows, key=lambda row: (-row["gifts"], row["asset"]))
    more = f" and {plural(len(others), 'other asset')}" if others else ""
    text = money_short(now.money(first["total"], first["asset"]))
    return Badge(f"{pool.name} raised", f"{text}{more}", _GREEN)


def members(now: Snapshot, pool: Pool) -> Badge:
    """How many are members."""
    return Badge(pool.name, plural(member_count(now, pool), "member"), _BLUE)


def epoch(now: Snapshot, pool: Pool) -> Badge:
    """The newest epoch."""
    newest = distributions.listed(now, pool, Range(1, newest_first=True), pool.parts.distributor)
    if not newest.items:
        return Badge(f"{pool.name} epochs", "none yet", _GREY)
    found = distributions.find(now, pool, newest.items[0].epoch)
    label = f"{pool.name} epoch {found.epoch}"
    if found.state == "final":
        paid = f"{found.paid_leaves} of {plural(found.leaf_count, 'leaf')} paid"
        return Badge(label, f"final, {paid}", _GREEN)
    if found.state == "review":
        age = now.as_of.block_timestamp - found.posted_at
        since = f" for {duration(age)}" if age > 0 else ""
        return Badge(label, f"under review{since}", _AMBER)
    return Badge(label, {"void": "void", "withdrawn": "taken back"}[found.state], _GREY)


def patron(now: Snapshot, pool: Pool, account: str) -> Badge:
    """That somebody gave, in her own name; `NoSuchPatron`."""
    row = now.row(
        "SELECT coalesce(sum(gifts), 0) AS n, max(newest_block) AS newest_block"
        " FROM gift_totals WHERE pool = ? AND name = ? AND name <> ?",
        pool.address,
        spelled(account),
        UNNAMED,
    )
    if row is None or not row["n"]:
        raise NoSuchPatron(
            f"{account} has given nothing to {pool.name} in this name",
            f"see who has: /v1/pools/{pool.name}/patrons",
        )
    return Badge(f"patron of {pool.name}", plural(row["n"], "gift"), _GREEN)


def contributor(now: Snapshot, pool: Pool, shelf: Shelf, subject: str) -> Badge:
    """Somebody's cred over all final epochs; `NoSuchLeaf` for who has none."""
    shares = contributors.history(now, pool, shelf, subject, Range(_MOST_EPOCHS)).items
    cred = sum(each.cred or 0 for each in shares if each.state == distributions.FINAL)
    if not cred:
        raise NoSuchLeaf(
            f"{subject} has no cred in a final epoch of {pool.name}",
            f"see who has: /v1/pools/{pool.name}/contributors",
        )
    return Badge(f"{pool.name} cred", digits(cred, _CRED_DECIMALS, 2), _BLUE)


def drawn(badge: Badge) -> str:
    """As SVG, with its words for whoever cannot see it."""
    left, right = (_LETTER * len(text) + 2 * _PAD for text in (badge.label, badge.text))
    return str(
        Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" width="{w:.0f}" height="{h}" role="img" '
            'aria-label="{label}: {text}"><title>{label}: {text}</title>'
            '<rect width="{w:.0f}" height="{h}" rx="3" fill="{grey}"/>'
            '<path d="M{left:.0f} 0h{inner:.0f}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-{inner:.0f}z" '
            'fill="{colour}"/>'
            '<g fill="#fff" text-anchor="middle" font-size="11" '
            'font-family="Verdana,DejaVu Sans,sans-serif">'
            '<text x="{lx:.0f}" y="14" textLength="{lt:.0f}">{label}</text>'
            '<text x="{rx:.0f}" y="14" textLength="{rt:.0f}">{text}</text></g></svg>'
        ).format(
            w=left + right,
            h=_HEIGHT,
            label=badge.label,
            text=badge.text,
            grey=_GREY,
            colour=badge.colour,
            left=left,
            inner=right - 3,
            lx=left / 2,
            rx=left + right / 2,
            lt=left - 2 * _PAD,
            rt=right - 2 * _PAD,
        )
    )
