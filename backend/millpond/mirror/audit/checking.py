# SPDX-License-Identifier: AGPL-3.0-only
"""The audit: all that the mirror says, held against one node at one block.

    result = audit(mirror, client, Scope(...), told)

Everything is collected from one snapshot of the mirror first, then asked for in batches. What a
contract's storage holds is proven by the state root of the block, whose hash is the mirror's own;
what only events say, by the receipts of their blocks; and what is behind neither is said to be
unchecked.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from millpond.chain.client import Client
from millpond.core.errors import MillpondError
from millpond.core.subjects import to_hex
from millpond.mirror.audit import (
    assets,
    derived,
    distributions,
    events,
    governance,
    money,
    registry,
)
from millpond.mirror.audit.expected import (
    ANOTHER_NODE,
    PROVE,
    REBUILD,
    Difference,
    Expected,
)
from millpond.mirror.audit.witness import Refused, Told, Witness
from millpond.mirror.reads.snapshot import Row, Snapshot

_PROOF, _GETTER = "storage proof", "the node's word"
_PARTS: tuple[Callable[[Snapshot, Row], Iterator[Expected]], ...] = (
    registry.expected,
    governance.expected,
    governance.contents,
    money.expected,
    distributions.expected,
)


@dataclass
class Audit:
    """What was compared, what differs and what could not be told."""

    block_number: int
    block_hash: str
    values: int = 0
    proven: int = 0
    rows: int = 0
    blocks: int = 0
    differences: list[Difference] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether something was compared and nothing differs."""
        return bool(self.values or self.rows) and not self.differences

    def as_json(self) -> dict[str, object]:
        """The result as data. Fields are added, never renamed or taken away."""
        return {
            "block_number": self.block_number,
            "block_hash": self.block_hash,
            "holds": self.holds,
            "compared": {
                "values": self.values,
                "proven": self.proven,
                "rows": self.rows,
                "blocks": self.blocks,
            },
            "differences": [vars(difference) for difference in self.differences],
            "unchecked": self.unchecked,
        }


def audit(
    now: Snapshot,
    client: Client,
    told: Callable[[str], Told],
    *,
    with_state: bool = True,
    with_events: bool = True,
) -> Audit:
    """Compare all that a snapshot of the mirror says with a node. `told(what)` gives what is told
    how far each part is."""
    as_of = now.as_of
    witness = Witness.of(client.rpc, as_of.block_number, as_of.hub)
    result = Audit(as_of.block_number, to_hex(witness.header.hash))
    _same_block(now, witness, result)
    if result.differences:
        return result
    if with_state:
        _compare_state(now, client, witness, result, told("asking the contracts"))
    else:
        result.unchecked.append("the contracts' state was not asked for")
    if with_events:
        found = events.Checker(now, client, witness).run(told("reading the receipts"))
        result.rows, result.blocks = found.rows, found.blocks
        result.differences += found.differences
        if found.unchecked:
            result.unchecked.append(f"events: {found.unchecked}")
    else:
        result.unchecked.append("texts and whatever else only events say: events were not read")
    return result


def _same_block(now: Snapshot, witness: Witness, result: Audit) -> None:
    """The mirror's own block, to which everything that follows refers."""
    mine, theirs = now.as_of, witness.header
    name = f"block {mine.block_number}"
    pairs = (
        ("block_hash", mine.block_hash, to_hex(theirs.hash)),
        ("block_timestamp", str(mine.block_timestamp), str(theirs.timestamp)),
    )
    step = "let millpond sync catch up: it takes back what the chain took back; then audit again"
    for column, kept, found in pairs:
        if kept != found:
            result.differences.append(
                Difference("mirror", name, column, kept, found, "header", step)
            )


def _compare_state(
    now: Snapshot, client: Client, witness: Witness, result: Audit, told: Told
) -> None:
    collected = [each for pool in now.rows("SELECT * FROM pools") for part in _PARTS
                 for each in part(now, pool)]  # fmt: skip
    wanted = [each for each in collected if _can_be(each, result)]
    getters = [each.getter for each in wanted if each.getter is not None]
    witness.ask(getters, [word for each in wanted for word in each.words], told)
    if witness.no_proofs is not None:
        result.unchecked.append(f"storage proofs: {witness.no_proofs}")
    for each in wanted:
        result.differences += _compared(each, witness, result)
    result.differences += assets.differences(now, client)
    result.differences += derived.differences(now)
    unasked = sum(each.getter is None for each in wanted)
    if witness.no_proofs is not None and unasked:
        result.unchecked.append(f"{unasked} values that no getter tells, for want of a proof")


def _can_be(each: Expected, result: Audit) -> bool:
    """Whether the mirror's row can be asked about at all; if not, that is the difference."""
    try:
        _ = each.number, [word.slot for word in each.words]
        if each.getter is not None:
            each.getter.data  # noqa: B018  it is refused here, if ever
    except (MillpondError, ValueError) as error:
        why = f"nothing like it ({str(error).splitlines()[0][:120]})"
        result.differences.append(_difference(each, why, "its form"))
        return False
    return True


def _compared(each: Expected, witness: Witness, result: Audit) -> Iterator[Difference]:
    said = witness.said(each.getter) if each.getter is not None else None
    proven = witness.proven(each.words) if each.words and witness.no_proofs is None else None
    if said is None and proven is None:
        return
    result.values += 1
    result.proven += proven is not None
    if proven is not None and said is not None and said != proven:
        told = said.why if isinstance(said, Refused) else each.shown(said)
        name, field_ = f"{each.row} (the node itself)", each.field
        yield Difference(each.view, name, field_, told, each.shown(proven), _PROOF, ANOTHER_NODE)
    found = proven if proven is not None else said
    if isinstance(found, Refused):
        yield _difference(each, f"a refusal: {found.why[:120]}", _GETTER)
    elif found is not None and found != each.number:
        yield from _named(each, found, _PROOF if proven is not None else _GETTER)


def _named(each: Expected, found: int, by: str) -> Iterator[Difference]:
    """One difference, or one for each row that the value stands for."""
    if each.apart is None:
        yield _difference(each, each.shown(found), by)
        return
    for row, mine, theirs in each.apart(each.number, found):
        step = REBUILD if by == _PROOF else PROVE
        yield Difference(each.view, row, each.field, mine, theirs, by, step)


def _difference(each: Expected, found: str, by: str) -> Difference:
    step = PROVE if by == _GETTER else REBUILD
    value = "nothing" if each.value is None else str(each.value)
    return Difference(each.view, each.row, each.field, value, found, by, step)
