# SPDX-License-Identifier: AGPL-3.0-only
"""What a proposal would do: decoded by name, told in a sentence, honest where it cannot be."""

from collections.abc import Callable
from typing import Any

import pytest

from millpond.chain import abi
from tests.api.site import POOL, Site
from tests.api.story import BAD_UTF8, DOLLARS, GRAIN, Story
from tests.contracts.coop import CLASSES, ZERO
from tests.contracts.distributors import Policy
from tests.contracts.evm import ETH, address_of

Call = tuple[Any, int, bytes]
ACCOUNT, OTHER = "0x" + "11" * 20, "0x" + "22" * 20


def _actions(site: Site, *calls: Call) -> list[dict[str, Any]]:
    """The calls as a proposal shows them."""
    proposal = site.story.coop.propose(*calls)
    site.story.tell()
    full = site.data(f"{POOL}/proposals/{proposal.id}")
    for action, (target, value, data) in zip(full["actions"], calls, strict=True):
        assert action["target"] == address_of(target)
        assert action["value"]["amount"] == str(value)
        assert action["calldata"] == "0x" + data.hex()
        assert (action["call"] is None) == (action["undecoded"] is not None)
    actions: list[dict[str, Any]] = full["actions"]
    return actions


def _values(action: dict[str, Any]) -> dict[str, Any]:
    return {each["name"]: each["value"] for each in action["call"]["arguments"]}


def _made(story: Story, contract: str, function: str) -> Call:
    """A call of a part of the pool, with arguments of the right types."""
    part = {
        "Pool": story.coop.pool,
        "Governor": story.coop.governor,
        "Admission": story.coop.admission,
        "CredDistributor": story.coop.distributor,
        "Grain": story.coop.grain,
        "Identity": story.coop.identity,
        "ERC-20 token": story.dollar,
    }[contract]
    policy = Policy(story.dollar, 0).values()
    arguments: dict[str, tuple[Any, ...]] = {
        "spend": (0, ETH, ACCOUNT, 10**18),
        "move": (0, 1, ETH, 5 * 10**17),
        "open_earmark": (1, "ipfs://why", b"\x01" * 32, ZERO, False, 0, b""),
        "admit": ([ACCOUNT, OTHER],),
        "remove": (ACCOUNT,),
        "expel": (ACCOUNT, 2),
        "rebind": (ACCOUNT, OTHER),
        "set_rules": ([rule.values() for rule in CLASSES],),
        "install": (ACCOUNT, bytes(4)),
        "offer": ([ACCOUNT], 1_800_000_000),
        "set_ways": ((True, True, 2, 5000, 604_800, ACCOUNT),),
        "set_policy": (policy,),
        "set_maintainers": ([(ACCOUNT, []), (OTHER, [b"\x05" * 32])], 2),
        "set_season": (12,),
        "set_minter": (ACCOUNT, True),
        "set_attesters": (story.coop.pool, [ACCOUNT, OTHER], 2),
        "set_attesting_pools": (story.coop.pool, [ACCOUNT]),
        "cancel_link": (story.coop.pool, b"\x07" * 32, ACCOUNT),
        "confirm_link": (story.coop.pool, b"\x07" * 32, ACCOUNT),
        "transfer": (ACCOUNT, 25 * DOLLARS),
        "approve": (ACCOUNT, 25 * DOLLARS),
    }
    return part, 0, part.calldata(function, *arguments[function])


