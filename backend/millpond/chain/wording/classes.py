# SPDX-License-Identifier: AGPL-3.0-only
"""Which class of vote a call takes, and why: the fixed table of contracts/modules/parts.vy."""

from millpond.chain import abi
from millpond.chain.abi import Function
from millpond.chain.governance import Action
from millpond.chain.wording.known import Here, Known
from millpond.chain.wording.terms import CLASSES

ORDINARY, MEMBERSHIP, RULES, CONSENT = range(len(CLASSES))
_SELECTOR = 4
_SPENDER = slice(_SELECTOR + 3 * 32, _SELECTOR + 4 * 32)
_EVERYDAY = {
    "spend": "it pays out what no restriction protects",
    "move": "it moves money that no restriction protects",
    "update": "it only publishes a report",
    "send_nft": "it sends a collectible",
    "send_multi_token": "it sends a collectible",
}
_SEATS = {
    ("Governor", "remove"): "it ends a membership",
    ("Admission", "expel"): "it ends a membership",
    ("Admission", "offer"): "it offers membership",
    ("Admission", "rebind"): "it moves a member's seat to another key",
}


def class_of(action: Action, known: Known) -> tuple[int, str]:
    """The number of the class, and the reason in words."""
    target, here = action.target, known.here
    # a call too short to have a selector is an unlisted one
    selector = action.data[:_SELECTOR] if len(action.data) >= _SELECTOR else bytes(_SELECTOR)
    if target == here.pool:
        return _of_pool(selector, action.data)
    if target == here.governor:
        return _of_seats("Governor", selector)
    consent = known.consent_selector(target)
    return (
        _of_part(target, selector, consent, known)
        if consent is not None
        else _outside(target, here)
    )


def _of_part(target: str, selector: bytes, consent: bytes, known: Known) -> tuple[int, str]:
    if any(selector) and selector == consent:
        return CONSENT, "only the contract itself may raise it, and the members consent"
    if target == known.here.admission:
        return _of_seats("Admission", selector)
    return RULES, "it calls a contract that is a part of this pool"


def _outside(target: str, here: Here) -> tuple[int, str]:
    if target in (here.hub, here.identity):
        return RULES, "it calls a contract that all pools share"
    return ORDINARY, "it calls a contract that is no part of this pool"


def _of_pool(selector: bytes, data: bytes) -> tuple[int, str]:
    for name, why in _EVERYDAY.items():
        if selector in _selectors("Pool", name):
            return ORDINARY, why
    if selector in _selectors("Pool", "open_earmark"):
        if len(data) >= _SPENDER.stop and not any(data[_SPENDER]):
            return ORDINARY, "it opens an earmark that the members spend by vote"
        return RULES, "it opens an earmark that a contract can pay out"
    return RULES, "it calls a part of this pool in a way that the everyday class does not name"


def _of_seats(kind: str, selector: bytes) -> tuple[int, str]:
    for (contract, name), why in _SEATS.items():
        if contract == kind and selector in _selectors(kind, name):
            return MEMBERSHIP, why
    return RULES, "it calls a part of this pool in a way that the membership class does not name"


def _selectors(kind: str, name: str) -> set[bytes]:
    overloads: tuple[Function, ...] = abi.load(kind).functions.get(name, ())
    return {function.selector for function in overloads}
