# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond verify distribution` finds each single tampering with document or files at its step.

The document is walked: every kind of text, list and object in it is changed once, so a field that
is new in it is tampered with from its first day. What a node can say falsely is in
test_verify_lies.py; random bytes and documents made up whole in test_verify_distribution.py.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from millpond.chain.report import Verdict
from millpond.core.canonical import encode
from millpond.core.cred import CredHistory
from millpond.core.distribution import to_json
from millpond.core.units import MicroCred
from millpond.core.weeks import weeks_of_month
from tests.chain import tampering
from tests.chain.told import FILES, Told, names, two_epochs
from tests.core import month


@pytest.fixture(scope="module")
def told() -> Iterator[Told]:
    """Both epochs posted, consented to and paid."""
    with two_epochs() as told:
        yield told


def found_at(step: str, found: set[str]) -> bool:
    """Whether this step is among those that differ; "form" is that of any place."""
    return any(name == step or (step == "form" and name.startswith("form of ")) for name in found)


def test_document__as_it_was_posted__holds_at_every_step(told: Told) -> None:
    report = told.report()
    assert report.holds
    assert not report.of(Verdict.UNCHECKED)


# --- the document -------------------------------------------------------------------------------

# The steps that need the chain; all others find it in the document and the files alone.
ON_CHAIN = {"posted data hash", "posted chain id", "parts", "maintainers", "previous"}
# kind of place -> the step that names it. A place that is not here has no meaning of its own that
# could be computed again, such as a note: the hash of the whole document gives it away.
TEXTS = {
    "schema": "form",
    "version": "form",
    "chain_id": "root",
    "pool": "parts",
    "distributor": "root",
    "epoch": "epoch",
    "previous.epoch": "epoch",
    "previous.data_hash": "previous",
    "previous.end_ms": "weeks",
    "period.label": "form",
    "period.first_start_ms": "form",
    "period.end_ms": "form",
    "period.weeks": "form",
    "inputs[].name": "inputs",
    "inputs[].hash": "input graph",
    "weights": "weights",
    "policy.name": "policy",
    "people[].subject": "people",
    "people[].identity": "people",
    "people[].weekly[]": "cred",
    "people[].cred": "cred",
    "exclusions[].subject": "exclusions",
    "exclusions[].reason": "changes",
    "signer_cap_bps": "signers",
    "signers[].account": "maintainers",
    "signers[].subjects[]": "maintainers",
    "signers[].cred": "signers",
    "signers[].would_take": "signers",
    "no_leaf[].subject": "no leaf",
    "no_leaf[].reason": "no leaf",
    "leaves[].subject": "leaves",
    "leaves[].cred": "leaves",
    "leaf_count": "form",
    "total": "total",
    "root": "root",
    "changes[].subject": "changes",
    "changes[].automatic": "changes",
    "changes[].published": "changes",
    "changes[].reason": "changes",
}
# kind of list -> steps for: without its first item, its first item twice, the other way round
LISTS = {
    "inputs": ("inputs", "inputs", "inputs"),
    "people": ("scores", "people", "people"),
    "people[].weekly": ("cred", "cred", "scores"),
    "exclusions": ("changes", "exclusions", ""),
    "signers": ("maintainers", "signers", "signers"),
    "signers[].subjects": ("maintainers", "signers", ""),
    "no_leaf": ("no leaf", "no leaf", "no leaf"),
    "leaves": ("form", "form", "leaves"),
    "changes": ("changes", "changes", ""),
}
# kind of object that is no form but a table of texts -> the step for one more of them
TABLES = {"policy.parameters": "policy", "notes.reasons": "differences"}


def tampered(told: Told, step: str, document: Any) -> bool:
    """Whether other bytes are found at this step."""
    report = told.report(encode(document), on_chain=step in ON_CHAIN)
    return found_at(step, names(report))