SENTENCES = {
    ("Pool", "spend"): f"Pay 1.00 ETH out of the general fund to {ACCOUNT}.",
    ("Pool", "move"): "Move 0.50 ETH from the general fund to earmark 1.",
    ("Pool", "open_earmark"): (
        f'Open earmark 1 for the purpose written at "ipfs://why" (its hash is 0x{"01" * 32}). '
        "The members spend it by vote. It has no end."
    ),
    ("Governor", "admit"): (f"Admit {ACCOUNT} and {OTHER} as members."),
    ("Governor", "remove"): f"End the membership of {ACCOUNT}.",
    ("Governor", "rebind"): (
        f"Move the seat of {ACCOUNT} to {OTHER}, an account of the same person."
    ),
    ("Governor", "set_rules"): (
        "Set new rules for proposals to come. "
        "ordinary: notice 1 day, vote 5 days, timelock 2 days, to be carried out within 14 days, "
        "quorum 20 %, approval 50 %, early close allowed; "
        "membership: notice 2 days, vote 7 days, timelock 3 days, to be carried out within "
        "15 days, quorum 25 %, approval 70 %, early close allowed; "
        "rules: notice 3 days, vote 8 days, timelock 4 days, to be carried out within 16 days, "
        "quorum 30 %, approval 66.67 %, early close allowed; "
        "consent: notice no time, vote 7 days, timelock no time, to be carried out within 17 days, "
        "quorum 10 %, approval 0 %, early close allowed."
    ),
    ("Governor", "install"): (
        f"Make the contract {ACCOUNT} a part of this pool: from then on calling it takes a vote of "
        "the rules class."
    ),
    ("Admission", "expel"): (
        f"End the membership of {ACCOUNT} (number 2 of hers), whatever key her seat has moved to "
        "by then."
    ),
    ("Admission", "offer"): (
        f"Offer membership to {ACCOUNT}; each becomes a member when she accepts by "
        "15 January 2027, 08:00 UTC."
    ),
    ("Admission", "set_ways"): (
        "Change the ways to become a member: by an offer of the members, by invitation (an "
        f"invitation takes 2 members), by the gate {ACCOUNT}; in 7 days at most 50 % of the "
        "membership, but always one."
    ),
    ("CredDistributor", "set_policy"): (
        "Change how the distributor pays, from the next epoch on. It is paid out by cred: every "
        "28 days 100 % of what the general fund received in TUSD, and 1,000.00 MILL; nobody is "
        "sent less than 5.00 TUSD unless she asks; claims stay open for 365 days. In a review "
        "maintainers may strike out 20 % of all cred at most; 2 members can put it back."
    ),
    ("CredDistributor", "set_maintainers"): (
        f"Make {ACCOUNT} and {OTHER} (whose own are the leaves 0x{'05' * 32}) the maintainers; "
        "2 of them must sign a distribution."
    ),
    ("CredDistributor", "set_season"): "Start another season: 12 epochs may be paid.",
    ("Grain", "set_minter"): f"Let {ACCOUNT} create grain.",
    ("Identity", "set_attesters"): (
        f"Make {ACCOUNT} and {OTHER} the attesters of identities for this pool; "
        "2 of them must sign a link."
    ),
    ("Identity", "cancel_link"): (
        f"Take away the link of identity 0x{'07' * 32} to {ACCOUNT} by the attesters of this pool."
    ),
    ("Identity", "confirm_link"): (
        f"Let the link of identity 0x{'07' * 32} to {ACCOUNT} by the attesters of this pool count, "
        "although somebody objected."
    ),
    ("ERC-20 token", "transfer"): f"Transfer 25.00 TUSD from the Governor to {ACCOUNT}.",
    ("ERC-20 token", "approve"): f"Let {ACCOUNT} take 25.00 TUSD from the Governor.",
}


def test_class_name__every_proposal_of_a_year__is_the_strictest_of_its_calls(site: Site) -> None:
    """Told call by call in Python, kept by the mirror in SQL."""
    found = site.data(f"{POOL}/proposals?limit=100")
    order = ("ordinary", "membership", "rules", "consent")
    for proposal in found:
        full = site.data(f"{POOL}/proposals/{proposal['id']}")
        told = max((each["class_name"] for each in full["actions"]), key=order.index)
        assert told == proposal["class_name"]
        assert all(each["class_reason"] for each in full["actions"])
    assert len(found) > 3


def test_sentence__a_consent_proposal__says_what_it_makes_final(site: Site) -> None:
    found = site.data(f"{POOL}/proposals/{site.story.posts[2].proposal.id}")
    [action] = found["actions"]
    assert action["sentence"] == (
        "Make the distribution of epoch 2 (attempt 1) final. From then on everybody in it can be "
        "paid."
    )
    assert action["warnings"] == []


@pytest.fixture
def funded(young: Site) -> Site:
    """Its pool has had money in TUSD, so that token is known."""
    young.story.coop.give(1, young.story.dollar)
    return young


@pytest.mark.parametrize(("contract", "function"), SENTENCES)
def test_sentence__a_call__says_what_it_does(funded: Site, contract: str, function: str) -> None:
    [action] = _actions(funded, _made(funded.story, contract, function))
    assert action["sentence"] == SENTENCES[contract, function]
    assert (action["call"]["contract"], action["call"]["function"]) == (contract, function)


def test_decode__arguments__come_by_name_with_amounts_of_their_asset(funded: Site) -> None:
    [spend] = _actions(funded, _made(funded.story, "Pool", "spend"))
    assert _values(spend) == {
        "earmark_id": "0",
        "asset": ETH,
        "to": ACCOUNT,
        "amount": str(10**18),
    }
    money = {each["name"]: each["money"] for each in spend["call"]["arguments"]}
    eth = {"address": ETH, "symbol": "ETH", "decimals": 18}
    assert money["amount"] == {"amount": str(10**18), "asset": eth}
    assert {name for name, each in money.items() if each} == {"amount"}
    assert spend["call"]["signature"] == "spend(uint256,address,address,uint256)"
    assert (spend["target_kind"], spend["class_name"]) == ("Pool", "ordinary")


def test_decode__structs_and_lists__keep_their_shape(funded: Site) -> None:
    [action] = _actions(funded, _made(funded.story, "CredDistributor", "set_maintainers"))
    assert _values(action)["members"] == [
        {"account": ACCOUNT, "subjects": []},
        {"account": OTHER, "subjects": ["0x" + "05" * 32]},
    ]


