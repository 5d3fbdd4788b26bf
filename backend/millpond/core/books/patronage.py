# SPDX-License-Identifier: AGPL-3.0-only
"""A co-op's surplus divided among its members by their patronage.

Of a surplus a part stays collective. The rest is allocated by patronage: work that is counted in
grain or in cred. Of each allocation a part is paid out, the rest stands in the member's capital
account.

    allocated = floor(floor(surplus * (10,000 - collective) / 10,000) * patronage / all patronage)
    cash      = ceil(allocated * cash share / 10,000)
    capital   = allocated - cash
    collective = surplus - all that is allocated

What rounding leaves stays collective. Cash is rounded up, within the member's own allocation: where
a law asks for at least a fifth in cash, a fifth less a unit is not enough. Patronage of people who
are no members counts in the whole, and its part stays collective as well.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from millpond.core.books.commodities import Commodity
from millpond.core.errors import BadInput, BooksError
from millpond.core.figures import percent
from millpond.core.units import BPS_ALL, floor_share, share_bps, whole

COLUMNS = (
    *("member", "patronage", "allocated", "cash", "capital"),
    *("capital_before", "capital_after", "asset"),
)


@dataclass(frozen=True)
class Allocation:
    """One member's part."""

    member: str
    patronage: int
    allocated: int
    cash: int
    capital: int
    capital_before: int

    @property
    def capital_after(self) -> int:
        """What her capital account has from now on."""
        return self.capital_before + self.capital


@dataclass(frozen=True)
class Patronage:
    """A surplus, divided."""

    surplus: int
    collective_bps: int
    cash_bps: int
    all_patronage: int
    collective: int
    allocations: tuple[Allocation, ...]

    @property
    def allocated(self) -> int:
        """All that members get, now or later."""
        return sum(each.allocated for each in self.allocations)

    @property
    def cash(self) -> int:
        """All that is paid out now."""
        return sum(each.cash for each in self.allocations)

    @property
    def capital(self) -> int:
        """All that is added to capital accounts."""
        return sum(each.capital for each in self.allocations)


def allocate(
    surplus: int,
    collective_bps: int,
    cash_bps: int,
    patronage: Mapping[str, int],
    outside: int = 0,
    capital: Mapping[str, int] | None = None,
) -> Patronage:
    """Divide a surplus. `patronage` is the members', `outside` that of everybody else; `capital`
    is what the capital accounts had before.
    """
    if surplus <= 0:
        raise BadInput(
            f"there is no surplus to divide: it is {surplus}",
            "a loss is not allocated here; decide by vote who bears it",
        )
    for member, amount in patronage.items():
        whole(amount, f"the patronage of {member}")
    whole_patronage = sum(patronage.values()) + whole(outside, "the patronage of others")
    if sum(patronage.values()) == 0:
        raise BadInput(
            "no member has any patronage in this time", "choose another time, or another measure"
        )
    to_divide = share_bps(surplus, BPS_ALL - whole(collective_bps, "the share", 0, BPS_ALL))
    before = capital or {}
    found = tuple(
        _allocation(
            member,
            amount,
            floor_share(to_divide, amount, whole_patronage),
            cash_bps,
            before.get(member, 0),
        )
        for member, amount in sorted(patronage.items(), key=lambda each: each[0].lower())
    )
    collective = surplus - sum(each.allocated for each in found)
    made = Patronage(surplus, collective_bps, cash_bps, whole_patronage, collective, found)
    if made.collective + made.cash + made.capital != surplus or collective < surplus - to_divide:
        raise BooksError(
            f"of a surplus of {surplus} {made.collective + made.cash + made.capital} were divided",
            "this is a fault of these books; tell the maintainers the figures",
        )
    return made


def rows(found: Patronage, commodity: Commodity) -> Iterator[tuple[object, ...]]:
    """As COLUMNS: one for each member, then what stays collective."""
    figure = commodity.figure
    for each in found.allocations:
        yield (
            *(each.member, each.patronage, figure(each.allocated), figure(each.cash)),
            *(figure(each.capital), figure(each.capital_before), figure(each.capital_after)),
            commodity.code,
        )
    kept = found.all_patronage - sum(each.patronage for each in found.allocations)
    yield "collective", kept, figure(found.collective), figure(0), figure(0), "", "", commodity.code


def notice(
    found: Patronage, one: Allocation, commodity: Commodity, pool: str, period: str, measure: str
) -> str:
    """The written notice of one member's allocation."""
    text = commodity.text
    pairs = (
        ("Co-op", pool),
        ("Period", period),
        ("Member", one.member),
        ("Surplus of the co-op", text(found.surplus)),
        ("Kept for all", f"{text(found.collective)} ({percent(found.collective_bps)} decided)"),
        ("Your patronage", f"{one.patronage} of {found.all_patronage} ({measure})"),
        ("Allocated to you", text(one.allocated)),
        ("Paid to you in cash", f"{text(one.cash)} ({percent(found.cash_bps)})"),
        ("Added to your capital account", text(one.capital)),
        ("Your capital account before", text(one.capital_before)),
        ("Your capital account now", text(one.capital_after)),
        ("Asset", f"{commodity.code}, {commodity.address}"),
    )
    table = "\n".join(f"{name:<32}{value}" for name, value in pairs)
    return (
        f"WRITTEN NOTICE OF ALLOCATION\n\n{table}\n\n"
        "The amount allocated to you is your part of the co-op's surplus by your patronage, "
        "rounded\ndown to the asset's smallest unit. What stands in your capital account is yours "
        "and is paid\nout when the members decide so. Both may count as your income in the year of "
        "this notice.\n"
    )


def as_json(found: Patronage, commodity: Commodity) -> dict[str, object]:
    """For programs, and for the next statement: amounts in smallest units, as text."""
    return {
        "asset": commodity.address,
        "surplus": str(found.surplus),
        "collective_bps": found.collective_bps,
        "cash_bps": found.cash_bps,
        "patronage": str(found.all_patronage),
        "collective": str(found.collective),
        "members": [
            {
                "member": each.member,
                "patronage": str(each.patronage),
                "allocated": str(each.allocated),
                "cash": str(each.cash),
                "capital": str(each.capital),
                "capital_before": str(each.capital_before),
                "capital_after": str(each.capital_after),
            }
            for each in found.allocations
        ],
    }


def _allocation(
    member: str, patronage: int, allocated: int, cash_bps: int, before: int
) -> Allocation:
    bps = whole(cash_bps, "the share in cash", 0, BPS_ALL)
    cash = -(-allocated * bps // BPS_ALL)
    return Allocation(member, patronage, allocated, cash, allocated - cash, before)
