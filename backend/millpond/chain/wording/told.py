# SPDX-License-Identifier: AGPL-3.0-only
"""Every call of a proposal: decoded, told in a sentence, classed, with what should be seen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from millpond.chain.abi import Abi
from millpond.chain.coop import KINDS
from millpond.chain.governance import Action
from millpond.chain.wording import making, money, people, spenders
from millpond.chain.wording.calls import Call, decoded
from millpond.chain.wording.cautions import Case, warnings
from millpond.chain.wording.classes import class_of
from millpond.chain.wording.known import Ahead, Known
from millpond.chain.wording.making import with_rest
from millpond.chain.wording.reader import ETH, Reader, Scene
from millpond.chain.wording.terms import CLASSES
from millpond.core.figures import Money, listing, plural, quoted

SENTENCES: dict[tuple[str, str], Callable[[Reader], str]] = (
    money.SENTENCES | people.SENTENCES | making.SENTENCES | spenders.SENTENCES
)
"""By kind of contract and function."""


@dataclass(frozen=True)
class Told:
    """One call that a proposal would make, in words and by its pieces."""

    position: int
    target: str
    target_kind: str | None
    """The kind of contract that stands there, if it is known."""
    target_pool: str | None
    """The address of the pool it belongs to."""
    value: Money
    """ETH that goes along."""
    calldata: str
    call: Call | None
    undecoded: str | None
    """Why there is no `call`."""
    sentence: str
    notes: tuple[str, ...]
    """What the names in it stand for."""
    warnings: tuple[str, ...]
    """What a member should see before she votes."""
    class_name: str
    """The class of vote that this call takes."""
    class_reason: str


def told(
    actions: Sequence[Action],
    known: Known,
    forms: Mapping[str, Abi] | None = None,
    proposer: str | None = None,
) -> tuple[Told, ...]:
    """All calls of a proposal.

    `forms` are ABIs given for contracts that are none of ours; `proposer` is who has made the
    proposal, if it is made: what a contract itself raised, no warning is due about.
    """
    given, ahead = forms or {}, Ahead(known)
    found, scenes = [], []
    for action in actions:
        found.append(decoded(action, ahead, given.get(action.target)))
        scenes.append(Scene(ahead))
        ahead = _after(found[-1][1], ahead)
    calls = [call for _, call, _ in found]
    made = []
    for at, (action, scene) in enumerate(zip(actions, scenes, strict=True)):
        kind, call, undecoded = found[at]
        number, reason = class_of(action, known)
        pool = scene.known.kind_of(action.target)[1]
        case = Case(
            at, action, kind, pool, call, undecoded, number, scene, calls, actions, proposer
        )
        made.append(_told(case, reason))
    return tuple(made)


def _after(call: Call | None, ahead: Ahead) -> Ahead:
    """What is known once this call has been carried out."""
    if call is None or (call.contract, call.function) != ("Hub", "install"):
        return ahead
    kind = bytes(call.named["kind"])
    source = KINDS.get(kind)
    return ahead.after_install(source, kind, call.named["setup_call"]) if source else ahead


def strictest(calls: Sequence[Told]) -> str:
    """The class of vote that a whole proposal takes."""
    return max((each.class_name for each in calls), key=CLASSES.index)


def _told(case: Case, reason: str) -> Told:
    text = _sentence(case)
    seen = warnings(case)
    return Told(
        position=case.at,
        target=case.action.target,
        target_kind=case.kind,
        target_pool=case.pool,
        value=Money(case.action.value, ETH),
        calldata=f"0x{case.action.data.hex()}",
        call=case.call,
        undecoded=case.undecoded,
        sentence=text,
        notes=_notes(case),
        warnings=seen,
        class_name=CLASSES[case.class_number],
        class_reason=reason,
    )


def _sentence(case: Case) -> str:
    call, action, scene = case.call, case.action, case.scene
    value = scene.money(Money(action.value, ETH))
    if call is None:
        return _undecoded(case, value)
    reader = Reader.of(call, scene)
    tell = SENTENCES.get((call.contract, call.function))
    text = with_rest(tell(reader), reader) if tell else _plainly(case, reader)
    return f"{text} {value} go along." if action.value else text


def _undecoded(case: Case, value: str) -> str:
    where = case.scene.who(case.action.target)
    if not case.action.data:
        return f"Send {value} to {where}."
    along = f", sending {value} along," if case.action.value else ""
    size = plural(len(case.action.data), "byte")
    return f"Call {where}{along} with {size} that could not be decoded."


def _plainly(case: Case, reader: Reader) -> str:
    rest = reader.rest()
    with_ = f" with {listing(rest)}" if rest else ""
    where = case.scene.who(case.action.target)
    return f"Call {reader.call.function} of the {reader.call.contract} at {where}{with_}."


def _notes(case: Case) -> tuple[str, ...]:
    """Tokens choose their own symbols, and earmarks are numbers: what these stand for."""
    found = []
    for address, asset in case.scene.assets.items():
        if address != ETH.address and asset.symbol is not None:
            mine = "this pool's grain" if address == case.known.here.grain else "the token"
            found.append(f"{asset.symbol} is {mine} {address}.")
    for number in sorted(case.scene.earmarks):
        earmark = case.known.earmark(number)
        if earmark is not None and earmark.uri is not None:
            found.append(f"Earmark {number} is for the purpose at {quoted(earmark.uri)}.")
    return tuple(found)
