# SPDX-License-Identifier: AGPL-3.0-only
"""The rows of the two long lists of a document, people and leaves: written, and read at once.

A million rows are read in seconds because each is matched as a whole. `read_people` and
`read_leaves` know only how nearly all rows look: names without escapes, cred under 10^38, nothing
wrong. They give None for a block with any other row; the general reader then takes the block, and
either reads it or says what is wrong. So nothing is accepted here that it would not accept.
"""

import re
from typing import cast

from millpond.core.canonical import text
from millpond.core.cred import PersonCred
from millpond.core.subjects import Subject
from millpond.core.units import MicroCred

_CRED = rb'"(?:0|[1-9][0-9]{0,37})"'
_SUBJECT = rb'"0x(?!0{64})([0-9a-f]{64})"'
_LEAF = re.compile(rb'\{"cred":(%b),"subject":%b\}(?:,(?=\{)|\Z)' % (_CRED, _SUBJECT))
_PERSON = re.compile(
    rb'\{"cred":(%b),"identity":(?:null|"([^"\\\x00-\x1f]*+)"),"subject":%b,'
    rb'"weekly":\[(%b(?:,%b)*+)\]\}(?:,(?=\{)|\Z)' % (_CRED, _SUBJECT, _CRED, _CRED)
)


def person_row(person: PersonCred) -> str:
    """A person as canonical JSON."""
    name = "null" if person.identity is None else text(person.identity)
    weekly = '","'.join(map(str, person.weekly))
    return (
        f'{{"cred":"{person.cred}","identity":{name},"subject":"0x{person.subject.hex()}",'
        f'"weekly":["{weekly}"]}}'
    )


def leaf_row(leaf: tuple[Subject, MicroCred]) -> str:
    """A leaf as canonical JSON."""
    subject, cred = leaf
    return f'{{"cred":"{cred}","subject":"0x{subject.hex()}"}}'


def read_people(block: bytes) -> list[PersonCred] | None:
    """The people whose rows these are."""
    people: list[PersonCred] = []
    end = 0
    for row in _PERSON.finditer(block):
        if row.start() != end:
            return None
        cred, name, subject, weeks = row.groups()
        weekly = cast("tuple[MicroCred, ...]", tuple(map(int, weeks[1:-1].split(b'","'))))
        if sum(weekly) != int(cred[1:-1]):
            return None
        try:
            identity = None if name is None else name.decode()
        except UnicodeDecodeError:
            return None
        people.append(PersonCred(_subject(subject), identity, weekly))
        end = row.end()
    return people if end == len(block) else None


def read_leaves(block: bytes) -> list[tuple[Subject, MicroCred]] | None:
    """The leaves whose rows these are."""
    leaves: list[tuple[Subject, MicroCred]] = []
    end = 0
    for row in _LEAF.finditer(block):
        if row.start() != end:
            return None
        cred, subject = row.groups()
        leaves.append((_subject(subject), MicroCred(int(cred[1:-1]))))
        end = row.end()
    return leaves if end == len(block) else None


def _subject(digits: bytes) -> Subject:
    return Subject(bytes.fromhex(digits.decode()))