def test_document__any_text_changed__is_found_at_its_step(told: Told) -> None:
    document = json.loads(to_json(told.second))
    places = tampering.first_places(document)
    assert set(TEXTS) <= set(places)
    missed = []
    for kind, path in places.items():
        nothing = tampering.at(document, path) is None
        step = "form" if nothing else TEXTS.get(kind, "posted data hash")
        if not tampered(told, step, tampering.changed(document, path, tampering.another)):
            missed.append((kind, step))
    assert missed == []


def test_document__any_list_changed__is_found_at_its_step(told: Told) -> None:
    document = json.loads(to_json(told.second))
    lists = tampering.first_lists(document)
    assert set(LISTS) <= set(lists)
    changes = (lambda v: v[1:], lambda v: [v[0], *v], lambda v: v[::-1])
    missed = []
    for kind, path in lists.items():
        steps = LISTS.get(kind, ("posted data hash",) * 3)
        for step, change in zip(steps, changes, strict=True):
            other = tampering.changed(document, path, change)
            assert (other == document) == (step == "")
            if step and not tampered(told, step, other):
                missed.append((kind, step))
    assert missed == []


def test_document__any_object_with_another_field__is_found_in_its_form(told: Told) -> None:
    document = json.loads(to_json(told.second))
    missed = []
    for kind, path in tampering.first_objects(document).items():
        step, fields = TABLES.get(kind, "form"), tampering.at(document, path)
        others = [fields | {"more": "1"}]
        if kind not in TABLES:
            others += [{k: v for k, v in fields.items() if k != out} for out in fields]
        missed += [
            (kind, sorted(set(fields) ^ set(other)))
            for other in others
            if not tampered(told, step, tampering.put_at(document, path, other))
        ]
    assert missed == []


# --- the files ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("change", ["one bit", "one byte less", "one byte more", "none at all"])
def test_file__changed__is_found_as_that_input(told: Told, name: str, change: str) -> None:
    data = FILES[name]
    other = {
        "one bit": bytes([data[0] ^ 1]) + data[1:],
        "one byte less": data[:-1],
        "one byte more": data + b" ",
        "none at all": b"",
    }[change]
    report = told.report(on_chain=False, files=FILES | {name: other})
    assert names(report) == {f"input {name}"}


def person_with(history: CredHistory, place: int, **change: Any) -> CredHistory:
    """The history with another person at a place."""
    people = list(history.people)
    people[place] = replace(people[place], **change)
    return replace(history, people=tuple(sorted(people, key=lambda person: person.subject)))


HISTORIES: list[tuple[str, Callable[[CredHistory], CredHistory]]] = [
    ("a week with one more", lambda h: person_with(h, 3, weekly=(9, *h.people[3].weekly[1:]))),
    ("weeks exchanged", lambda h: person_with(h, 9, weekly=h.people[9].weekly[::-1])),
    ("another name", lambda h: person_with(h, 0, identity="sourcecred:somebody")),
    ("another subject", lambda h: person_with(h, 0, subject=month.who("somebody"))),
    ("somebody less", lambda h: replace(h, people=h.people[1:])),
    ("nobody", lambda h: replace(h, people=())),
    ("other weeks", lambda _: month.scores().history(weeks_of_month("2019-08"))),
]


@pytest.mark.parametrize(("what", "change"), HISTORIES, ids=[each[0] for each in HISTORIES])
def test_scores__read_otherwise__are_found(
    told: Told, what: str, change: Callable[[CredHistory], CredHistory]
) -> None:
    other = change(told.history)
    assert other != told.history, what
    assert names(told.report(on_chain=False, history=other)) == {"scores"}


def test_cred__computed_otherwise_by_more_than_rounding__is_found(told: Told) -> None:
    weekly = list(told.history.people[3].weekly)
    weekly[0] = MicroCred(weekly[0] + 1)
    near = person_with(told.history, 3, weekly=tuple(weekly))
    assert names(told.report(on_chain=False, history=None, computed=near)) == set()
    weekly[0] = MicroCred(weekly[0] + 1)
    far = person_with(told.history, 3, weekly=tuple(weekly))
    assert names(told.report(on_chain=False, history=None, computed=far)) == {"scores"}
