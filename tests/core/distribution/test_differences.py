# SPDX-License-Identifier: AGPL-3.0-only
"""What differs from the last distribution is listed with its reason, and recomputed from both."""

import json
from dataclasses import replace
from typing import Any

import pytest

from millpond.core.canonical import encode, keccak256
from millpond.core.distribution import (
    Difference,
    Distribution,
    Entered,
    Gain,
    InputFile,
    LogPart,
    Notes,
    Rules,
    build,
    check_before,
    check_gain,
    check_log,
    data_hash,
    previous_of,
    read,
    to_json,
    unchecked,
    verify,
)
from millpond.core.distribution.identity_log import entries_since, log_part
from millpond.core.errors import BadInput, DocumentError
from millpond.core.identity.accounts import github_account
from millpond.core.identity.log import FIRST, Log, Merge, Undo, appended
from millpond.core.policies import policy_named
from millpond.core.subjects import to_hex
from millpond.core.weeks import weeks_of_month
from tests.core import month
from tests.core.month import who

OLD = (
    '[{"type":"sourcecred/weights","version":"0.2.0"},{"edgeWeights":{"E\\u0000likes\\u0000":'
    '{"backwards":1,"forwards":0.50}},"nodeWeights":{"N\\u0000topic\\u0000":8,"N\\u0000x":1}}]'
)
NEW = OLD.replace("0.50", "0.25").replace(',"N\\u0000x":1', ',"N\\u0000post\\u0000":2')
WORTH = Gain(who("decentralion"), 343_827, 351_000)
WHY = {"weights": "proposal 12", "policy": "proposal 13"}
GITHUB = tuple(map(github_account, (1, 2, 3)))


def weights_input(text: str) -> list[InputFile]:
    others = [each for each in month.inputs() if each.name != "weights"]
    return [*others, InputFile("weights", keccak256(text.encode()), "as voted")]


def september(weights: str = OLD, cap: int = 2_500, **more: Any) -> Distribution:
    return build(
        **{
            "chain_id": 1337,
            "pool": month.POOL,
            "distributor": month.DISTRIBUTOR,
            "epoch": 2,
            "history": month.history(),
            "policy": policy_named("proportional", {}),
            "inputs": weights_input(weights),
            "weights": weights,
            "signer_cap_bps": cap,
            "signers": {},
            **more,
        }
    )


def first(**more: Any) -> Distribution:
    """The distribution before: of the weeks of August."""
    august = month.scores().history(weeks_of_month("2019-08"))
    return september(epoch=1, history=august, **more)


def second(**more: Any) -> Distribution:
    return september(**{"previous": previous_of(first()), **more})


def test_differences__nothing_decided__are_none() -> None:
    document = second()
    assert document.differences == ()
    assert verify(to_json(document)) == document
    assert unchecked(document)[-1].startswith("last rules: need the document")


def test_differences__other_weights__are_each_listed_with_what_they_gain() -> None:
    notes = Notes({"weights": "proposal 12"}, WORTH)
    document = second(weights=NEW, notes=notes)
    why = "proposal 12"
    assert document.differences == (
        Difference("weight", "1:edgeWeights:E/likes:forwards", "0.50", "0.25", why),
        Difference("weight", "1:nodeWeights:N/post", "", "2", why),
        Difference("weight", "1:nodeWeights:N/x", "1", "", why),
        Difference("gain", to_hex(who("decentralion")), "34.3827 %", "35.1000 %", why),
    )
    assert verify(to_json(document)) == document
    assert "gain by weights: needs the instance" in unchecked(document)


def test_differences__another_policy_parameter_and_cap__are_listed_under_one_reason() -> None:
    before = first(policy=policy_named("recent", {"discount": "0.16"}))
    document = september(
        previous=previous_of(before),
        policy=policy_named("immediate", {"weeks": "4"}),
        cap=2_000,
        notes=Notes({"policy": "proposal 13"}),
    )
    assert [(each.kind, each.what, each.before, each.after) for each in document.differences] == [
        ("policy", "name", "recent", "immediate"),
        ("policy", "discount", "0.16", ""),
        ("policy", "weeks", "", "4"),
        ("signer cap", "basis points", "2500", "2000"),
    ]
    assert {each.reason for each in document.differences} == {"proposal 13"}
    assert verify(to_json(document)) == document


@pytest.mark.parametrize("text", ["likes: 4", "[" * 40 + "]" * 40, '{"a": 1} x'])
def test_differences__weights_that_are_no_json__differ_as_a_whole(text: str) -> None:
    document = second(weights=text, notes=Notes({"weights": "why"}, WORTH))
    assert Difference("weight", "", "", text, "why") in document.differences