def test_decode__an_earmark_for_the_distributor__shows_the_policy_in_its_parameters(
    funded: Site,
) -> None:
    story = funded.story
    policy = Policy(story.dollar, 1, payout_bps=2_500, signer_cap_bps=1_000, grain_per_epoch=GRAIN)
    [action] = _actions(funded, story.coop.opening(story.coop.distributor, True, policy.params()))
    found = action["call"]["policy"]
    assert (found["payout_bps"], found["signer_cap_bps"], found["income_earmark"]) == (
        2_500,
        1_000,
        1,
    )
    assert found["grain_per_epoch"]["asset"]["symbol"] == "MILL"
    assert "25 % of what earmark 1 received in TUSD" in action["sentence"]
    assert "A maintainer gets at most 10 % of a pot." in action["sentence"]


def test_decode__parameters_that_are_no_policy__are_shown_as_bytes(funded: Site) -> None:
    coop = funded.story.coop
    [action] = _actions(funded, coop.opening(coop.distributor, True, b"\xff" * 300))
    assert action["call"]["policy"] is None
    assert _values(action)["params"] == "0x" + "ff" * 300


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (lambda s: (s.evm.actor("nobody"), 0, b"\xde\xad\xbe\xef"), "none of this Hub's"),
        (lambda s: (s.coop.pool, 0, b"\xde\xad\xbe\xef"), "no function with selector 0xdeadbeef"),
        (lambda s: (s.coop.pool, 0, b"\xde\xad"), "too few"),
        (lambda s: (s.coop.pool, 0, s.coop.pool.calldata("sync", ETH)[:20]), "arguments"),
        (lambda s: (s.dollar, 0, s.dollar.calldata("mint", ACCOUNT, 5)), "no function"),
    ],
)
def test_decode__what_cannot_be__says_so_and_why(
    funded: Site, call: Callable[[Story], Call], why: str
) -> None:
    [action] = _actions(funded, call(funded.story))
    assert action["call"] is None
    assert why in action["undecoded"]
    assert "could not be decoded" in action["sentence"]
    assert any(why in each for each in action["warnings"])


def test_decode__a_plain_payment__is_told_as_one(young: Site) -> None:
    [action] = _actions(young, (young.story.evm.actor("payee"), 10**18, b""))
    assert action["sentence"] == f"Send 1.00 ETH to {young.story.evm.actor('payee').address}."
    assert "only sends ETH" in action["undecoded"]


def test_decode__eth_that_goes_along__is_told(young: Site) -> None:
    coop = young.story.coop
    [action] = _actions(young, (coop.pool, 5, coop.pool.calldata("sync", ETH)))
    assert action["sentence"].endswith("0.000000000000000005 ETH go along.")


def test_decode__a_contract_of_another_pool__is_told_as_such(young: Site) -> None:
    coop = young.story.coop
    other = coop.hub.create_pool(*coop.order("other"), sender=coop.founders[1]).pool
    [action] = _actions(
        young, (coop.pool.at(other), 0, coop.pool.calldata("spend", 0, ETH, ACCOUNT, 1))
    )
    assert f"This is a contract of another pool, {other}." in action["warnings"]
    assert action["target_pool"] == other


def test_decode__a_text_that_is_no_utf8__is_shown_with_replacement_characters(young: Site) -> None:
    coop = young.story.coop
    place = "~" * len(BAD_UTF8)
    data = coop.pool.calldata("update", 0, place, bytes(32)).replace(place.encode(), BAD_UTF8)
    [action] = _actions(young, (coop.pool, 0, data))
    assert _values(action)["uri"] == "\ufffd\ufffd broken \ufffd("


def test_decode__every_function_of_every_part__by_its_frozen_abi(young: Site) -> None:
    """Whatever a part can be asked to do is decoded back to what was asked."""
    coop = young.story.coop
    kinds = {"Pool": coop.pool, "Governor": coop.governor, "Grain": coop.grain}
    checked = 0
    for kind, part in kinds.items():
        for overloads in abi.load(kind).functions.values():
            for function in overloads:
                if function.mutability in {"view", "pure"} or _has_struct(function):
                    continue
                zeros = [_zero(param.type) for param in function.inputs]
                text = f"{kind} {function.signature}"
                proposal = coop.propose(
                    (part, 0, function.encode(zeros)), text=text, by=_turn(coop, checked)
                )
                checked += 1
                young.story.evm.warp(30 * 86_400)
                young.story.tell()
                full = young.data(f"{POOL}/proposals/{proposal.id}")
                assert full["actions"][0]["call"]["signature"] == function.signature
                # the mirror's own table of classes, in SQL, says the same
                assert full["proposal"]["class_name"] == full["actions"][0]["class_name"]
    assert checked > 30


def _turn(coop: Any, number: int) -> Any:
    return coop.founders[number % len(coop.founders)]


def _has_struct(function: abi.Function) -> bool:
    return any("tuple" in param.type for param in function.inputs)


def _zero(kind: str) -> object:
    if kind.endswith("]"):
        return []
    if kind == "address":
        return ZERO
    if kind.startswith("bytes"):
        return bytes(int(kind[5:] or 0))
    return {"bool": False, "string": ""}.get(kind, 0)
