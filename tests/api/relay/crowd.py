# SPDX-License-Identifier: AGPL-3.0-only
"""A co-op of many members: founders as many as the Hub takes, the others by invitation."""

from collections.abc import Sequence
from dataclasses import replace

from millpond.chain import dev_time
from millpond.chain.signers import LocalSigner
from millpond.core import typed_data
from millpond.core.canonical import keccak256
from millpond.core.subjects import NOBODY
from tests.api.relay.yard import ETHER, Yard
from tests.chain.coop import ATTESTERS, DAY, DEPLOYER, MAINTAINERS, PARTS, RULES, Coop

MOST_FOUNDERS = 64
FIRST = 200
"""The first wallet of the test mnemonic that is a member; the node's own accounts come before."""
PROPOSERS = 5


def crowd(yard: Yard, count: int) -> tuple[Yard, list[LocalSigner]]:
    """The same yard with another co-op, and its members' keys. The first few have ether."""
    keys = [LocalSigner(index) for index in range(FIRST, FIRST + count)]
    coop = _pool(yard.coop, keys[:MOST_FOUNDERS])
    for key in keys[:PROPOSERS]:
        yard.ask("anvil_setBalance", key.address, hex(ETHER))
    dev_time.advance(yard.client, DAY + 1)
    for key in keys[MOST_FOUNDERS:]:
        _join(coop, keys[0], key)
    dev_time.advance(yard.client, 1)
    return replace(yard, coop=coop), keys


def _pool(coop: Coop, founders: Sequence[LocalSigner]) -> Coop:
    options = {
        "ways": (True, True, 1, 10_000, DAY, NOBODY),
        "maintainers": [(who.address, []) for who in MAINTAINERS],
        "maintainers_needed": 2,
        "season_epochs": 3,
        "attesters": [attester.address for attester in ATTESTERS],
        "attesters_needed": 2,
        "grain_name": b"Crowd Grain".ljust(32, b"\0"),
        "grain_symbol": b"CROWD".ljust(32, b"\0"),
        "buy_in_asset": NOBODY,
        "buy_in_amount": 0,
    }
    charter = ("https://crowd.example/charter", keccak256(b"charter"))
    accounts = [founder.address for founder in founders]
    made = coop.hub.create_pool.send(DEPLOYER, "crowd", *charter, RULES, accounts, options)
    said = coop.hub.event(made, "PoolCreated").args["parts"]
    parts = dict(zip(PARTS, said, strict=True))
    return Coop(coop.client, coop.hub, coop.identity, coop.dollar, parts, made, coop.maintainers)


def _join(coop: Coop, sponsor: LocalSigner, candidate: LocalSigner) -> None:
    domain, deadline = coop.domain(coop.admission), coop.client.now() + DAY
    person = {"candidate": candidate.address, "times_joined": 0, "deadline": deadline}
    invited = typed_data.invitation(domain, sponsor=sponsor.address, **person)  # type: ignore[arg-type]
    accepted = typed_data.acceptance(domain, **person)  # type: ignore[arg-type]
    coop.admission.join.send(
        DEPLOYER,
        candidate.address,
        deadline,
        [sponsor.address],
        [sponsor.sign_typed(invited)],
        candidate.sign_typed(accepted),
    )