def test_differences__the_same_weights_written_otherwise__are_said_to_be() -> None:
    document = second(weights=OLD + "\n", notes=Notes({"weights": "why"}, WORTH))
    assert document.differences[0].what == "the way the file is written"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"weights": NEW}, "not what they are worth"),
        ({"weights": NEW, "notes": Notes({}, WORTH)}, "given for nothing, and .* is weights"),
        ({"weights": NEW, "notes": Notes({"weights": " "}, WORTH)}, "is weights"),
        ({"weights": NEW, "notes": Notes(WHY, WORTH)}, "given for policy and weights, and"),
        ({"cap": 2_000}, "given for nothing, and .* is policy"),
        ({"notes": Notes({}, WORTH)}, "or the reverse"),
        ({"notes": Notes({"policy": "why"})}, "given for policy, and .* is nothing"),
        ({"notes": Notes({"else": "why"})}, "given for else, and .* is nothing"),
        ({"notes": Notes(log=LogPart(FIRST, FIRST, (Entered("merge", "a is b", " ", "ann"),)))},
         "entry a is b has no reason"),
    ],
)  # fmt: skip
def test_build__a_difference_without_a_reason_or_the_reverse__is_refused(
    more: dict[str, Any], says: str
) -> None:
    with pytest.raises(DocumentError, match=says) as refusal:
        second(**more)
    assert refusal.value.step == "differences"


def test_differences__entries_of_the_identity_log__are_those_since_the_last_one() -> None:
    log = appended(Log(), Merge(GITHUB[0], GITHUB[1], "one person, she says"), 1, "ann")
    head = log.head
    log = appended(log, Merge(GITHUB[0], GITHUB[2], "same mail"), 2, "bob")
    log = appended(log, Undo(2, "another person's mail"), 3, "ann")
    document = second(notes=Notes(log=log_part(log, head)))
    assert [(each.kind, each.what, each.reason) for each in document.differences] == [
        ("identity", "merge github:3 is github:1", "same mail (bob)"),
        ("identity", "undo entry 2", "another person's mail (ann)"),
    ]
    assert verify(to_json(document)) == document
    check_log(document, log.head, lambda before: entries_since(log, before))
    assert "identity log: needs the log" in unchecked(document)
    longer = appended(log, Merge(GITHUB[1], GITHUB[2], "after all"), 4, "ann")
    with pytest.raises(DocumentError, match="another head"):
        check_log(document, longer.head, lambda before: entries_since(longer, before))
    with pytest.raises(DocumentError, match="other entries since"):
        check_log(document, log.head, lambda _: entries_since(log, FIRST))
    with pytest.raises(DocumentError, match="says nothing about the identity log"):
        check_log(second(), log.head, lambda before: entries_since(log, before))
    with pytest.raises(BadInput, match="does not continue"):
        log_part(log, b"\x01" * 32)


def test_check_before__the_document_that_was_last__is_recalled_as_it_is() -> None:
    before = first()
    digest = data_hash(before)
    check_before(second(), before, digest)
    check_before(second(previous=replace(previous_of(before), rules=None)), before, digest)
    with pytest.raises(DocumentError, match="another than the one it names"):
        check_before(second(), before, b"\x01" * 32)
    with pytest.raises(DocumentError, match="another than the one it names"):
        check_before(before, before, digest)
    false = replace(previous_of(before), rules=Rules("proportional", {}, 2_500, NEW))
    document = second(previous=false, weights=NEW)
    with pytest.raises(DocumentError, match="the rules it recalls are not those"):
        check_before(document, before, digest)


def test_check_gain__what_the_instance_gives__is_what_was_noted_to_a_millionth() -> None:
    document = second(weights=NEW, notes=Notes({"weights": "proposal 12"}, WORTH))
    who_ = who("decentralion")
    assert Gain.of(who_, 0.343827, 0.351) == WORTH
    check_gain(document, Gain.of(who_, 0.3438274, 0.3510009))
    for other in (
        Gain.of(who_, 0.343829, 0.351),
        Gain.of(who_, 0.343827, 0.350998),
        Gain.of(who("s_ben"), 0.343827, 0.351),
    ):
        with pytest.raises(DocumentError, match="are worth something else"):
            check_gain(document, other)
    with pytest.raises(DocumentError, match="are worth something else"):
        check_gain(second(), WORTH)


def test_differences__the_last_rules_not_recalled__are_none() -> None:
    document = second(previous=replace(previous_of(first()), rules=None))
    assert document.differences == ()
    assert not any(each.startswith("last rules") for each in unchecked(document))


@pytest.mark.parametrize(
    ("path", "value", "step"),
    [
        (("previous", "rules", "weights"), NEW, "differences"),
        (("previous", "rules", "signer_cap_bps"), "1", "differences"),
        (("previous", "rules", "policy", "name"), "equal", "differences"),
        (("notes", "reasons", "weights"), "another", "differences"),
        (("notes", "gain", "after"), "1", "differences"),
        (("notes", "gain", "proposer"), "0x" + "00" * 32, "form of notes.gain.proposer"),
        (("differences", 0, "after"), "0.5", "differences"),
        (("differences", 0, "kind"), "weights", "differences"),
    ],
)
def test_verify__one_word_changed__is_refused_by_its_step(
    path: tuple[str | int, ...], value: str, step: str
) -> None:
    good = second(weights=NEW, notes=Notes({"weights": "proposal 12"}, WORTH))
    document: Any = json.loads(to_json(good))
    at = document
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = value
    with pytest.raises(DocumentError) as refusal:
        verify(encode(document))
    assert refusal.value.step == step


def test_read__differences_left_out__are_missed() -> None:
    good = second(weights=NEW, notes=Notes({"weights": "proposal 12"}, WORTH))
    document: Any = json.loads(to_json(good))
    document["differences"].pop()
    assert read(encode(document)) != good
    with pytest.raises(DocumentError, match="does not list exactly what differs"):
        verify(encode(document))
