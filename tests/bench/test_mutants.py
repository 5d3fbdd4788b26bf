# SPDX-License-Identifier: AGPL-3.0-only
"""The mistakes that are put into a source: which ones, where exactly, and what they are called."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.mutants.journal import INVALID, KILLED, SURVIVED, Journal, Verdict
from bench.mutants.mutations import Mutant, mutants
from bench.mutants.reading import Lines, Reading
from bench.mutants.report import Report
from bench.mutants.scope import IN_SCOPE, sampled, sources
from bench.mutants.survivors import explanations, mistakes

SAMPLE = '''# pragma nonreentrancy on

LIMIT: constant(uint256) = 5 * DAY
SOME: constant(Bytes[3]) = b"abc"
names: HashMap[address, uint256]


event Said:
    who: indexed(address)
    what: uint256


@external
@payable
def say(what: uint256, times: uint256 = 1):
    """
    @notice Says 3 things and asserts nothing.
    """
    ok: bool = False
    found: uint256 = 0
    ok, found = self._look(what)
    assert what < LIMIT and not self.closed, "sample: 1 too many"
    for i: uint256 in range(times, bound=8):
        self.names[msg.sender] += what
        log Said(who=msg.sender, what=i)
    if (  # a remark: a < b
        staticcall self.other.asks(msg.sender, tx.origin)
        != convert(found, uint8)
    ):
        extcall self.other.tells(what, block.timestamp)
        return


@internal
@view
def _look(what: uint256) -> (bool, uint256):
    return True, unsafe_add(what, 0x10)
'''


def _found(text: str = SAMPLE, **wanted: str) -> list[tuple[str, str]]:
    """What stands there and what it becomes, of the mutants of a kind or function."""
    return [
        (text[each.begin : each.end], each.new)
        for each in mutants("sample.vy", text)
        if all(getattr(each, name) == value for name, value in wanted.items())
    ]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("pragma", [("# pragma nonreentrancy on", "# pragma nonreentrancy off")]),
        ("constant", [("5", "6"), ("5", "4"), ("*", "//")]),
        ("decorator", [("@payable", ""), ("@view", "")]),
        ("relation", [("<", "<="), ("<", ">="), ("!=", "==")]),
        ("logic", [("and", "or"), ("not self.closed", "self.closed")]),
        ("environment", [
            ("msg.sender", "tx.origin"), ("msg.sender", "tx.origin"), ("msg.sender", "tx.origin"),
            ("tx.origin", "msg.sender"), ("block.timestamp", "block.number"),
        ]),
        ("log", [("log Said(who=msg.sender, what=i)", "pass")]),
        ("call", [("extcall self.other.tells(what, block.timestamp)", "pass")]),
        ("bool", [("True", "False")]),
        ("arithmetic", [("+", "-"), ("unsafe_add", "unsafe_sub")]),
        ("return", [
            ("return", "pass"), ("True, unsafe_add(what, 0x10)", "(empty(bool), empty(uint256))")
        ]),
    ],
)  # fmt: skip
def test_mutants__of_each_kind__are_those_that_one_would_make(
    kind: str, expected: list[tuple[str, str]]
) -> None:
    assert _found(kind=kind) == expected


def test_mutants__of_asserts_and_conditions__drop_and_turn_them() -> None:
    holds = "what < LIMIT and not self.closed"
    whole = f'assert {holds}, "sample: 1 too many"'
    assert _found(kind="assert") == [(whole, "pass"), (holds, f"not ({holds})")]
    ((asked, turned),) = _found(kind="condition")
    assert asked.startswith("staticcall self.other")
    assert asked.endswith("convert(found, uint8)")
    assert turned == f"not ({asked})"


def test_mutants__of_arguments__exchange_neighbours() -> None:
    assert _found(kind="swap") == [
        ("msg.sender, what=i", "i, what=msg.sender"),
        ("msg.sender, tx.origin", "tx.origin, msg.sender"),
        ("what, block.timestamp", "block.timestamp, what"),
    ]  # not of unsafe_add: either way is the same sum


def test_mutants__of_numbers__leave_types_texts_and_words_alone() -> None:
    # neither bound=8, uint8, "1 too many" and 0x10, nor the 0 that no statement reads
    assert _found(kind="number") == [("1", "2"), ("1", "0")]


def test_mutants__applied__change_one_place() -> None:
    for each in mutants("sample.vy", SAMPLE):
        text = each.applied(SAMPLE)
        assert text[: each.begin] == SAMPLE[: each.begin]
        assert text[each.begin + len(each.new) :] == SAMPLE[each.end :]
        assert text != SAMPLE


def test_mutants__after_lines_were_added__keep_their_names() -> None:
    before = mutants("sample.vy", SAMPLE)
    moved = SAMPLE.replace("event Said", "# one\n# and two lines more\n\nevent Said")
    after = mutants("sample.vy", moved)
    assert [each.id for each in after] == [each.id for each in before]
    assert [each.line for each in after] != [each.line for each in before]


def test_mutants__on_a_line_that_changed__have_other_names() -> None:
    changed = SAMPLE.replace("what < LIMIT", "what < LIMIT - 1")
    before = {each.id for each in mutants("sample.vy", SAMPLE)}
    gone = before - {each.id for each in mutants("sample.vy", changed)}
    line = SAMPLE[: SAMPLE.index("assert what")].count("\n") + 1
    assert gone == {each.id for each in mutants("sample.vy", SAMPLE) if each.line == line}


def _real() -> Iterator[tuple[str, list[Mutant], str]]:
    for source in sources():
        yield source.file, source.mutants(), source.path.read_text("utf-8")


def test_mutants__of_the_contracts__have_names_of_their_own_and_a_statement_to_look_at() -> None:
    names: list[str] = []
    for file, found, text in _real():
        lines = Lines(Reading(text)).begin
        names += [each.id for each in found]
        lost = [m.id for m in found if m.kind not in ("pragma", "constant") and m.line not in lines]
        assert lost == [], file
    assert len(names) == len(set(names))
    assert len(names) > 4_000


def test_sources__of_a_module_that_several_share__name_all_of_them() -> None:
    by_file = {each.file: each.contracts for each in sources()}
    signed = {"Governor", "Admission", "Grain", "CredDistributor", "Clerk", "Identity"}
    assert set(by_file["modules/signatures.vy"]) == signed
    assert by_file["modules/casting.vy"] == ("Governor",)
    assert {f"{name}.vy" for name in IN_SCOPE} <= set(by_file)
    assert next(iter(by_file)) == "modules/casting.vy"
    with pytest.raises(ValueError, match="in none of Pool"):
        sources(("Pool",), "modules/casting.vy")


def test_sampled__by_parts__takes_each_once_and_the_same_again() -> None:
    found = mutants("sample.vy", SAMPLE)
    fifth = [each for each in found if sampled(each, 1, 5, seed=7)]
    assert 0 < len(fifth) < len(found) / 2
    assert fifth == [each for each in found if sampled(each, 1, 5, seed=7)]
    assert fifth != [each for each in found if sampled(each, 1, 5, seed=8)]
    assert all(sampled(each, 5, 5, seed=7) for each in found)


def _verdicts(*ends: str) -> tuple[list[Mutant], dict[str, Verdict]]:
    found = mutants("sample.vy", SAMPLE)[: len(ends)]
    pairs = zip(found, ends, strict=True)
    return found, {m.id: Verdict(m.id, "source", m.id, end) for m, end in pairs if end}


def test_report__some_invalid_and_some_not_judged__scores_the_others() -> None:
    found, verdicts = _verdicts(INVALID, KILLED, KILLED, SURVIVED, "")
    names = {each.id for each in found}
    report = Report(found, verdicts, {}, names)
    whole = report.whole.as_json()
    assert (whole["generated"], whole["judged"], whole["valid"]) == (5, 4, 3)
    assert (whole["killed"], whole["survived"], whole["score"]) == (2, 1, 0.6667)
    assert report.unexplained == [found[3]]
    assert not report.is_enough
    assert not Report(found, verdicts, {found[3].id: "equivalent"}, names).is_enough


def test_report__all_noticed__is_enough_unless_one_of_them_has_an_excuse() -> None:
    found, verdicts = _verdicts(INVALID, KILLED, KILLED)
    names = {each.id for each in found}
    assert Report(found, verdicts, {}, names).is_enough
    report = Report(found, verdicts, {found[1].id: "equivalent"}, names)
    assert report.mistakes == [f"{found[1].id} is explained, but it does not live"]
    assert not report.is_enough


def test_mistakes__of_explanations__are_those_of_none_and_of_dead_ones() -> None:
    wrong = mistakes({"a": "", "b": "", "c": ""}, {"a", "b"}, {"a": True, "b": False})
    assert wrong == [
        "c is explained, but there is no such mutant",
        "b is explained, but it does not live",
    ]


def test_explanations__in_the_tree__are_of_mutants_that_exist() -> None:
    existing = {each.id for _, found, _ in _real() for each in found}
    assert mistakes(explanations(), existing, {}) == []


def test_journal__kept_for_another_machine__knows_the_latest_of_each(tmp_path: Path) -> None:
    path, kept = tmp_path / "journal.jsonl", tmp_path / "kept.jsonl.gz"
    journal = Journal(path)
    journal.add(Verdict("a", "old", "1", KILLED, "test_a.py::test_a"))
    journal.add(Verdict("a", "new", "2", SURVIVED))
    journal.add(Verdict("b", "1", "3", KILLED, "test_b.py::test_b"))
    assert journal.keep(kept) == 2
    first = kept.read_bytes()
    other = Journal(tmp_path / "none.jsonl", kept)
    assert other.known("a", "new", lambda _: True) == Verdict("a", "new", "2", SURVIVED)
    assert other.known("a", "old", lambda _: True) is None
    assert other.last_killer("b") == "test_b.py::test_b"
    assert other.keep(kept) == 2
    assert kept.read_bytes() == first


def test_journal__read_again__knows_what_holds(tmp_path: Path) -> None:
    path = tmp_path / "here" / "journal.jsonl"
    killed = Verdict("a", "1", "code", KILLED, "test", "v1")
    Journal(path).add(killed)
    Journal(path).add(Verdict("b", "2", "", INVALID))
    again = Journal(path)
    assert again.known("a", "1", lambda verdict: verdict.version == "v1") == killed
    assert again.known("a", "1", lambda verdict: verdict.version == "v2") is None
    assert again.known("a", "other source", lambda _: True) is None
    assert again.of_code("code", lambda _: True) == killed
    assert again.of_code("", lambda _: True) is None


def test_last_killer__after_the_sources_changed__is_still_told(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    Journal(path).add(Verdict("a", "old", "1", KILLED, "test_a.py::test_a"))
    Journal(path).add(Verdict("b", "old", "2", SURVIVED))
    again = Journal(path)
    assert again.known("a", "new", lambda _: True) is None
    assert again.last_killer("a") == "test_a.py::test_a"
    assert again.last_killer("b") is None
