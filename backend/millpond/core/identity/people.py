# SPDX-License-Identifier: AGPL-3.0-only
"""Who is who by an identity log: accounts that are one person, and the wallet she named last."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from millpond.core.identity.accounts import Account, identity_of
from millpond.core.identity.log import Link, Log, Merge, chosen


@dataclass(frozen=True, slots=True)
class Identity:
    """One person: an account by which she is named, and the others that are hers too."""

    identity: str
    """The text whose hash is her subject in distributions."""
    name: str
    """For people to read; nobody else in the log has it."""
    address: Account
    aliases: tuple[Account, ...]
    wallet: str | None
    """The wallet of her newest statement; none if she made none."""


@dataclass(slots=True)
class _Person:
    number: int
    address: Account
    accounts: list[Account]
    wallets: set[str] = field(default_factory=set)
    links: list[Link] = field(default_factory=list)


def merged(log: Log) -> tuple[Identity, ...]:
    """Everybody in the log, in the order in which they came in.

    Accounts linked to one wallet are one person; so are accounts that were merged. She is named by
    the account that came first, or by the base that a merge names.
    """
    people = _People()
    for what in chosen(log.entries, log.undone):
        match what:
            case Link():
                people.link(what)
            case Merge():
                people.merge(what)
    return tuple(_named(people.all()))


class _People:
    """The people so far, by account and by wallet."""

    def __init__(self) -> None:
        self._by_account: dict[Account, _Person] = {}
        self._by_wallet: dict[str, _Person] = {}

    def all(self) -> list[_Person]:
        """Each once, in order."""
        found: dict[int, _Person] = {id(each): each for each in self._by_account.values()}
        return list(found.values())

    def link(self, link: Link) -> None:
        """Whoever holds the wallet holds the account."""
        wallet = link.signed.statement.wallet
        person = self._of(link.account)
        holder = self._by_wallet.get(wallet, person)
        first, later = sorted((holder, person), key=lambda each: each.number)
        self._join(first, later)
        first.links.append(link)
        first.wallets.add(wallet)
        self._by_wallet[wallet] = first

    def merge(self, merge: Merge) -> None:
        """The person of the other account becomes that of the base."""
        self._join(self._of(merge.base), self._of(merge.other))

    def _of(self, account: Account) -> _Person:
        new = _Person(len(self._by_account), account, [account])
        return self._by_account.setdefault(account, new)

    def _join(self, base: _Person, other: _Person) -> None:
        if base is not other:
            base.accounts += other.accounts
            base.links += other.links
            base.wallets |= other.wallets
            self._by_account.update(dict.fromkeys(other.accounts, base))
            self._by_wallet.update(dict.fromkeys(other.wallets, base))


def _named(people: Iterable[_Person]) -> Iterable[Identity]:
    taken: set[str] = set()
    for person in people:
        newest = max(person.links, key=lambda each: each.signed.statement.issued_s, default=None)
        own = [each.name for each in person.links if each.account == person.address]
        names = [*own[-1:], *([newest.name] if newest else []), identity_of(person.address)]
        name = next((each for each in names if each.lower() not in taken), names[-1])
        taken.add(name.lower())
        yield Identity(
            identity=identity_of(person.address),
            name=name,
            address=person.address,
            aliases=tuple(sorted(set(person.accounts) - {person.address})),
            wallet=newest.signed.statement.wallet if newest else None,
        )
