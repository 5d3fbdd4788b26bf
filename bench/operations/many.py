# SPDX-License-Identifier: AGPL-3.0-only
"""A hundred members and more: ballots brought by the batch, and by contract wallets."""

from collections.abc import Sequence

from bench.house import ROOT, House, ipfs_uri
from bench.meter import Call, Meter
from bench.operations.members import ADMITTED, addresses, offers, seat, signing
from bench.operations.money import WEI
from bench.operations.voting import payment
from bench.people import People
from millpond.chain import abi
from millpond.chain.abi import encode_values, plain
from millpond.chain.answers import NO_ADDRESS, Address
from millpond.chain.client import Transaction
from millpond.chain.compiler import Compiled, compile_contract
from millpond.chain.contracts import Contract
from millpond.chain.coop import ETH, domain_of
from millpond.chain.governance import MAX_BALLOTS, Draft, Support
from millpond.chain.signers import LocalSigner
from millpond.core import typed_data
from millpond.core.subjects import address_bytes

WALLETS = 8
"""The most that one `vote_by_wallets` takes."""
NO_REASON = bytes(32)


def measure(meter: Meter, house: House, people: People) -> None:
    """Each batch goes to a proposal of its own, where no word has a ballot yet."""
    newcomers = people.joiners[1 : 1 + ADMITTED]
    for count in (1, 10, ADMITTED):
        draft = _open(house, people, f"{count} ballots")
        _batch(meter, house, draft, newcomers[:count], f"ballots_{count}")
    meter.measure(
        "execute_eth_100_ballots",
        f"as execute_eth; {house.coop.governor.member_count()} members, 100 of them For",
        house.execute(draft),
        (house.coop.pool, "Spent", 1),
    )
    wallets = _wallets(house, people)
    rest = signing(people.joiners[2 + ADMITTED :])
    rest += [(wallet, people.both_owners) for wallet in wallets]
    accounts = [account for account, _ in rest]
    house.carry(offers(house, accounts, "Offer membership to the rest"), newcomers)
    seat(house, rest)
    draft = _open(house, people, "the largest batch")
    everybody = [*people.founders, *people.joiners][:MAX_BALLOTS]
    _batch(meter, house, draft, everybody, "ballots_largest")
    for count in (1, WALLETS):
        draft = _open(house, people, f"{count} contract wallets")
        _by_wallets(meter, house, draft, wallets[:count], people)
        house.wait_for_execution(draft)


def _open(house: House, people: People, text: str) -> Draft:
    """A payment whose vote is open. Let it end before the next: a member has two at a time."""
    return house.opened(payment(house, people.payee, ETH, WEI // 11, ipfs_uri(text)))


def _batch(
    meter: Meter, house: House, draft: Draft, voters: Sequence[LocalSigner], operation: str
) -> None:
    governor, count = house.coop.governor, len(voters)
    most = f", the most that one call takes ({MAX_BALLOTS})" if count == MAX_BALLOTS else ""
    ballots = "1 signed ballot" if count == 1 else f"{count} signed ballots{most}"
    meter.measure(
        operation,
        f"vote_by_signatures: {ballots}, no reasons, empty words",
        house.ballots(draft, voters),
        (governor, "VoteCast", count),
        (governor, "BallotSkipped", 0),
    )
    house.wait_for_execution(draft)


def _by_wallets(
    meter: Meter, house: House, draft: Draft, wallets: Sequence[Address], people: People
) -> None:
    governor = house.coop.governor
    deadline = governor.proposalDeadline(draft.id)
    signatures = [_signature(house, people, draft, wallet, deadline) for wallet in wallets]
    choices = [
        int.from_bytes(address_bytes(wallet)) | int(Support.FOR) << 160 for wallet in wallets
    ]
    words = (draft.id, deadline, choices, [NO_REASON] * len(wallets), signatures)
    meter.measure(
        f"vote_by_wallets_{len(wallets)}",
        f"{len(wallets)} contract wallet{'s' * (len(wallets) > 1)} with two owners' signatures "
        "each, no reasons, empty word",
        Call(people.relayer, governor.vote_by_wallets, words),
        (governor, "VoteCast", len(wallets)),
        (governor, "BallotSkipped", 0),
    )


def _signature(house: House, people: People, draft: Draft, wallet: Address, deadline: int) -> bytes:
    """Both owners sign the wallet's ballot."""
    typed = typed_data.ballot(
        domain_of(house.coop.governor),
        proposal_id=draft.id,
        voter=wallet,
        support=int(Support.FOR),
        casts_before=0,
        reason_hash=NO_REASON,
        deadline=deadline,
    )
    return people.both_owners(typed)


def _wallets(house: House, people: People) -> list[Address]:
    built = compile_contract("TwoOwnerWallet", ROOT)
    return [_wallet(house, people, built) for _ in range(WALLETS)]


def _wallet(house: House, people: People, built: Compiled) -> Address:
    owners = encode_values(plain("address", "address"), addresses(people.owners), "the owners")
    creation = Transaction(None, built.creation + owners, label="a wallet of two owners")
    receipt = people.steward.send(house.client, creation)
    form = abi.parse("TwoOwnerWallet", built.abi)
    return Contract(
        house.client, "TwoOwnerWallet", receipt.contract_address or NO_ADDRESS, form
    ).address
