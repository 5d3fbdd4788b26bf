# SPDX-License-Identifier: AGPL-3.0-only
"""T01: somebody calls a function that is not his to call.

Who and what for: anybody with an account, a member, a maintainer, another co-op's Governor or one
of the pool's own contracts that is made to speak: he admits himself, sets rules, mints grain.
In the world: Parity's wallets (2017), whose initialiser anyone could call, and Poly Network (2021,
$610M), where one contract could be made to call another that trusted it.
The defence: each function says whom it obeys, in its first lines (`changes._require_door`,
`seats._require_governor`, `pool_parts._check_governor`, `attestation._only_governor`, `Grain.vy`).
Below is one table for all of them; a function that is not in it fails the test.
"""

from typing import Any, NamedTuple

import pytest

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.speakers import speaks, spoken
from tests.attacks.votes_weak import OPEN
from tests.contracts.compiled import artifact
from tests.contracts.coop import CLASSES, PURPOSE, ZERO, Coop, Ways, values
from tests.contracts.evm import ETH, Contract, Evm, Reverted
from tests.contracts.registry import GITHUB

PARTS = ("Hub", "Pool", "Governor", "Admission", "Grain", "CredDistributor", "Identity", "Clerk")
MEMBERS = ("creator", "member")

# Open to everybody: who sends it makes no difference, signatures, votes or money do. Other attacks
# are on these.
ANYBODY = {
    "Governor": "castVoteBySig vote_by_signatures vote_by_wallets close execute",
    "Admission": ("accept_for join join_by_gate refund_buy_in rebind_by_sponsors complete_rebind"),
    "Pool": (
        "give give_with_permit lapse reclaim reclaim_for_general_fund sync withdraw "
        "onERC721Received onERC1155Received onERC1155BatchReceived"
    ),
    "Grain": "transfer approve transferFrom permit",
    "CredDistributor": "claim claim_many payday close_epoch void",
    "Clerk": "post withdraw zero_out restore settle_off_chain",
    "Hub": "create_pool make_badges",
    "Identity": "link object_by_signatures",
}


class Door(NamedTuple):
    """Who may call a function, what the others hear, and arguments that would be fine."""

    opens_to: tuple[str, ...]
    refusal: str
    arguments: tuple[Any, ...]


