# SPDX-License-Identifier: AGPL-3.0-only
"""What `make builds` compares by: the digest of a walk, and when builds agree."""

from collections.abc import Callable

import pytest

from bench import builds
from bench.builds import Found, Made, agreed, walked
from bench.digest import taken
from tests.contracts.changed import Tree
from tests.properties.chain import Outcome
from tests.properties.walk import Walk

CALLS = 150
NAMED, OTHER = "0x" + "a1" * 20, "0x" + "b2" * 20


@pytest.fixture(scope="module")
def walk() -> Walk:
    """Any world: only its chain's `send` is stood in for."""
    return Walk(0)


def digest(walk: Walk, monkeypatch: pytest.MonkeyPatch, *sent: tuple[str, bytes, Outcome]) -> str:
    """Of these calls, each to an address, with some bytes and what came of it."""
    ends = iter([end for _, _, end in sent])
    monkeypatch.setattr(walk.world.chain, "send", lambda *_: next(ends))
    with taken(walk) as found:
        for to, data, _ in sent:
            walk.world.chain.send(NAMED, to, data)
    return found.hexdigest()


def done(data: bytes) -> Outcome:
    """A call that went through with this answer."""
    return Outcome(True, data, "", [])


def word(address: str) -> bytes:
    """An address in its word."""
    return bytes.fromhex(address[2:]).rjust(32, b"\0")


def test_digest__another_address_throughout__is_the_same(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    third = "0x" + "c3" * 20
    one = [(OTHER, b"call" + word(OTHER), done(word(OTHER))), (NAMED, b"call", done(b""))]
    two = [(third, b"call" + word(third), done(word(third))), (NAMED, b"call", done(b""))]
    assert digest(walk, monkeypatch, *one) == digest(walk, monkeypatch, *two)


@pytest.mark.parametrize(
    "other",
    [
        lambda: (OTHER, b"call" + word(OTHER), done(word(NAMED))),  # not the same one any more
        lambda: (OTHER, b"call" + word(OTHER), done((5).to_bytes(32))),  # a number is a number
        lambda: (OTHER, b"tall" + word(OTHER), done(word(OTHER))),
        lambda: (OTHER, b"call" + word(OTHER), Outcome(False, b"", "no", [])),
        lambda: (OTHER, b"call" + word(OTHER), done(word(OTHER))._replace(logs=[(OTHER, (), b"")])),
    ],
)
def test_digest__anything_else__is_another(
    walk: Walk,
    monkeypatch: pytest.MonkeyPatch,
    other: Callable[[], tuple[str, bytes, Outcome]],
) -> None:
    usual = (OTHER, b"call" + word(OTHER), done(word(OTHER)))
    assert digest(walk, monkeypatch, usual) != digest(walk, monkeypatch, other())


def test_walked__same_seed_and_contracts__comes_to_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Made, "artifact", lambda _, name: Tree().artifact(name))
    one, again, other = (walked(Made("gas"), seed, CALLS) for seed in (3, 3, 4))
    assert one == again
    assert one.calls >= CALLS
    assert one.disagreements == []
    assert one.digest != other.digest


def test_agreed__a_digest_or_a_disagreement_apart__is_no() -> None:
    one = Found(1, 5, 5, 0, [], ["a"])
    assert agreed([one, Found(1, 5, 5, 0, [], ["a"])])
    assert not agreed([one, Found(1, 5, 5, 0, [], ["b"])])
    assert not agreed([Found(1, 5, 5, 0, ["seed 0"], ["a"])])


def test_contracts__mocks_too__are_all_made() -> None:
    assert {"Governor", "Pool", "CredDistributor", "Puppet", "TestDollar"} <= set(
        builds.contracts()
    )
