# SPDX-License-Identifier: AGPL-3.0-only
"""Gifts and clusters as parameters of a policy, so that a document holds all that was matched.

    gifts     SUBJECT:DONOR:AMOUNT ...    whom, who, how much in the asset's smallest unit
    clusters  DONOR:CLUSTER:WEIGHT ...    who belongs where, and how much

One blank stands between two of them; they ascend by the first name and then by the second, and no
pair stands there twice. A donor or a cluster is any word of letters, digits and ._-, such as a
member's number or an address.
"""

import re
from collections.abc import Mapping
from typing import NoReturn

from millpond.core.errors import BadInput, ParameterError
from millpond.core.policies.parameters import Parameters
from millpond.core.subjects import check_subject, from_hex

_NUMBER = re.compile(r"[1-9][0-9]{0,38}")
_WORD = re.compile(r"[A-Za-z0-9._-]{1,66}")
_PARTS = 3

Named = dict[str, dict[str, int]]


def number(given: Parameters, policy: str, name: str) -> int:
    """A whole number from 1 on, as large as an amount can be."""
    text = given.text(name)
    if _NUMBER.fullmatch(text) is None:
        raise ParameterError(
            f"the parameter {name!r} of the {policy} policy is {text[:40]!r}",
            "write a whole number from 1 on, in the asset's smallest unit",
        )
    return int(text)


def gifts(given: Parameters, policy: str) -> Named:
    """By the subject's hex, then by donor."""
    found = triples(given, policy, "gifts")
    for subject in found:
        try:
            check_subject(from_hex(subject, 32))
        except BadInput as error:
            _refuse(policy, "gifts", error.message, error.next_step)
        if subject != subject.lower():
            _refuse(policy, "gifts", f"{subject} is not in lower case", "write hex in lower case")
    return found


def triples(given: Parameters, policy: str, name: str) -> Named:
    """By the first name, then by the second."""
    found: Named = {}
    pairs = []
    for each in given.text(name).split(" "):
        parts = each.split(":")
        if len(parts) != _PARTS or not all(map(_WORD.fullmatch, parts[:2])):
            _refuse(policy, name, f"{each[:80]!r} is not one", "write name:name:number")
        if _NUMBER.fullmatch(parts[2]) is None:
            _refuse(policy, name, f"{each[:160]!r} has no number from 1 on", "write plain digits")
        found.setdefault(parts[0], {})[parts[1]] = int(parts[2])
        pairs.append((parts[0], parts[1]))
    if pairs != sorted(set(pairs)):
        _refuse(policy, name, "they do not ascend", "sort them by both names, each pair once")
    return found


def text_of(named: Mapping[str, Mapping[str, int]]) -> str:
    """The one spelling."""
    return " ".join(
        f"{one}:{other}:{number_}"
        for one, rest in sorted(named.items())
        for other, number_ in sorted(rest.items())
    )


def _refuse(policy: str, name: str, what: str, next_step: str) -> NoReturn:
    raise ParameterError(f"the parameter {name!r} of the {policy} policy: {what}", next_step)
