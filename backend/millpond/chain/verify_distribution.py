# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond verify distribution`: every step from the cred to the last payment, computed again.

The document is checked by itself and against the files behind it, here; then against the chain, in
`verify_posting`. Each step says that it holds, what exactly differs, or why it was not checked.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from millpond.chain.client import Client
from millpond.chain.report import Report, Step
from millpond.chain.verify_posting import check_chain
from millpond.core.canonical import keccak256
from millpond.core.cred import CredHistory
from millpond.core.distribution import (
    STEPS,
    Distribution,
    check_computed,
    check_history,
    check_input,
    read,
    taken_from_it,
)
from millpond.core.subjects import to_hex

DOCUMENT, COMPUTATION = "The document", "The computation, made again"
INPUTS, CHAIN = "The inputs", "The chain"
_COMPUTED = frozenset(
    ["no leaf", "leaves", "total", "root", "signers", "changes", "differences"],
)
"""Which of a document's steps follow from the others."""


@dataclass(frozen=True)
class Evidence:
    """What the reader has besides the document: input files by name, the scores read, the chain."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    history: CredHistory | None = None
    client: Client | None = None
    first_block: int = 0
    on_progress: Callable[[int, int], None] | None = None
    computed: CredHistory | None = None
    """The weekly cred that the document's instance gives, computed by the reader herself."""
    document: Distribution | None = None
    """What `read` gave of the document's bytes, if they were read already."""


def verify_distribution(
    data: bytes, evidence: Evidence, on_step: Callable[[Step], None] = lambda _: None
) -> Report:
    """Check a document's bytes, and the chain's posting of it where a node is given."""
    report = Report(on_step, section=DOCUMENT)
    found: list[Distribution] = []

    def form() -> str:
        found.append(evidence.document or read(data))
        return f"canonical; its hash is {to_hex(keccak256(data))}"

    if not report.run("form", form):
        return report
    document = found[0]
    check_document(document, report)
    check_inputs(document, evidence, report)
    report.section = CHAIN
    if evidence.client is None:
        why = "no node was given (--rpc): posting, review and payments are not seen"
        report.skip("chain", why, "name a node of your own, or one that you trust: --rpc URL")
        return report
    check_chain(document, data, evidence.client, evidence.first_block, report, evidence.on_progress)
    return report


def check_document(document: Distribution, report: Report) -> None:
    """Every step that the document alone allows."""
    said = {
        "people": f"{len(document.people)} people",
        "leaves": f"{document.leaf_count} leaves, {len(document.no_leaf)} without one",
        "total": f"{document.total} micro-cred",
        "root": to_hex(document.root),
        "exclusions": f"{len(document.exclusions)} excluded",
        "differences": _differences_said(document),
        "weeks": f"{len(document.weeks)} weeks, {document.label}",
    }
    for name, step in STEPS.items():
        report.section = COMPUTATION if name in _COMPUTED else DOCUMENT
        report.run(name, partial(_again, document, step, said.get(name, "computed again")))


def check_inputs(document: Distribution, evidence: Evidence, report: Report) -> None:
    """The files behind the document, where the reader has them."""
    report.section = INPUTS
    for each in document.inputs:
        name = f"input {each.name}"
        if each.hash is None:
            report.skip(name, f"the document names no file ({each.note})")
        elif each.name not in evidence.files:
            why = f"not given; its hash must be {to_hex(each.hash)} ({each.note})"
            report.skip(name, why, "put the file beside the document; its name does not matter")
        else:
            given = evidence.files[each.name]
            report.run(name, partial(_same_file, document, each.name, given))
    if evidence.history is None and evidence.computed is None:
        report.skip(
            "scores",
            "the weekly cred was neither read from a score file (--scores) nor computed from an "
            "instance (--instance)",
            "ask the maintainers where the instance or the score file is, and give it",
        )
    if evidence.history is not None:
        report.run("scores", partial(_same_scores, document, evidence.history))
    if evidence.computed is not None:
        report.run("scores", partial(_same_cred, document, evidence.computed))


def skip_what_is_taken(document: Distribution, report: Report) -> None:
    """What the document says and nothing here proves."""
    for name, why in taken_from_it(document).items():
        report.skip(name, f"as the document says; {why}")


def _differences_said(document: Distribution) -> str:
    previous = document.previous
    if previous is not None and previous.rules is None:
        return "none to see: the document does not recall the rules before it"
    return f"{len(document.differences)} since the last distribution"


def _same_scores(document: Distribution, history: CredHistory) -> str:
    check_history(document, history)
    return f"the weekly cred of {len(history.people)} people is that of the score file"


def _same_cred(document: Distribution, history: CredHistory) -> str:
    check_computed(document, history)
    return f"the weekly cred of {len(history.people)} people is what the instance gives"


def _again(document: Distribution, step: Callable[[Distribution], None], said: str) -> str:
    step(document)
    return said


def _same_file(document: Distribution, name: str, given: bytes) -> str:
    check_input(document, name, given)
    return f"{len(given)} bytes with the hash in the document"
