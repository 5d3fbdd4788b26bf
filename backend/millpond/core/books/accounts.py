# SPDX-License-Identifier: AGPL-3.0-only
"""The chart of accounts. A debit is above zero, a credit below; each name is good for hledger and
for beancount: five roots, and parts that begin with a capital letter or a digit.

    Assets        what the Pool holds, by earmark; what it keeps for those whom it owes
    Liabilities   debts of payments that failed; buy-ins, by seat
    Income        gifts and surplus; what patrons took back, the other way round
    Expenses      what left the Pool, and grain
    Equity        grain in issue; carry; what others paid off the chain for the co-op
"""

from collections.abc import Mapping

FREE, RESERVED = "Free", "Reserved"

KEPT_FOR_DEBTS = "Assets:Owed"
"""Money that has left its earmark and could not be paid."""
BUY_INS_PASSING = "Liabilities:Buy-Ins:Passing"
"""Between the Pool's word of a buy-in and the Admission's: empty after each transaction."""
SURPLUS = "Income:Surplus"
CALLS = "Expenses:Calls"
"""What proposals handed to their own calls, less what came back."""
GRAIN_ISSUED = "Equity:Grain"
GRAIN_OTHER = "Expenses:Grain:Other"
"""Minted, and no event says for what."""
GRAIN_PATRONS = "Expenses:Grain:Patrons"
GRAIN_WITHHELD = "Expenses:Grain:Withheld"
UNCARRIED = "Equity:Uncarried"

ROOTS: Mapping[str, str] = {
    "Assets": "A",
    "Liabilities": "L",
    "Equity": "E",
    "Income": "R",
    "Expenses": "X",
}
"""The five roots, and hledger's letters for them."""
ON_THE_BALANCE_SHEET = ("Assets", "Liabilities", "Equity")


def earmark(number: int, part: str) -> str:
    """An earmark's money, free or reserved."""
    return f"Assets:Earmark-{number}:{part}"


def free(number: int) -> str:
    """What nobody has promised."""
    return earmark(number, FREE)


def reserved(number: int) -> str:
    """What the earmark's spender has promised."""
    return earmark(number, RESERVED)


def owed(account: str) -> str:
    """What the Pool owes somebody."""
    return f"Liabilities:Owed:{account}"


def buy_in(seat: int) -> str:
    """What is given back when a membership ends."""
    return f"Liabilities:Buy-Ins:Seat-{seat}"


def gifts(number: int) -> str:
    """Gifts to an earmark."""
    return f"Income:Gifts:Earmark-{number}"


def reclaimed(number: int) -> str:
    """What patrons took back of an earmark that ended: the other side of gifts."""
    return f"Income:Reclaimed:Earmark-{number}"


def spent(number: int) -> str:
    """What the members paid out of an earmark by vote."""
    return f"Expenses:Spent:Earmark-{number}"


def released(number: int) -> str:
    """What a spender that is no distributor paid out."""
    return f"Expenses:Released:Earmark-{number}"


def cred_passing(number: int) -> str:
    """Between a claim and its payment: empty after each transaction."""
    return f"Expenses:Cred:Earmark-{number}:Passing"


def cred(number: int, epoch: int) -> str:
    """What an epoch paid by cred, out of the earmark."""
    return f"Expenses:Cred:Earmark-{number}:Epoch-{epoch}"


def off_chain(number: int, epoch: int) -> str:
    """What was paid for an epoch's leaves outside of the chain."""
    return f"Expenses:Off-Chain:Earmark-{number}:Epoch-{epoch}"


def paid_by_others(number: int) -> str:
    """Who paid outside of the chain: money that the Pool never held."""
    return f"Equity:Off-Chain:Earmark-{number}"


def grain_cred(number: int, epoch: int) -> str:
    """Grain of an epoch's leaves."""
    return f"Expenses:Grain:Earmark-{number}:Epoch-{epoch}"


def carried(number: int) -> str:
    """What earlier pots left over and the next pot takes in: set aside within the earmark."""
    return f"Equity:Carried:Earmark-{number}"
