# SPDX-License-Identifier: AGPL-3.0-only
"""The document's bytes: what is written is read back, and any change is refused by its step."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millpond.core.canonical import encode, keccak256
from millpond.core.distribution import data_hash, read, verify
from millpond.core.errors import DocumentError
from tests.core.month import edit, good, posted, rich


def test_verify__an_untouched_document__is_the_distribution_itself() -> None:
    assert read(good()) == rich()
    assert verify(good()) == rich()
    assert verify(good(), posted()) == rich()
    assert data_hash(rich()) == keccak256(good())


def test_to_json__the_bytes__are_plain_json_without_numbers_or_spaces() -> None:
    plain = json.loads(good())
    assert (
        good()
        == json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    )
    assert plain["schema"] == "millpond/distribution"
    assert plain["version"] == "2"
    assert plain["period"] == {
        "label": "2019-09",
        "first_start_ms": "1567296000000",
        "end_ms": "1569715200000",
        "weeks": "4",
    }
    assert plain["total"] == str(rich().total)
    assert len(plain["leaves"]) == int(plain["leaf_count"]) == 41


def flip(text: str, at: int) -> str:
    """Another character in one place: a digit for a digit, a letter for a letter."""
    old = text[at]
    new = {"0": "1", "9": "8", "f": "e", "F": "E", "z": "y", "Z": "Y"}.get(old)
    return text[:at] + (new or chr(ord(old) + (1 if old.isalnum() else -1))) + text[at + 1 :]


Path = tuple[str | int, ...]

# Where one byte is changed (a path into the JSON, and which character) and the step that sees it.
CHANGES: dict[str, tuple[Path, int, str]] = {
    "schema": (("schema",), 0, "form of schema"),
    "version": (("version",), 0, "form of version"),
    "chain id": (("chain_id",), 0, "root"),
    "pool": (("pool",), 5, "posted data hash"),
    "distributor": (("distributor",), 5, "root"),
    "epoch": (("epoch",), 0, "epoch"),
    "previous epoch": (("previous", "epoch"), 0, "epoch"),
    "previous data hash": (("previous", "data_hash"), 9, "posted data hash"),
    "previous end, later": (("previous", "end_ms"), 3, "weeks"),
    "period label": (("period", "label"), 6, "form of period.label"),
    "first week's start": (("period", "first_start_ms"), 12, "form of period"),
    "end of the period": (("period", "end_ms"), 12, "form of period"),
    "number of weeks": (("period", "weeks"), 0, "form of period.weeks"),
    "name of an input": (("inputs", 0, "name"), 0, "inputs"),
    "hash of the graph": (("inputs", 0, "hash"), 9, "posted data hash"),
    "note of an input": (("inputs", 1, "note"), 4, "posted data hash"),
    "hash of the scores": (("inputs", 2, "hash"), 9, "posted data hash"),
    "hash of the weights": (("inputs", 3, "hash"), 9, "weights"),
    "weights": (("weights",), 3, "weights"),
    "policy": (("policy", "name"), 0, "policy"),
    "a person's subject, first digit": (("people", 7, "subject"), 2, "people"),
    "a person's subject, last digit": (("people", 7, "subject"), 65, "people"),
    "a person's identity, its place": (("people", 7, "identity"), 0, "people"),
    "a person's identity, its name": (("people", 7, "identity"), -1, "people"),
    "a week of cred": (("people", 7, "weekly", 2), 0, "cred"),
    "a person's cred": (("people", 7, "cred"), 0, "cred"),
    "an excluded subject": (("exclusions", 0, "subject"), 60, "exclusions"),
    "an exclusion's reason": (("exclusions", 0, "reason"), 2, "changes"),
    "a subject without a leaf": (("no_leaf", 3, "subject"), 60, "no leaf"),
    "why there is no leaf": (("no_leaf", 3, "reason"), 0, "no leaf"),
    "the cap": (("signer_cap_bps",), 1, "signers"),
    "a signer's account": (("signers", 0, "account"), 2, "form of signers[0].account"),
    "a signer's subject": (("signers", 0, "subjects", 0), 60, "signers"),
    "a signer's cred": (("signers", 0, "cred"), 0, "signers"),
    "what the cap would take": (("signers", 0, "would_take"), 0, "signers"),
    "a leaf's subject": (("leaves", 4, "subject"), 60, "leaves"),
    "a leaf's cred, first digit": (("leaves", 4, "cred"), 0, "leaves"),
    "a leaf's cred, last digit": (("leaves", 4, "cred"), -1, "leaves"),
    "the last leaf's cred": (("leaves", -1, "cred"), -1, "leaves"),
    "leaf count": (("leaf_count",), 1, "form of leaf_count"),
    "total": (("total",), -1, "total"),
    "root, first digit": (("root",), 2, "root"),
    "root, last digit": (("root",), -1, "root"),
    "a changed subject": (("changes", 0, "subject"), 60, "changes"),
    "the automatic score": (("changes", 0, "automatic"), 0, "changes"),
    "the published score": (("changes", 0, "published"), 0, "changes"),
    "the reason of a change": (("changes", 1, "reason"), 0, "changes"),
}


def changed(path: Path, at: int) -> bytes:
    document: Any = json.loads(good())
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = flip(inner[path[-1]], at % len(inner[path[-1]]))
    bad = encode(document)
    assert sum(a != b for a, b in zip(bad, good(), strict=True)) == 1
    return bad


def test_changes__at_least_thirty_kinds__are_tried() -> None:
    assert len(CHANGES) >= 30


@pytest.mark.parametrize("name", CHANGES)
def test_verify__one_byte_changed__is_refused_by_its_step(name: str) -> None:
    path, at, step = CHANGES[name]
    with pytest.raises(DocumentError) as refusal:
        verify(changed(path, at), posted())
    assert refusal.value.step == step
    assert refusal.value.next_step


@given(st.data())
def test_verify__any_byte_changed_to_any_other__is_refused(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(good()) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda each: each != good()[at]))
    bad = good()[:at] + bytes([byte]) + good()[at + 1 :]
    with pytest.raises(DocumentError) as refusal:
        verify(bad, posted())
    assert refusal.value.step


EDITS: dict[str, tuple[Callable[[Any], object], str, str]] = {
    "leaves swapped": (
        lambda d: d["leaves"].insert(0, d["leaves"].pop(1)),
        "leaves",
        "leaf 1 is out of order",
    ),
    "a leaf twice": (
        lambda d: (d["leaves"].insert(1, d["leaves"][0]), d.update(leaf_count="42")),
        "leaves",
        "leaf 1 is a duplicate",
    ),
    "a leaf of zero": (lambda d: d["leaves"][2].update(cred="0"), "leaves", "leaf 2 has cred 0"),
    "a negative leaf": (
        lambda d: d["leaves"][2].update(cred="-5"),
        "form of leaves[2].cred",
        "is not a whole number in digits",
    ),
    "a leaf left out": (
        lambda d: (d["leaves"].pop(), d.update(leaf_count="40")),
        "leaves",
        "policy and exclusions give",
    ),
    "a leaf for an excluded person": (lambda d: d["exclusions"].pop(), "leaves", "leaf of 0"),
    "cred moved between two leaves": (
        lambda d: (
            d["leaves"][0].update(cred=str(int(d["leaves"][0]["cred"]) + 1)),
            d["leaves"][1].update(cred=str(int(d["leaves"][1]["cred"]) - 1)),
        ),
        "leaves",
        "policy and exclusions give",
    ),
    "people swapped": (
        lambda d: d["people"].insert(0, d["people"].pop(1)),
        "people",
        "out of order or there twice",
    ),
    "a week left out": (
        lambda d: d["people"][7].update(
            weekly=d["people"][7]["weekly"][:3],
            cred=str(sum(map(int, d["people"][7]["weekly"][:3]))),
        ),
        "people",
        "lacks a week",
    ),
    "exclusions swapped": (lambda d: d["exclusions"].reverse(), "exclusions", "are not sorted"),
    "an exclusion without a reason": (
        lambda d: d["exclusions"][0].update(reason=" "),
        "exclusions",
        "is excluded without a reason",
    ),
    "a cap above all": (
        lambda d: d.update(signer_cap_bps="10001"),
        "signers",
        "the signers' cap is 10001",
    ),
    "signers swapped": (lambda d: d["signers"].reverse(), "signers", "out of order"),
    "an input left out": (lambda d: d["inputs"].pop(), "inputs", "the inputs are not"),
    "weights left out": (lambda d: d.update(weights=None), "weights", "are not those whose hash"),
    "no previous": (lambda d: d.update(previous=None), "epoch", "does not follow the last, 0"),
    "a field more": (lambda d: d.update(more="x"), "form of document", "exactly the fields"),
    "a field less": (lambda d: d.pop("changes"), "form of document", "exactly the fields"),
    "a field more inside": (
        lambda d: d["people"][0].update(more="x"),
        "form of people[0]",
        "exactly the fields",
    ),
    "a list for a text": (lambda d: d.update(root=[]), "form of root", "is not a text"),
    "a text for a list": (lambda d: d.update(leaves="x"), "form of leaves", "is not a list"),
    "a text for an object": (
        lambda d: d["policy"].update(parameters="x"),
        "form of policy.parameters",
        "is not an object",
    ),
    "a parameter the policy lacks": (
        lambda d: d["policy"].update(parameters={"decay": "1"}),
        "policy",
        "has no parameter 'decay'",
    ),
    "leading zero": (
        lambda d: d.update(total="0" + d["total"]),
        "form of total",
        "is not a whole number in digits",
    ),
    "beyond 256 bits": (
        lambda d: d.update(total=str(2**256)),
        "form of total",
        "is not a whole number in digits",
    ),
    "upper-case hash": (
        lambda d: d.update(root="0x" + d["root"][2:].upper()),
        "form of root",
        "is not in its one spelling",
    ),
    "lower-case address": (
        lambda d: d["signers"][0].update(account=d["signers"][0]["account"].lower()),
        "form of signers[0].account",
        "is not in its one spelling",
    ),
    "a hash too short": (
        lambda d: d.update(root=d["root"][:-1]),
        "form of root",
        "is not 32 bytes of hex",
    ),
    "the zero subject": (
        lambda d: d["leaves"][0].update(subject="0x" + "00" * 32),
        "form of leaves[0].subject",
        "the zero address cannot be paid",
    ),
    "no weeks": (
        lambda d: d["period"].update(end_ms=d["period"]["first_start_ms"]),
        "form of period",
        "whole weeks",
    ),
    "chain zero": (lambda d: d.update(chain_id="0"), "place", "the chain id is 0"),
    "pool = distributor": (lambda d: d.update(pool=d["distributor"]), "place", "two addresses"),
}


@pytest.mark.parametrize("name", EDITS)
def test_verify__an_edited_document__is_refused_by_its_step(name: str) -> None:
    change, step, says = EDITS[name]
    with pytest.raises(DocumentError, match=says) as refusal:
        verify(edit(change))
    assert refusal.value.step == step


def test_verify__leaves_that_make_no_tree__are_refused_at_the_root() -> None:
    def huge(document: Any) -> None:
        person = next(p for p in document["people"] if int(p["cred"]) > 0)
        old = int(person["cred"])
        person.update(weekly=[str(2**128), "0", "0", "0"], cred=str(2**128))
        leaf = next(x for x in document["leaves"] if x["subject"] == person["subject"])
        leaf.update(cred=str(2**128))
        document.update(total=str(int(document["total"]) - old + 2**128))

    with pytest.raises(DocumentError, match="2\\^128 or more") as refusal:
        verify(edit(huge))
    assert refusal.value.step == "root"


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", good()[:-1], good() + b"\n"])
def test_read__other_bytes__are_refused_as_a_form(data: bytes) -> None:
    with pytest.raises(DocumentError) as refusal:
        read(data)
    assert refusal.value.step.startswith("form")
