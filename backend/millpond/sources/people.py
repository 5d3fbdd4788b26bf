# SPDX-License-Identifier: AGPL-3.0-only
"""Who is who in an instance: by its ledger, its identity log, and what its sources saw."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from millpond.core.cred.addresses import parts_of
from millpond.core.cred.model import Person
from millpond.core.errors import BadInput, ConfigFileError
from millpond.core.identity import Identity, merged, read_log
from millpond.sources.ledgers import LEDGER, read_ledger
from millpond.sources.whole import read_whole

LOG = Path("data", "identities.jsonl")
PROPOSALS = "identityProposals.json"


class _Alias(msgspec.Struct):
    address: str


class _Proposal(msgspec.Struct):
    name: str
    alias: _Alias


@dataclass(frozen=True, slots=True)
class People:
    """All people, in the order of the ledger, then of the log, then by address."""

    all: tuple[Person, ...]

    def named(self, id_: str | None, name: str, file: str, position: str) -> Person:
        """The person with this id, or by name if there is none; `ConfigFileError` if nobody is."""
        lower = name.lower()
        for person in self.all:
            if person.id == id_ if id_ is not None else person.name.lower() == lower:
                return person
        raise ConfigFileError(
            f"there is nobody called {id_ or name!r}",
            "look up the id in data/ledger.json",
            file,
            position,
        )


def read_people(directory: Path, folders: Sequence[Path]) -> People:
    """Everybody; `folders` are those of the graphs, where proposals of new people may stand."""
    people = _with_log(_ledger(directory), _log(directory))
    known = {address for person in people for address in (person.address, *person.aliases)}
    seen: dict[str, Person] = {}
    for folder in folders:
        name = folder / PROPOSALS
        for at, (text, address) in enumerate(_proposals(directory, name)):
            if address not in known:
                try:
                    parts = parts_of(address)
                except BadInput as error:
                    raise ConfigFileError(
                        error.message, error.next_step, str(name), f"[{at}].alias"
                    ) from None
                seen[address] = Person("/".join(parts), text, address)
    return People((*people, *(seen[address] for address in sorted(seen))))


def _log(directory: Path) -> Sequence[Identity]:
    path = directory / LOG
    return merged(read_log(read_whole(path), str(LOG))) if path.exists() else ()


def _with_log(ledger: Sequence[Person], log: Sequence[Identity]) -> list[Person]:
    """The ledger's people with the accounts that the log adds to theirs, then the log's own.

    Whoever are two in the ledger and one in the log are the first of the two: what the log says
    can be undone there, what a ledger merges cannot.
    """
    people = {person.id: person for person in ledger}
    owner = {
        address: person.id for person in ledger for address in (person.address, *person.aliases)
    }
    for identity in log:
        accounts = (identity.address, *identity.aliases)
        found = {owner[account] for account in accounts if account in owner}
        owners = [person for person in people.values() if person.id in found]
        new = tuple(account for account in accounts if account not in owner)
        if not owners:
            person = Person(identity.identity, identity.name, identity.address, identity.aliases)
        else:
            person = _one(owners, new)
            for other in owners[1:]:
                del people[other.id]
        people[person.id] = person
        owner |= dict.fromkeys((person.address, *person.aliases), person.id)
    return list(people.values())


def _one(owners: Sequence[Person], more: tuple[str, ...]) -> Person:
    base, *others = owners
    theirs = [address for each in others for address in (each.address, *each.aliases)]
    return replace(
        base,
        aliases=(*base.aliases, *theirs, *more),
        active=any(each.active for each in owners),
        grain_earned=str(sum(int(each.grain_earned) for each in owners)),
    )


def _proposals(directory: Path, name: Path) -> list[tuple[str, str]]:
    try:
        data = (directory / name).read_bytes()
        found = msgspec.json.decode(data, type=list[_Proposal])
    except FileNotFoundError:
        return []
    except msgspec.DecodeError as error:
        raise ConfigFileError(
            str(error), "write the file again from its source", str(name)
        ) from None
    return [(each.name, each.alias.address) for each in found]


def _ledger(directory: Path) -> list[Person]:
    path = directory / LEDGER
    if not path.exists():
        return []
    return [
        Person(
            id=account.id,
            name=account.name,
            address=account.address,
            aliases=tuple(alias.address for alias in account.aliases),
            active=account.active,
            grain_earned=str(account.paid),
        )
        for account in read_ledger(path, str(LEDGER)).accounts()
    ]
