# SPDX-License-Identifier: AGPL-3.0-only
"""Who is who in an instance: by its ledger, its identity log, and what its sources saw."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from millpond.core.cred.addresses import parts_of
from millpond.core.cred.model import Person
from millpond.core.errors import BadInput, ConfigFileError
from millpond.sources.ledgers import read_ledger

LEDGER = Path("data", "ledger.json")
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
    people = _ledger(directory)
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
