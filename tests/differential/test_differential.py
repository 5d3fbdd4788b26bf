# SPDX-License-Identifier: AGPL-3.0-only
"""Fixed seeds beside OpenZeppelin's; `make differential` compares a million operations."""

from collections.abc import Iterator

import pytest

from bench.differential import TOKENS_SHARE, chains
from tests.contracts.evm import Contract
from tests.differential import motions, tokens
from tests.differential.chambers import ACTIVE
from tests.differential.motions import Governors
from tests.differential.sides import Divergence, Seen
from tests.differential.solidity import beside_ours, missing
from tests.differential.tokens import Call, Tokens

TOKEN_CHAINS, TOKEN_OPERATIONS = 4, 5_000
GOVERNOR_CHAINS, GOVERNOR_OPERATIONS = 8, 500
# What fixed seeds are to go through, or they prove little.
TOKENS_DONE = ("transfer", "transferFrom", "approve", "mint", "permit")
GOVERNORS_DONE = (
    *("propose", "castVote", "castVoteWithReason", "castVoteBySig", "vote_by_signatures"),
    *("cancel", "execute", "admit", "remove"),
)


@pytest.fixture(autouse=True, scope="module")
def reference() -> Iterator[None]:
    """OpenZeppelin's contracts are at hand, or the tests say that they are not."""
    absent = missing()
    if absent:
        pytest.skip(absent)
    with beside_ours():
        yield


@pytest.fixture(scope="module")
def token_walks() -> Seen:
    """What the tokens of a few seeds went through."""
    found = Seen()
    for seed in range(TOKEN_CHAINS):
        found.join(Tokens(seed).run(TOKEN_OPERATIONS).seen)
    return found


@pytest.fixture(scope="module")
def governor_walks() -> Seen:
    """What the Governors of a few seeds went through."""
    found = Seen()
    for seed in range(GOVERNOR_CHAINS):
        found.join(Governors(seed).run(GOVERNOR_OPERATIONS).seen)
    return found


def test_tokens__fixed_seeds__come_out_alike_but_for_what_is_listed(token_walks: Seen) -> None:
    assert token_walks.operations == TOKEN_CHAINS * TOKEN_OPERATIONS
    assert token_walks.share > 0.5
    assert set(token_walks.divergences) == set(tokens.LISTED)
    for function in TOKENS_DONE:
        assert token_walks.done[f"{function} done"] >= 20, token_walks.done
    for how in tokens.WRONG:
        assert token_walks.done[f"permit {how} refused"] >= 5, token_walks.done


def test_governors__fixed_seeds__come_out_alike_but_for_what_is_listed(
    governor_walks: Seen,
) -> None:
    assert governor_walks.operations == GOVERNOR_CHAINS * GOVERNOR_OPERATIONS
    assert governor_walks.share > 0.3
    assert set(governor_walks.divergences) <= set(motions.LISTED)
    assert len(governor_walks.divergences) >= len(motions.LISTED) - 4
    for function in GOVERNORS_DONE:
        assert governor_walks.done[f"{function} done"] >= 5, governor_walks.done


@pytest.mark.parametrize("operations", [1, 7, 12_345, 1_000_000])
def test_chains__so_many_operations__are_shared_out_in_turn(operations: int) -> None:
    found = list(chains(operations))
    assert sum(count for _, count in found) == operations
    governors = sum(count for kind, count in found if kind == "governors")
    assert governors == operations - round(operations * TOKENS_SHARE)
    if operations > 100_000:
        assert {kind for kind, _ in found[:4]} == {"tokens", "governors"}


def reference_of(pair: Tokens | Governors, name: str) -> Contract:
    """The other side, to meddle with."""
    return pair.chain.at(name, pair.theirs.address)


def test_tokens__one_more_on_one_side__is_noticed() -> None:
    pair = Tokens(0)
    baker = pair.people[1].address
    reference_of(pair, "OzToken").mint(baker, 1, sender=pair.minter)
    with pytest.raises(Divergence, match="balanceOf"):
        pair.do(Call("transfer", (baker, 0), baker))


def test_tokens__listed_divergence_that_does_not_happen_here__is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pair = Tokens(0)
    baker = pair.people[1].address
    monkeypatch.setattr(pair, "divergence", lambda _: tokens.TO_ITSELF)
    with pytest.raises(Divergence, match="not as listed"):
        pair.do(Call("approve", (baker, 5), baker))


def test_governors__one_ballot_more_on_one_side__is_noticed() -> None:
    pair = Governors(0)
    while ACTIVE not in pair.states.values():
        pair.step()
    motion = next(each for each, state in pair.states.items() if state == ACTIVE)
    left = [each for each in pair.people if pair._has_ballot_left(motion, each.address)]  # noqa: SLF001
    reference_of(pair, "OzGovernor").castVote(motion.id, 1, sender=left[0])
    with pytest.raises(Divergence, match="proposalVotes"):
        pair.compare_live()


def test_governors__another_word_for_a_refusal__is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = Governors(0)
    monkeypatch.setattr(motions, "REASONS", {})
    with pytest.raises(Divergence, match="reasons that do not belong together"):
        pair.run(300)
