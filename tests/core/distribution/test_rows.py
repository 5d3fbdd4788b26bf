# SPDX-License-Identifier: AGPL-3.0-only
"""The long lists of a document: written in pieces, read in blocks, and never another content."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.speed_child import month as many
from millpond.core import canonical
from millpond.core.canonical import decode, encode, keccak256, keccak256_of, pieces, without_rows
from millpond.core.cred import CredHistory, PersonCred
from millpond.core.distribution import build, data_hash, in_pieces, read, to_json, verify
from millpond.core.distribution.form import At
from millpond.core.distribution.rows import leaf_row, person_row, read_leaves, read_people
from millpond.core.errors import CanonicalError, DocumentError
from millpond.core.policies import policy_named
from millpond.core.subjects import Subject, of_identity, to_hex
from millpond.core.units import MicroCred
from tests.core import month
from tests.core.month import edit, good

# Names that look like the ends of rows and lists, and all that JSON escapes.
AWKWARD = st.text(st.sampled_from('},{[]":\\ab\n\u2028é\x7f'), min_size=1)
CREDS = st.integers(0, 2**127).map(MicroCred)


def person(name: str | None, weekly: list[MicroCred], number: int = 1) -> PersonCred:
    return PersonCred(Subject(number.to_bytes(32, "big")), name, tuple(weekly))


def as_json(each: PersonCred) -> dict[str, object]:
    return {"subject": to_hex(each.subject), "identity": each.identity,
            "weekly": each.weekly, "cred": each.cred}  # fmt: skip


def big(count: int) -> Any:
    return build(
        chain_id=1,
        pool=month.POOL,
        distributor=month.DISTRIBUTOR,
        epoch=1,
        history=many(count),
        policy=policy_named("proportional", {}),
        inputs=month.inputs(),
        signer_cap_bps=10_000,
        signers={},
    )


@given(AWKWARD | st.none(), st.lists(CREDS, min_size=1, max_size=4))
def test_person_row__any_name_and_cred__is_what_the_encoder_writes(
    name: str | None, weekly: list[MicroCred]
) -> None:
    each = person(name, weekly)
    assert person_row(each).encode() == encode(as_json(each))
    leaf = each.subject, each.cred
    expected = encode({"subject": to_hex(each.subject), "cred": each.cred})
    assert leaf_row(leaf).encode() == expected


@given(st.lists(st.tuples(AWKWARD | st.none(), st.lists(CREDS, min_size=2, max_size=2))))
def test_read_people__what_it_reads_at_all__is_what_was_written(
    given_: list[tuple[str | None, list[MicroCred]]],
) -> None:
    people = [person(name, weekly, at + 1) for at, (name, weekly) in enumerate(given_)]
    block = ",".join(map(person_row, people)).encode()
    found = read_people(block)
    simple = all(not set(p.identity or "") & set('"\\\n') and p.cred < 10**38 for p in people)
    assert found == (people if simple else None)
    leaves = [(p.subject, p.cred) for p in people]
    read_ = read_leaves(",".join(map(leaf_row, leaves)).encode())
    assert read_ == (leaves if all(cred < 10**38 for _, cred in leaves) else None)


def test_read_people__any_byte_changed__gives_nothing_or_another_canonical_row() -> None:
    row = person_row(person("github:1", [MicroCred(12), MicroCred(0)])).encode()
    for at in range(len(row)):
        for byte in b'0129af"\\{}[],: \n\x00\xff':
            changed = row[:at] + bytes([byte]) + row[at + 1 :]
            found = read_people(changed)
            if found is not None:
                assert ",".join(map(person_row, found)).encode() == changed


def test_pieces__a_large_document__have_the_hash_of_the_encoder() -> None:
    document = big(9_000)
    members = dict(read_json(to_json(document)))
    plain = encode(members)
    assert keccak256_of(in_pieces(document)) == keccak256(plain) == data_hash(document)
    assert len(list(in_pieces(document))) > len(members)
    assert read(plain) == document


def read_json(data: bytes) -> Any:
    return json.loads(data)


@pytest.mark.parametrize("rows", [[], ["{}"], ['{"a":"1"}', '{"a":"2"}']])
def test_pieces__a_list_given_row_by_row__is_that_of_the_encoder(rows: list[str]) -> None:
    members = {"z": 1, "long": iter(rows), "a": None}
    plain = {"z": 1, "long": [json.loads(row) for row in rows], "a": None}
    assert b"".join(pieces(members)) == encode(plain)
    assert b"".join(pieces({})) == encode({})


def test_pieces__half_of_a_surrogate_pair__is_refused() -> None:
    with pytest.raises(CanonicalError, match="surrogate"):
        list(pieces({"a": iter([canonical.text("\ud800")])}))


OBJECTS = st.dictionaries(st.sampled_from(["cred", "x"]), AWKWARD, min_size=1)
OUTER = st.fixed_dictionaries(
    {"leaves": st.lists(OBJECTS), "people": st.lists(OBJECTS), "zz": AWKWARD, "a": AWKWARD}
)


@given(OUTER, st.sampled_from([1, 7, 1 << 20]))
def test_without_rows__texts_that_look_like_rows__never_mislead(
    value: dict[str, Any], block: int
) -> None:
    data = encode(value)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(canonical, "_BLOCK", block)
        rest, rows = without_rows(data, ("leaves", "people"))
        found: Any = decode(rest)
        for name, blocks in rows.items():
            assert found[name] == []
            found[name] = [row for each in blocks for row in read_json(b"[" + each + b"]")]
    assert found == value


def test_without_rows__a_list_within__stays_where_it_is() -> None:
    inner = encode({"a": {"leaves": [{"cred": "1"}], "z": "1"}, "leaves": [], "z": "1"})
    assert without_rows(inner, ["leaves"]) == (inner, {})
    last = encode({"leaves": [{"cred": "1"}]})
    assert without_rows(last, ["leaves"]) == (last, {})


def spaced(data: bytes) -> bytes:
    return data.replace(b'"},{"cred"', b'"}, {"cred"', 1)


def doubled(data: bytes) -> bytes:
    at = data.index(b'"leaves":[') + len(b'"leaves":[')
    end = data.index(b"},{", at) + 1
    return data[:at] + data[at:end] + b",," + data[end + 1 :]


def unsorted(data: bytes) -> bytes:
    at = data.index(b'"leaves":[') + len(b'"leaves":[')
    end = data.index(b"}", at)
    cred, subject = data[at + 1 : end].split(b",")
    return data[:at] + b"{" + subject + b"," + cred + data[end:]


@pytest.mark.parametrize("change", [spaced, doubled, unsorted])
def test_read__rows_that_are_not_canonical__are_refused(
    change: Callable[[bytes], bytes],
) -> None:
    with pytest.raises(DocumentError) as refusal:
        read(change(good()))
    assert refusal.value.step == "form"


def test_read__a_wrong_row_in_a_later_block__is_named_by_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(canonical, "_BLOCK", 500)
    with pytest.raises(DocumentError, match=r"leaves\[30\]\.cred is not a whole number"):
        read(edit(lambda d: d["leaves"][30].update(cred="007")))
    with pytest.raises(DocumentError, match=r"people\[50\]\.cred is 1, her weeks add up to"):
        read(edit(lambda d: d["people"][50].update(cred="1")))
    assert verify(good()) == month.rich()


def test_read__names_with_escapes__come_back() -> None:
    name = 'x:"},{"cred":"\n\\'
    strange = PersonCred(of_identity(name), name, (MicroCred(7),) * 4)
    history = month.history()
    people = tuple(sorted((*history.people, strange), key=lambda each: each.subject))
    document = build(
        chain_id=1,
        pool=month.POOL,
        distributor=month.DISTRIBUTOR,
        epoch=1,
        history=CredHistory(history.weeks, people),
        policy=policy_named("proportional", {}),
        inputs=month.inputs(),
        signer_cap_bps=10_000,
        signers={},
    )
    again = read(to_json(document))
    assert again == document
    assert again.person(strange.subject) == strange


def test_where__a_value_within__is_told_by_its_path() -> None:
    outer = At({"a": [{"b": "1"}]})
    (inner,) = outer.fields("a")
    with pytest.raises(DocumentError, match=r"a\[0\]\.b is not a list"):
        inner.items(lambda each: each.fields("b")[0].creds())


@pytest.mark.parametrize("last", ["},{", "}],"])
def test_without_rows__a_text_that_ends_as_a_row_does__is_not_cut_through(
    last: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canonical, "_BLOCK", 1)
    value = {"leaves": [{"a": last, "x": last}, {"a": "1", "x": last}], "z": "1"}
    rest, rows = without_rows(encode(value), ["leaves"])
    assert decode(rest) == {"leaves": [], "z": "1"}
    assert [read_json(b"[" + each + b"]") for each in rows["leaves"]] == [
        [row] for row in value["leaves"]
    ]
