# SPDX-License-Identifier: AGPL-3.0-only
"""Two small readers of journals, written by the formats' manuals and not by our writers.

Each reads every line or fails: it adds up each transaction, each account over time, and each
balance that is asserted. What it returns can be compared with the books that were written.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction

Sums = dict[tuple[str, str], Fraction]
"""(account, commodity) -> amount."""

_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_FIGURE = r"-?[0-9]+(?:\.[0-9]+)?"
_PART = r"[A-Z0-9][A-Za-z0-9-]*"
_ACCOUNT = rf"(?:Assets|Liabilities|Equity|Income|Expenses)(?::{_PART})+"
_STRING = r'"(?:[^"\\]|\\.)*"'
_CURRENCY = r"[A-Z][A-Z0-9'._-]{0,22}[A-Z0-9]"


@dataclass
class Read:
    """What a reader has found."""

    transactions: int = 0
    postings: int = 0
    assertions: int = 0
    sums: Sums = field(default_factory=lambda: defaultdict(Fraction))
    accounts: set[str] = field(default_factory=set)
    commodities: set[str] = field(default_factory=set)
    days: list[str] = field(default_factory=list)


class Wrong(Exception):
    """A line that the program would refuse, or a sum that is not what it says."""


# --- hledger --------------------------------------------------------------------------------------

_LETTERS = r'(?:"[^"\n;]+"|[A-Za-z]+)'
_HLEDGER_POSTING = re.compile(
    rf"    ({_ACCOUNT})  ({_FIGURE}) ({_LETTERS})(?: = ({_FIGURE}) ({_LETTERS}))?(?:  ;[^\n]*)?"
)


def hledger(text: str) -> Read:
    """Read a journal in the order of its lines; assertions hold at the line they stand in."""
    found, open_sums = Read(), None
    for number, line in enumerate(text.split("\n"), 1):
        posting = _HLEDGER_POSTING.fullmatch(line)
        if posting is not None:
            if open_sums is None:
                raise Wrong(f"line {number}: a posting without a transaction")
            _hledger_posting(found, open_sums, posting, number)
        elif not line.startswith("    ;"):
            _closed(open_sums, number)
            open_sums = _hledger_line(found, line, number)
    _closed(open_sums, 0)
    return found


def _hledger_line(found: Read, line: str, number: int) -> Sums | None:
    if line == "" or line.startswith("; "):
        return None
    if match := re.fullmatch(rf"commodity [0-9]+\.[0-9]* ({_LETTERS})", line):
        found.commodities.add(match[1].strip('"'))
        return None
    if match := re.fullmatch(rf"account ({_ACCOUNT})  ; type:[ALERX]", line):
        found.accounts.add(match[1])
        return None
    match = re.fullmatch(rf"({_DAY}) \* (?:\([0-9]+-[0-9]+\) )?[^;\n]+", line)
    if match is None:
        raise Wrong(f"line {number}: {line!r}")
    _no_earlier(found, match[1], number)
    found.transactions += 1
    return defaultdict(Fraction)


def _hledger_posting(found: Read, sums: Sums, posting: re.Match[str], number: int) -> None:
    account, figure, letters, asserted, of = posting.groups()
    code = letters.strip('"')
    if code not in found.commodities or account not in found.accounts:
        raise Wrong(f"line {number}: {account} or {code} is not declared")
    if not code.isalpha() and not letters.startswith('"'):
        raise Wrong(f"line {number}: {code} must be quoted")
    found.postings += 1
    sums[account, code] += Fraction(figure)
    found.sums[account, code] += Fraction(figure)
    if asserted is not None:
        found.assertions += 1
        if found.sums[account, of.strip('"')] != Fraction(asserted):
            raise Wrong(f"line {number}: {account} has {found.sums[account, code]}")


# --- beancount ------------------------------------------------------------------------------------


_POSTING = re.compile(rf"  ({_ACCOUNT})  ({_FIGURE}) ({_CURRENCY})(?:  ;[^\n]*)?")
_META = re.compile(rf"  [a-z][a-zA-Z0-9_-]*: (?:{_STRING}|[0-9]+)")
_NOTHING = re.compile(rf"|; .*|option {_STRING} {_STRING}")
_TRANSACTION = re.compile(rf"({_DAY}) \* {_STRING}")
_OPEN = re.compile(rf"({_DAY}) open ({_ACCOUNT})")
_COMMODITY = re.compile(rf"{_DAY} commodity ({_CURRENCY})")
_BALANCE = re.compile(rf"({_DAY}) balance ({_ACCOUNT})  ({_FIGURE}) ~ 0 ({_CURRENCY})")


def beancount(text: str) -> Read:
    """Read a journal; balances are those of the morning, wherever they stand in the file."""
    reader = _Beancount()
    for number, line in enumerate(text.split("\n"), 1):
        reader.line(number, line)
    return reader.end()


class _Beancount:
    def __init__(self) -> None:
        self.found = Read()
        self.sums: Sums | None = None
        self.opened: dict[str, str] = {}
        self.moves: list[tuple[str, str, str, Fraction]] = []
        self.balances: list[tuple[int, str, str, str, Fraction]] = []

    def line(self, number: int, line: str) -> None:
        """One line, or `Wrong`."""
        if match := _POSTING.fullmatch(line):
            self._posting(number, *match.groups())
        elif not _META.fullmatch(line):
            _closed(self.sums, number)
            self.sums = None
            self._directive(number, line)

    def _posting(self, number: int, account: str, figure: str, code: str) -> None:
        day = self.found.days[-1] if self.found.days else ""
        if self.sums is None or self.opened.get(account, "9") > day:
            raise Wrong(f"line {number}: {account} is not open")
        if code not in self.found.commodities:
            raise Wrong(f"line {number}: {code} is not declared")
        self.found.postings += 1
        self.sums[account, code] += Fraction(figure)
        self.moves.append((day, account, code, Fraction(figure)))

    def _directive(self, number: int, line: str) -> None:
        if match := _TRANSACTION.fullmatch(line):
            _no_earlier(self.found, match[1], number)
            self.found.transactions += 1
            self.sums = defaultdict(Fraction)
        elif match := _OPEN.fullmatch(line):
            if match[2] in self.opened:
                raise Wrong(f"line {number}: {match[2]} is opened twice")
            self.opened[match[2]] = match[1]
        elif match := _COMMODITY.fullmatch(line):
            self.found.commodities.add(match[1])
        elif match := _BALANCE.fullmatch(line):
            day, account, figure, code = match.groups()
            self.balances.append((number, day, account, code, Fraction(figure)))
        elif not _NOTHING.fullmatch(line):
            raise Wrong(f"line {number}: {line!r}")

    def end(self) -> Read:
        """Everything was read: add up."""
        _closed(self.sums, 0)
        self.found.accounts = set(self.opened)
        for _, account, code, amount in self.moves:
            self.found.sums[account, code] += amount
        for number, day, account, code, amount in self.balances:
            before = [a for d, n, c, a in self.moves if d < day and (n, c) == (account, code)]
            if sum(before, Fraction()) != amount:
                raise Wrong(f"line {number}: {account} has {sum(before, Fraction())}")
            self.found.assertions += 1
        return self.found


def _closed(sums: Sums | None, number: int) -> None:
    """The transaction above is over: it must add up to nothing, commodity by commodity."""
    totals: dict[str, Fraction] = defaultdict(Fraction)
    for (_, code), amount in (sums or {}).items():
        totals[code] += amount
    if any(totals.values()):
        raise Wrong(f"the transaction above line {number} adds up to {dict(totals)}")


def _no_earlier(found: Read, day: str, number: int) -> None:
    if found.days and day < found.days[-1]:
        raise Wrong(f"line {number}: {day} comes behind {found.days[-1]}")
    found.days.append(day)