class Town:
    """Every kind of caller there is around a co-op, and one other co-op of the same Hub."""

    def __init__(self, evm: Evm) -> None:
        self.coop = coop = Coop(evm, founders=4)
        coop.give(10)
        coop.give(10, coop.dollar)
        self.part = coop.part("decide")
        coop.enact(coop.removing(coop.founders[3]), text="out")
        other = coop.hub.create_pool(*coop.order("other"), sender=evm.actor("elsewhere"))
        self.callers: dict[str, Any] = {
            "outsider": evm.actor("outsider"),
            "creator": coop.founders[0],
            "member": coop.founders[1],
            "expelled": coop.founders[3],
            "maintainer": coop.maintainers[0],
            "attester": coop.attesters[0],
            "patron": coop.patron,
            "deployer": evm.deployer,
            "part": self.part,
            "other Pool": other.pool,
            "other Governor": other.governor,
            "other Admission": other.admission,
            "other CredDistributor": other.distributor,
        } | self.parts
        self.consent = coop.raised(self.part)
        evm.warp(1)
        self.code, self.someone = evm.deploy("Puppet"), evm.actor("someone")
        self.member, self.until = coop.founders[2], evm.now + 86_400

    @property
    def parts(self) -> dict[str, Contract]:
        """The pool's own, and what all pools share."""
        coop = self.coop
        found = (coop.hub, coop.pool, coop.governor, coop.admission, coop.grain)
        shared = (coop.identity, coop.clerk)
        return dict(zip(PARTS, (*found, coop.distributor, *shared), strict=True))

    def tried(self, caller: str, target: Contract, function: str, door: Door) -> str:
        """What that very account hears, contracts too: nobody has to be talked into it."""
        evm, account = self.coop.evm, self.callers[caller]
        if speaks(evm, account):
            return spoken(evm, account, target, function, door.arguments)
        mark = evm.snapshot()
        try:
            getattr(target, function)(*door.arguments, sender=account)
        except Reverted as error:
            return error.reason
        finally:
            evm.restore(mark)
        return ""

    def doors(self, name: str) -> dict[str, Door]:
        """The table of one contract."""
        found: dict[str, Door] = getattr(self, f"_doors_of_{name.lower()}")()
        return found

    def _doors_of_governor(self) -> dict[str, Door]:
        code, member, someone = self.code, self.member, self.someone
        vote, seats = "governor: by proposal only", "governor: not by this caller"
        nothing = ([someone], [0], [b""])
        until = self.until
        return {
            "propose": Door(MEMBERS, "members: only members propose", (*nothing, "x")),
            "castVote": Door(MEMBERS, "governor: not a member", (self.consent.id, 1)),
            "castVoteWithReason": Door(
                MEMBERS, "governor: not a member", (self.consent.id, 1, "so")
            ),
            "cancel": Door(
                ("part", "Governor"), "governor: not the proposer", self.consent.content
            ),
            "extend_consent": Door(
                ("part",), "governor: not the raiser", (self.consent.id, until + 9 * 86_400)
            ),
            "add_hub_part": Door(("Hub",), "governor: only the hub", (code, bytes(4), True)),
            "admit": Door(("Admission",), seats, ([someone],)),
            "remove": Door(("Governor", "Admission"), seats, (member,)),
            "rebind": Door(("Admission",), seats, (member, someone)),
            "set_rules": Door(("Governor",), vote, (values(CLASSES),)),
            "install": Door(("Governor",), vote, (code, b"\1\2\3\4")),
        }

    def _doors_of_admission(self) -> dict[str, Door]:
        member, someone, until = self.member, self.someone, self.until
        asked = "admission: by proposal only"
        return {
            "accept": Door((), "admission: no offer to this account", ()),
            "leave": Door((*MEMBERS,), "members: not a member", ()),
            "object_to_rebind": Door((), "admission: no rebind to object to", ()),
            "offer": Door(("Governor",), asked, ([someone], until)),
            "rebind": Door(("Governor",), asked, (member, someone)),
            "expel": Door(("Governor",), asked, (member, 1)),
            "set_ways": Door(("Governor",), asked, (Ways().values(),)),
            "set_buy_in": Door(("Governor",), asked, (0,)),
            "on_open": Door(("Pool",), "admission: only the pool opens it", (1, bytes(64))),
            "setup": Door(("Hub",), "admission: only the hub sets it up", (Ways().values(),)),
        }

    def _doors_of_pool(self) -> dict[str, Door]:
        coop, code, someone = self.coop, self.code, self.someone
        fund, spends = "pool: only the Governor", "pool: only the spender"
        owed = [int(someone.address, 16) << 96 | 1]
        opening = (coop.pool.earmark_count() + 1, *PURPOSE, ZERO, False, 0, b"")
        return {
            "spend": Door(("Governor",), fund, (0, ETH, someone, 1)),
            "move": Door(("Governor",), fund, (0, 1, ETH, 1)),
            "put_back": Door(("Governor",), fund, (coop.dollar, 1)),
            "accept_loss": Door(("Governor",), fund, (coop.dollar, 1)),
            "set_patron_grain": Door(("Governor",), fund, (0, ETH, 1, 1, 86_400)),
            "send_nft": Door(("Governor",), fund, (code, someone, 1)),
            "send_multi_token": Door(("Governor",), fund, (code, someone, 1, 1)),
            "open_earmark": Door(("Governor",), fund, opening),
            "setup": Door(("Hub",), "pool: not the Hub", (someone, someone)),
            "update": Door(
                (*MEMBERS, "Governor"), "pool: only members report", (0, "ipfs://x", bytes(32))
            ),
            "reserve": Door((), spends, (0, ETH, 1)),
            "unreserve": Door((), spends, (0, ETH, 1)),
            "release": Door((), spends, (0, ETH, someone, 1)),
            "release_many": Door((), spends, (0, ETH, owed)),
        }

    def _doors_of_grain(self) -> dict[str, Door]:
        someone = self.someone
        return {
            "mint": Door(("CredDistributor",), "grain: only a minter", (someone, 1)),
            "mint_many": Door(
                ("CredDistributor",),
                "grain: only a minter",
                ([1 << 160 | int(someone.address, 16)],),
            ),
            "set_minter": Door(("Governor",), "grain: only the governor", (self.part, True)),
            "setup": Door(("Hub",), "grain: only the hub sets it up", (someone,)),
        }

    def _doors_of_creddistributor(self) -> dict[str, Door]:
        coop, settings = self.coop, "distributor: only the governor"
        named: list[Any] = [(each, []) for each in coop.maintainers]
        policy = (coop.dollar, 1, 10_000, 0, 0, 10_000, 28 * 86_400, 365 * 86_400, 0, 1)
        terms, clerk, hash_ = (bytes(32), 0, 0, 0, 0), "distributor: only the clerk", b"\1" * 32
        return {
            "post": Door(("Clerk",), clerk, (1, hash_, 1, 1, hash_, "x", "x", [])),
            "withdraw": Door(("Clerk",), clerk, (1, terms, [])),
            "zero_out": Door(("Clerk",), clerk, (1, terms, hash_, 0, 1, hash_, [])),
            "restore": Door(("Clerk",), clerk, (1, terms, hash_, 0, hash_, [])),
            "settle_off_chain": Door(
                ("Clerk",), clerk, (bytes(32), terms, hash_, 0, 1, self.someone, hash_)
            ),
            "finalise": Door(("Governor",), "distributor: not the governor", (1, 1)),
            "set_policy": Door(("Governor",), settings, ((*policy, False),)),
            "set_maintainers": Door(("Governor",), settings, (named, 2)),
            "set_season": Door(("Governor",), settings, (3,)),
            "on_open": Door(("Pool",), "distributor: only the pool", (1, b"")),
            "setup": Door(("Hub",), "distributor: only the hub", (named, 2, 1)),
        }

    def _doors_of_clerk(self) -> dict[str, Door]:
        """It asks for signatures, whoever brings them."""
        return {}

    def _doors_of_hub(self) -> dict[str, Door]:
        hub = "hub: only a pool's Governor"
        return {
            "install": Door(
                ("Governor", "other Governor"), hub, (b"x".ljust(32, b"\0"), b"\1\2\3\4")
            ),
            "set_dao_uri": Door(("Governor", "other Governor"), hub, ("ipfs://x",)),
        }

    def _doors_of_identity(self) -> dict[str, Door]:
        coop, someone = self.coop, self.someone
        links = "identity: only the pool's governor may do this"
        return {
            "set_attesters": Door(
                ("Governor", "Hub"),
                "identity: only the pool's governor or hub names attesters",
                (coop.pool, [someone], 1),
            ),
            "set_attesting_pools": Door(("Governor",), links, (coop.pool, [])),
            "confirm_link": Door(("Governor",), links, (coop.pool, GITHUB, someone)),
            "cancel_link": Door(("Governor",), links, (coop.pool, GITHUB, someone)),
            "object_to_link": Door(
                (),
                "identity: only the account linked now objects alone",
                (coop.pool, GITHUB, someone),
            ),
            "unlink": Door((), "identity: this account is not linked", (coop.pool, GITHUB)),
        }


