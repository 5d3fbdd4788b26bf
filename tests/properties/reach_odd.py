# SPDX-License-Identifier: AGPL-3.0-only
"""What the three tables of `met.py` must hold: which functions move money, and all that may be odd.

The names of what a token does are those of tests/contracts/odd_tokens.py, where each has a test of
its own.
"""

from functools import cache

from tests.properties.chain import interface, plain_name

# What a token does for a while, whatever it is asked.
WAYS = (
    "honest",
    "answers nothing",
    "moves nothing, says no",
    "moves, says no",
    "moves, says two",
    "refuses",
    "fee out of the amount",
    "fee on top",
    "keeps all",
    "answers at length",
    "burns all gas",
    "calls back",
    "says 2^200",
    "moves nothing, says yes",
    "paused",
    "refuses to move nothing",
    "refuses large amounts",
    "takes the largest for all",
    "allowance from zero only",
    "cannot be asked",
    "burns all gas when asked",
    "says half",
    "burns the rest",
    "moves it back",
)
# What has happened to it, or to the pool's own.
FATES = (
    "rebased up",
    "rebased up by a third",
    "rebased down",
    "rebased down, and the loss accepted",
    "a unit was burnt",
    "lost its code",
    "near 2^256 about",
)
POOL_LISTED, PAYEE_LISTED, GIVER_LISTED = (
    "pool on its list",
    "payees on its list",
    "patron on its list",
)
LOOKED_AT = (*WAYS, *FATES)
TAKEN = (*LOOKED_AT, POOL_LISTED, GIVER_LISTED)
PAID = (*LOOKED_AT, POOL_LISTED, PAYEE_LISTED)
# What comes in and goes out at the door is of the pool's own asset, which its books see no loss of.
SEASON = tuple(each for each in LOOKED_AT if each != "rebased down, and the loss accepted")
ENTERED = (*(each for each in SEASON if each != "lost its code"), POOL_LISTED, GIVER_LISTED)
REFUNDED = (*SEASON, POOL_LISTED, PAYEE_LISTED)

TOKENS: dict[str, tuple[str, ...]] = {
    "Pool.give": TAKEN,
    "Pool.give_with_permit": TAKEN,
    "Pool.sync": LOOKED_AT,
    "Pool.put_back": LOOKED_AT,
    "Pool.accept_loss": LOOKED_AT,
    "Pool.spend": PAID,
    "Pool.release": PAID,
    "Pool.release_many": PAID,
    "Pool.reclaim": PAID,
    "Pool.withdraw": PAID,
    "Admission.accept": ENTERED,
    "Admission.accept_for": ENTERED,
    "Admission.join": ENTERED,
    "Admission.join_by_gate": ENTERED,
    "Admission.leave": REFUNDED,
    "Admission.refund_buy_in": REFUNDED,
    "CredDistributor.claim": WAYS,
    "CredDistributor.claim_many": WAYS,
    "CredDistributor.payday": WAYS,
    "Governor.execute": WAYS,
}

DOINGS = (
    "a person",
    "an empty account",
    "honest",
    "refuses",
    "burns all gas",
    "answers at length",
    "calls back",
    "is slow",
    "has no door",
    "a wallet",
    "a delegated account",
)
PAYEES: dict[str, tuple[str, ...]] = {
    "Pool.spend": DOINGS,
    "Pool.release": DOINGS,
    "Pool.release_many": DOINGS,
    # whoever gave, leaves or is owed has called before: no empty account has
    "Pool.reclaim": tuple(each for each in DOINGS if each != "an empty account"),
    "Pool.withdraw": DOINGS,
    "Admission.leave": tuple(each for each in DOINGS if each != "an empty account"),
    "Admission.refund_buy_in": tuple(each for each in DOINGS if each != "an empty account"),
    "CredDistributor.claim": DOINGS,
    "CredDistributor.claim_many": DOINGS,
    "CredDistributor.payday": DOINGS,
    "Governor.execute": DOINGS,
}

# Through what an attacker's contract is called while one of ours is under way.
HOOKS = (
    "a token's transfer",
    "ETH",
    "ERC-721",
    "ERC-1155",
    "an opening",
    "a vote",
    "ERC-1271",
    "a gate",
)
ATTACKED = (
    *("Governor", "Admission", "Hub", "Pool", "Grain", "CredDistributor", "Clerk", "Identity"),
)


@cache
def entries() -> frozenset[str]:
    """Every function of ours that may change something."""
    return frozenset(
        f"{contract}.{plain_name(name)}"
        for contract in ATTACKED
        for name, function in interface(contract)[0].items()
        if not function.view
    )
