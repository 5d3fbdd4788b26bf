# SPDX-License-Identifier: AGPL-3.0-only
"""What the layouts say of a contract's storage is what its own getters answer."""

from typing import Any

import pytest

from millpond.chain.coop import kind_of
from millpond.chain.layouts import apart, layout, slot_of
from millpond.core.canonical import keccak256
from millpond.core.errors import BadInput
from tests.api.story import Story
from tests.contracts.allocations import Round, Terms
from tests.contracts.evm import ETH, Contract, Evm, address_of

NOBODY = "0x" + "00" * 20


class Storage:
    """The words of the contracts on the in-process chain."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.seen: set[tuple[str, str]] = set()

    def word(self, contract: Contract, kind: str, name: str, *keys: Any) -> int:
        """One word as it lies there."""
        vm = self.story.evm._vm  # noqa: SLF001  the bench has no other way to look at storage
        plain = [address_of(key) if isinstance(key, Contract) else key for key in keys]
        word = int(vm.storage(contract.address, slot_of(kind, name, *plain)))
        if word:
            self.seen.add((kind, name))
        return word

    def fields(self, contract: Contract, kind: str, name: str, *keys: Any) -> dict[str, int]:
        """One word, taken apart."""
        return apart(kind, name, self.word(contract, kind, name, *keys))


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Storage:
    """After a whole story: proposals in all states, epochs voided, final and open, links, debts."""
    return Storage(Story.told(tmp_path_factory.mktemp("layouts")))


def test_pool__every_word__as_its_getters_say(storage: Storage) -> None:
    coop, read = storage.story.coop, storage.fields
    pool = coop.pool
    assert read(pool, "Pool", "pool_parts.governor")["value"] == int(coop.governor.address, 16)
    assert read(pool, "Pool", "pool_parts.grain")["value"] == int(coop.grain.address, 16)
    assert read(pool, "Pool", "earmarks.earmark_count")["value"] == pool.earmark_count() > 0
    terms, said = read(pool, "Pool", "earmarks.terms", 1), pool.earmark(1)
    assert terms["spender"] == int(said.spender, 16)
    assert (bool(terms["restricted"]), terms["deadline"]) == (said.restricted, said.deadline)
    assert terms["last_reserve"] == said.last_reserve > 0
    for earmark, asset in ((0, ETH), (1, storage.story.dollar)):
        book = read(pool, "Pool", "books.books", earmark, asset)
        assert book["unreserved"] == pool.unreserved(earmark, asset)
        assert book["received"] == pool.received(earmark, asset) > 0
        reserve = read(pool, "Pool", "books.reserves", earmark, asset)
        assert reserve["reserved"] == pool.reserved(earmark, asset)
        assert read(pool, "Pool", "holdings.holdings", asset)["held"] == pool.held(asset) > 0
    for patron in storage.story.patrons:
        gift = read(pool, "Pool", "books.gifts", 1, storage.story.dollar, patron.address)
        assert tuple(gift.values()) == tuple(pool.gift_of(1, storage.story.dollar, patron))
        assert gift["given"] > 0


def test_governor__every_word__as_its_getters_say(storage: Storage) -> None:
    governor, read = storage.story.coop.governor, storage.fields
    head = read(governor, "Governor", "members.head")
    assert storage.word(governor, "Governor", "members.head") == governor.head()
    assert head["count"] == governor.member_count()
    assert head["period_0"] * 3600 == governor.votingPeriod()
    assert head["delay_0"] * 3600 == governor.votingDelay()
    for founder in storage.story.coop.founders:
        word = storage.word(governor, "Governor", "members.member_words", founder.address)
        assert word == governor.member_words(founder)
        member = apart("Governor", "members.member_words", word)
        assert 1 <= member["seat"] <= head["seats"]
        assert governor.getPastVotes(founder, member["joined_at"]) == 0
        assert governor.getPastVotes(founder, member["joined_at"] + 1) == 1
    past = read(governor, "Governor", "members.history", 0)
    assert governor.getPastTotalSupply(past["changed_at_0"] + 1) == past["count_0"] > 0
    part = storage.story.coop.distributor
    kept = read(governor, "Governor", "parts.part_words", part)
    assert (kept["part"], kept["hub_made"]) == (1, governor.is_hub_part(part))
    assert kept["consent_selector"].to_bytes(4) == part.calldata("finalise", 1, 1)[:4]
    rules = read(governor, "Governor", "rules.rule_words", head["version"] << 1)
    assert (rules["delay_0"], rules["period_0"]) == (
        governor.votingDelay(),
        governor.votingPeriod(),
    )


def test_governor__every_proposal__as_its_getters_say(storage: Storage) -> None:
    governor, read = storage.story.coop.governor, storage.fields
    with storage.story.mirror.snapshot() as now:
        rows = now.rows("SELECT * FROM proposals")
    assert len(rows) > 6
    for row in rows:
        number = int(row["proposal_id"])
        word = read(governor, "Governor", "proposals.proposal_words", number)
        assert word["proposer"] == int(governor.proposalProposer(number), 16)
        assert word["created_at"] == governor.proposalSnapshot(number)
        assert word["executed"] == (governor.state(number) == 7)
        assert word["canceled"] == (governor.state(number) == 2)
        closes_at = governor.proposalDeadline(number)
        if word["has_end"]:
            assert read(governor, "Governor", "proposals.ends", number)["value"] == closes_at
        else:
            hours = word["delay"] + word["period"]
            assert word["created_at"] + hours * 3600 == closes_at
        sheet = read(governor, "Governor", "ballots.sheets", number, 0)
        supports = [(ballot - 1) % 3 for ballot in sheet.values() if ballot]
        tally = tuple(supports.count(support) for support in range(3))
        assert tally == tuple(governor.proposalVotes(number))


def test_distributor__every_word__as_its_getters_say(storage: Storage) -> None:
    story, read = storage.story, storage.fields
    distributor = story.coop.distributor
    kind = "CredDistributor"
    head, said = read(distributor, kind, "pots._head"), distributor.head()
    assert all(head[name] == getattr(said, name) for name in head)
    assert head["finalised"] > 0
    assert head["open_version"] > 0
    opened = distributor.open_distribution()
    assert storage.word(distributor, kind, "pots._proposal_id") == opened.proposal_id
    posted = storage.word(distributor, kind, "pots._posted_hash")
    assert posted.to_bytes(32) == opened.posted_hash
    pot = read(distributor, kind, "pots._pot_and_carry")
    assert pot == {"carry_used": opened.carry_used, "pot": opened.pot}
    review = read(distributor, kind, "pots._received_and_excluded")
    assert review == {"excluded": opened.excluded, "received_at_post": opened.received_at_post}
    assert read(distributor, kind, "pots._carry", story.dollar)["value"] == distributor.carry_of(
        story.dollar
    )
    found = storage.word(distributor, kind, "epochs._epoch_hash", 1)
    assert found.to_bytes(32) == distributor.epoch_hash_of(1)
    paid = read(distributor, kind, "epochs._paid", 0)
    assert (paid["even"], paid["odd"]) == (0, distributor.paid_of(1))
    version, needed, count = distributor.maintainer_set()
    assert read(distributor, kind, "maintainers._set") == {
        "count": count, "needed": needed, "version": version,
    }  # fmt: skip
    for number, person in enumerate(story.coop.maintainers, 1):
        subject = bytes(12) + bytes.fromhex(person.address[2:])
        word = read(distributor, kind, "maintainers._number", version, subject)
        assert word == {"number": number, "signs": 1}
        assert distributor.maintainer_of(version, subject) == number
    policy = distributor.policy_of(head["policy_version"])
    words = {
        **read(distributor, kind, "payout_policy._source", 1),
        **read(distributor, kind, "payout_policy._terms", 1),
        **read(distributor, kind, "payout_policy._reviews", 1),
    }
    assert words.pop("asset") == int(policy.asset, 16)
    assert words.pop("pot_earmark") == 1
    assert all(words[name] == getattr(policy, name) for name in words)


def test_distributor__claims__a_bit_for_each_epoch(storage: Storage) -> None:
    distributor = storage.story.coop.distributor
    with storage.story.mirror.snapshot() as now:
        rows = now.rows("SELECT * FROM claims")
    assert rows
    for row in rows:
        subject = bytes.fromhex(row["subject"][2:])
        bits = storage.fields(distributor, "CredDistributor", "epochs._claimed", subject, 0)
        assert bits[f"epoch_{row['epoch']}"] == 1
        assert sum(bits.values()) == sum(distributor.is_claimed(subject, e) for e in range(1, 4))


def test_grain_and_hub_and_identity__every_word__as_their_getters_say(storage: Storage) -> None:
    story, coop, read = storage.story, storage.story.coop, storage.fields
    grain = coop.grain
    assert read(grain, "Grain", "totalSupply")["value"] == grain.totalSupply() > 0
    assert read(grain, "Grain", "is_minter", coop.distributor)["value"] == 1
    with story.mirror.snapshot() as now:
        holders = now.rows("SELECT * FROM grain_balances")
        links = now.rows("SELECT * FROM links")
    for row in holders:
        account = read(grain, "Grain", "accounts", row["account"])
        assert account == {"balance": int(row["balance"]), "nonce": 0}
    hub, pool = coop.hub, coop.pool
    assert read(hub, "Hub", "pool_names._named", "mill")["value"] == int(pool.address, 16)
    assert read(hub, "Hub", "pool_names._governors", pool)["value"] == int(
        coop.governor.address, 16
    )
    registry = coop.identity
    accounts, needed = registry.attesters(pool)
    for place, account in enumerate(accounts):
        word = read(registry, "Identity", "attestation.attester_words", pool, place)
        assert word == {"account": int(account, 16), "needed": needed, "count": len(accounts)}
    assert links
    for row in links:
        identity = bytes.fromhex(row["identity"][2:])
        word = read(registry, "Identity", "links.newest", pool, identity)
        link = registry.link_of(pool, identity)
        assert word["issued_at"] == link.issued_at
        assert word["account"] == int(row["account"], 16)


def test_identity__a_list_of_pools__its_length_and_then_each(storage: Storage) -> None:
    coop = storage.story.coop
    pools = [coop.pool.address, address_of(storage.story.evm.actor("another pool"))]
    act = coop.identity.calldata("set_attesting_pools", coop.pool, pools)
    coop.enact((coop.identity, 0, act), text="trust another pool", by=coop.founders[4])
    name = "attestation.coming_pools"
    length = storage.word(coop.identity, "Identity", name, coop.pool)
    listed = [storage.word(coop.identity, "Identity", name, coop.pool, n) for n in range(length)]
    assert listed == [int(pool, 16) for pool in pools]
    comes_at = storage.word(coop.identity, "Identity", "attestation.comes_at", coop.pool)
    assert storage.story.evm.now + 7 * 86_400 >= comes_at > storage.story.evm.now


def test_admission__the_ways__as_its_getter_says(storage: Storage) -> None:
    admission = storage.story.coop.admission
    word, ways = storage.fields(admission, "Admission", "ways_in.word"), admission.ways()
    assert word.pop("gate") == int(ways.gate, 16)
    assert all(word[name] == getattr(ways, name) for name in word)


def test_hub__its_kinds__a_length_and_then_each_with_what_it_runs(storage: Storage) -> None:
    hub = storage.story.coop.hub
    kinds = hub.kinds()
    assert storage.word(hub, "Hub", "later_parts._kinds") == len(kinds) > 1
    for place, kind in enumerate(kinds):
        assert storage.word(hub, "Hub", "later_parts._kinds", place) == int.from_bytes(kind)
        spender = storage.fields(hub, "Hub", "later_parts._spenders", kind)["value"]
        runs = int(hub.implementation(kind), 16)
        assert spender == (0 if kind == kind_of("cred-distributor") else runs)


def test_allocation__every_word__as_its_getters_say() -> None:
    """A period divided among two; then one of them left, and a third has said yes."""
    crowd = Round(Evm(), terms=Terms(quorum=2))
    allocation, pool = crowd.allocation, crowd.pool
    one, two = crowd.candidates(2)
    for founder in crowd.founders[:2]:
        crowd.cast(founder, {1: 2_500, 2: 7_500})
    crowd.give(1_001, earmark=1)
    crowd.close()
    allocation.withdraw(sender=two)
    crowd.candidates(1)
    vm = crowd.evm._vm  # noqa: SLF001  as above

    def word(name: str, *keys: Any) -> int:
        return int(vm.storage(allocation.address, slot_of("Allocation", name, *keys)))

    head = apart("Allocation", "periods._word", word("periods._word"))
    assert head == dict(zip(allocation.head()._fields, allocation.head(), strict=True))
    assert (head["divided"], head["candidates"], head["total"]) == (1, 3, 5_000)
    money = apart("Allocation", "periods._money", word("periods._money"))
    assert (money["earmark_id"], money["asset"]) == (1, int(allocation.money()[1], 16))
    # by hand: 1,001 / 20,000 points in parts of 2^128, rounded up
    assert word("periods._growths", 1) == -(-1_001 * 2**128 // 20_000)
    assert pool.reserved(1, ETH) == 1_001
    group = apart("Allocation", "candidates._groups", word("candidates._groups", 0))
    tallies = [allocation.candidate_of(number).tally for number in range(4)]
    assert [group[f"tally_{number}"] for number in range(4)] == tallies == [0, 5_000, 0, 0]
    assert [group[f"left_{number}"] for number in range(4)] == [0, 0, 1, 0]
    assert word("candidates._waiting", 2) >> 128 == allocation.candidate_of(2).waiting == 750
    for number, person in ((1, one), (2, two)):
        assert word("candidates._accounts", number) == int(person.address, 16)
        standing = word("nominations._standing", person.address)
        fields = apart("Allocation", "nominations._standing", standing)
        assert fields.pop("struck") == 0
        assert list(fields.values()) == [int(each) for each in allocation.candidacy_of(person)]
    seat = apart("Governor", "members.member_words", crowd.governor.member_words(crowd.founders[0]))
    ballot = apart("Allocation", "choices._ballots", word("choices._ballots", seat["seat"]))
    assert ballot["casts"] == allocation.ballot_of(crowd.founders[0])[1] == 1
    assert [(ballot[f"id_{n}"], ballot[f"points_{n}"]) for n in range(3)] == [
        (1, 2_500), (2, 7_500), (0, 0),
    ]  # fmt: skip


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("books.books", ("one", ETH)),
        ("books.books", (1, 2)),
        ("books.books", (1, ETH, 3)),
        ("books.books", (-1, ETH)),
        ("books.books", (1 << 256, ETH)),
        ("books.books", (1, b"\1" * 32)),
        ("earmarks.earmark_count", (1,)),
        ("no.such", ()),
    ],
)
def test_slot_of__what_is_no_entry__refused(name: str, keys: tuple[Any, ...]) -> None:
    with pytest.raises(BadInput):
        slot_of("Pool", name, *keys)


def test_slot_of__places_in_arrays__within_their_bounds() -> None:
    name = "attestation.attester_words"
    first = slot_of("Identity", name, NOBODY, 0)
    assert first == int.from_bytes(keccak256(bytes(64)))
    assert slot_of("Identity", name, NOBODY, 15) == first + 15
    for place in (16, -1):
        with pytest.raises(BadInput):
            slot_of("Identity", name, NOBODY, place)


def test_layout__a_contract_that_keeps_nothing__has_none() -> None:
    with pytest.raises(BadInput, match="Clerk has no storage layout"):
        layout("Clerk")


def test_apart__a_bit_that_no_field_has__refused() -> None:
    assert apart("Pool", "earmarks.terms", 1 << 240)["restricted"] == 1
    for bit in (241, 243, 255):
        with pytest.raises(BadInput, match="more than its fields"):
            apart("Pool", "earmarks.terms", 1 << bit)