def changing(name: str) -> set[str]:
    """Every function of a contract that may change something."""
    views = ("view", "pure")
    entries = [e for e in artifact(name).abi if e["type"] == "function"]
    return {e["name"] for e in entries if e["stateMutability"] not in views}


@pytest.mark.parametrize("name", PARTS)
def test_functions__by_every_caller_they_are_not_for__are_refused(name: str) -> None:
    town = Town(Evm())
    doors, target, evm = town.doors(name), town.parts[name], town.coop.evm
    assert set(doors) | set(ANYBODY[name].split()) == changing(name), "not in the table"
    assert not set(doors) & set(ANYBODY[name].split())
    for function, door in doors.items():
        before = evm.state()
        for caller in town.callers:
            if town.callers[caller] is target and caller != "Governor":
                continue  # of its own it calls nobody but others
            refused = town.tried(caller, target, function, door)
            if caller in door.opens_to:
                assert refused != door.refusal, f"{name}.{function} does not know {caller}"
            else:
                assert refused == door.refusal, f"{name}.{function} to {caller}"
        assert evm.state() == before


def admits_himself(evm: Evm) -> Outcome:
    """An outsider takes a seat, and sets rules."""
    coop, outsider = Coop(evm), evm.actor("outsider")
    refused = strike(evm, coop.governor.admit, [outsider], sender=outsider)
    rules = strike(evm, coop.governor.set_rules, values(CLASSES), sender=outsider)
    assert (rules == "governor: by proposal only") == bool(refused)
    return Outcome(refused, coop.governor.getVotes(outsider))


def test_admit__by_an_outsider__is_refused() -> None:
    shipped, weak = on_both(admits_himself, OPEN)
    assert shipped == ("governor: not by this caller", 0)
    assert weak == ("", 1)
