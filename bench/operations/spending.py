# SPDX-License-Identifier: AGPL-3.0-only
"""Ways to spend and fill an earmark: crowd allocation, a team's takes, matching, crowdmatching."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from bench.house import DAY, House, creation, parameters
from bench.meter import Call, Meter
from bench.operations.deployment import Site
from bench.operations.founding import plain
from bench.operations.members import offers, seat, signing
from bench.people import People
from millpond.chain import dev_time
from millpond.chain.abi import encode_values
from millpond.chain.abi import plain as types
from millpond.chain.answers import Address
from millpond.chain.contracts import Contract
from millpond.chain.coop import ETH, domain_of, kind_of
from millpond.chain.governance import Action, Draft
from millpond.chain.layouts import slot_of
from millpond.chain.signers import LocalSigner
from millpond.core import allocation_words, typed_data
from millpond.core.canonical import keccak256
from millpond.core.signatures import to_compact

WEI = 10**18
PERIOD = 7 * DAY
PURPOSE = "https://credsperiment.example/earmarks/crowd"
ABOUT = (PURPOSE, keccak256(PURPOSE.encode()))
LINEAR = 1
FEW, MANY, MOST = 10, 1_000, 100_000
VOTERS = 100
EIGHT = range(1, 9)


def measure(meter: Meter, site: Site, people: People) -> None:
    """A pool of a hundred members, in which each of the four spends or fills an earmark."""
    params = parameters("crowd", people.founders, plain(people))
    creator = people.founders[0]
    receipt = creation(site.hub, creator, params).send()
    house = House.made(site.record, site.hub, receipt, params, creator, people.relayer)
    newcomers = people.joiners[:VOTERS]
    meter.prepare("admitting a hundred members")
    house.carry(offers(house, [each.address for each in newcomers], "All of us"), people.founders)
    seat(house, signing(newcomers))
    dev_time.advance(house.client, DAY)
    _allocation(meter, house, people)
    _team(meter, house, people)
    _matching(meter, house, people)
    _crowdmatch(meter, house, people)


# --- crowd allocation ---------------------------------------------------------------------------


def _allocation(meter: Meter, house: House, people: People) -> None:
    terms = ("address uint256 uint256 uint256 uint256", (ETH, LINEAR, PERIOD, 1_200, 1))
    allocation = _installed(house, people, "Allocation", terms)
    voters, accounts = people.founders, _accounts("candidate")
    _stand(house, allocation, people, list(islice(accounts, FEW)))
    cast = allocation.cast
    first, second = (dict.fromkeys(EIGHT, 1250), dict.fromkeys(range(1, 8), 1_200) | {8: 1_600})
    cast.send(voters[0], allocation_words.pack(first))
    meter.measure(
        "allocation_ballot_first",
        f"over 8 of {FEW} candidates whom others have voted for; her first",
        Call(voters[1], cast, (allocation_words.pack(first),)),
        (allocation, "AllocationCast", 1),
    )
    meter.measure(
        "allocation_ballot_later",
        "the same 8 with other points",
        Call(voters[1], cast, (allocation_words.pack(second),)),
        (allocation, "AllocationCast", 1),
    )
    one = _signed(house, allocation, people.joiners[:1], first)
    meter.measure(
        "allocation_ballots_1",
        "cast_by_signatures: 1 signed ballot over the same 8, her first",
        Call(people.relayer, allocation.cast_by_signatures, one),
        (allocation, "AllocationCast", 1),
    )
    rest = _signed(house, allocation, people.joiners[1:VOTERS], second)
    meter.measure(
        "allocation_ballots_99",
        "cast_by_signatures: 99 signed ballots over the same 8, the first of each",
        Call(people.relayer, allocation.cast_by_signatures, rest),
        (allocation, "AllocationCast", VOTERS - 1),
    )
    _distribute(meter, house, allocation, people, FEW)
    _many_candidates(meter, house, allocation, people, accounts)


def _many_candidates(
    meter: Meter, house: House, allocation: Contract, people: People, accounts: Iterator[Address]
) -> None:
    voters, cast = people.founders, allocation.cast
    meter.prepare("candidates")
    _stand(house, allocation, people, list(islice(accounts, MANY - FEW)))
    spread = {at * 100 + 1: 1_250 for at in range(8)}
    cast.send(voters[2], allocation_words.pack(spread))
    cast.send(voters[0], allocation_words.pack(spread))
    other = {at * 100 + 1: 1_200 for at in range(7)} | {701: 1_600}
    meter.measure(
        "allocation_ballot_spread",
        f"a later one over 8 of {MANY:,} candidates, no two in one word",
        Call(voters[2], cast, (allocation_words.pack(other),)),
        (allocation, "AllocationCast", 1),
    )
    _distribute(meter, house, allocation, people, MANY)
    _pretend_candidates(house, allocation, MOST)
    _distribute(meter, house, allocation, people, MOST)
    ids = list(EIGHT)
    meter.measure(
        "allocation_pay_8",
        "8 candidates whom nobody has paid before, ETH, by anyone",
        Call(people.relayer, allocation.pay, (ids,)),
        (allocation, "AllocationPaid", 8),
    )


def _distribute(
    meter: Meter, house: House, allocation: Contract, people: People, count: int
) -> None:
    """Each division but the first is a later one."""
    head = allocation.head()
    _give(people, house.coop.pool, int(allocation.money()[0]))
    dev_time.advance_to(house.client, head.opened_at + (head.closed + 1) * head.period)
    written = "; the number is written into its storage" if count == MOST else ""
    meter.measure(
        f"allocation_distribute_{count}",
        f"close_period over {count:,} candidates, 103 ballots{written}",
        Call(people.relayer, allocation.close_period, ()),
        (allocation, "PeriodClosed", 1),
        (house.coop.pool, "Reserved", 1),
    )


def _pretend_candidates(house: House, allocation: Contract, count: int) -> None:
    """So many would take two hundred thousand transactions; all that counts them is one word."""
    rpc, slot = house.client.rpc, hex(slot_of("Allocation", "periods._word"))
    word = int(str(rpc.ask("eth_getStorageAt", [allocation.address, slot, "latest"])), 16)
    field = (2**20 - 1) << 84
    changed = word & ~field | count << 84
    rpc.tell("anvil_setStorageAt", [allocation.address, slot, f"0x{changed:064x}"])


def _stand(house: House, contract: Contract, people: People, accounts: Sequence[Address]) -> None:
    """Nominated by a founder, and each says yes; the node lends their keys."""
    rpc = house.client.rpc
    for account in accounts:
        contract.nominate.send(people.founders[0], account, *ABOUT)
        rpc.tell("anvil_setBalance", [account, hex(WEI)])
        rpc.tell("anvil_impersonateAccount", [account])
        call = {
            "from": account,
            "to": contract.address,
            "data": "0x" + contract.stand.encode().hex(),
        }
        rpc.tell("eth_sendTransaction", [call])
        rpc.tell("anvil_stopImpersonatingAccount", [account])


def _signed(
    house: House, allocation: Contract, voters: Sequence[LocalSigner], choices: Mapping[int, int]
) -> tuple[int, list[int]]:
    """Their first ballots, as `cast_by_signatures` takes them."""
    deadline, domain = house.client.now() + DAY, domain_of(allocation)
    numbers = sorted(choices)
    words = []
    for voter in voters:
        typed = typed_data.allocation_ballot(
            domain,
            voter=voter.address,
            candidates=numbers,
            points=[choices[number] for number in numbers],
            casts_before=0,
            deadline=deadline,
        )
        r, vs = (int.from_bytes(part) for part in to_compact(voter.sign_typed(typed)))
        words += [int(voter.address, 16), allocation_words.pack(choices), r, vs]
    return deadline, words


# --- a team -------------------------------------------------------------------------------------


def _team(meter: Meter, house: House, people: People) -> None:
    terms = ("address uint256 uint256 uint256 uint256", (ETH, PERIOD, 1_200, 1, 0))
    mates = people.founders
    team = _installed(house, people, "Team", terms, admitted=[each.address for each in mates])
    for mate in mates[1:]:
        team.set_take.send(mate, WEI // 5)
    meter.measure(
        "team_take_first",
        "her first take, in a team of 3",
        Call(mates[0], team.set_take, (WEI // 4,)),
        (team, "TakeSet", 1),
    )
    meter.measure(
        "team_take_later",
        "another take in the same period",
        Call(mates[0], team.set_take, (WEI // 3,)),
        (team, "TakeSet", 1),
    )
    for operation in ("", "team_payday"):
        _give(people, house.coop.pool, int(team.money()[0]))
        head = team.head()
        dev_time.advance_to(house.client, head.opened_at + (head.closed + 1) * head.period)
        call = Call(people.relayer, team.close_period, ())
        if not operation:
            call.send()
            continue
        meter.measure(
            operation,
            "close_period: not its first; the same for any number of people",
            call,
            (team, "PaydayClosed", 1),
            (house.coop.pool, "Reserved", 1),
        )
    meter.measure(
        "team_pay_3",
        "3 people whom the team has not paid before, ETH, by anyone",
        Call(people.relayer, team.pay, ([each.address for each in mates],)),
        (team, "TakePaid", 3),
    )


# --- matching -----------------------------------------------------------------------------------


def _matching(meter: Meter, house: House, people: People) -> None:
    terms = ("address uint256 uint256 uint256 bool address", (ETH, PERIOD, 0, 10_000, False, ETH))
    matching = _installed(house, people, "Matching", terms, second=True)
    pool, donors = house.coop.pool, people.founders
    accounts = list(islice(_accounts("project"), FEW))
    _stand(house, matching, people, accounts)
    _give(people, pool, int(matching.money()[0]))
    amount = WEI // 100
    matching.give.send(donors[0], 1, amount, b"", value=amount)
    meter.measure(
        "matching_gift_first",
        "ETH, her first to a project that has a gift",
        Call(donors[1], matching.give, (1, amount, b""), amount),
        (matching, "ProjectGiven", 1),
    )
    meter.measure(
        "matching_gift_later",
        "ETH, her second to it",
        Call(donors[1], matching.give, (1, amount, b""), amount),
        (matching, "ProjectGiven", 1),
    )
    for donor in donors:
        matching.give.send(donor, 2, amount, b"", value=amount)
    dev_time.advance_to(house.client, matching.round().ends_at)
    meter.measure(
        "matching_close",
        "without a cap: the same for any number of projects and donors",
        Call(people.relayer, matching.close, ()),
        (matching, "RoundClosed", 1),
        (pool, "Reserved", 1),
    )
    meter.measure(
        "matching_pay_2",
        "2 projects, gifts and match, ETH, by anyone",
        Call(people.relayer, matching.pay, ([1, 2],)),
        (matching, "ProjectPaid", 2),
    )


# --- crowdmatching ------------------------------------------------------------------------------


def _crowdmatch(meter: Meter, house: House, people: People) -> None:
    rate, first_cap, step, levels = 10**12, 10**12, 2_500, 64
    form = "address uint256 uint256 uint256 uint256 uint256 uint256 uint256 uint256 bool uint256"
    words = (ETH, 1, PERIOD, 1_200, rate, 1_000, first_cap, step, levels, False, 0)
    crowd = _installed(house, people, "Crowdmatch", (form, words))
    caps = [int(cap) for cap in crowd.caps()]
    for patron in people.founders[1:]:
        _pledge(crowd, patron, 20, caps[20]).send()
    meter.measure(
        "crowdmatch_pledge_first",
        "1 share for 12 periods, ETH, on a level that others stand on",
        _pledge(crowd, people.founders[0], 20, caps[20]),
        (crowd, "Pledged", 1),
    )
    patrons = list(islice(_accounts("pledger"), FEW * 5))
    for at, account in enumerate(patrons):
        _pledge_as(house, crowd, account, at % 16 + 10, caps[at % 16 + 10])
    for operation, set_up in (
        ("", ""),
        ("crowdmatch_settle", "53 patrons on 16 levels, who all stay"),
    ):
        clock = crowd.clock()
        dev_time.advance_to(house.client, clock.opened_at + (clock.settled + 1) * clock.period)
        call = Call(people.relayer, crowd.settle, ())
        if not operation:
            call.send()
            continue
        meter.measure(operation, set_up, call, (crowd, "Settled", 1))


def _pledge(crowd: Contract, patron: LocalSigner, level: int, cap: int) -> Call:
    return Call(patron, crowd.pledge, (1, level, 12, 12 * cap), 12 * cap)


def _pledge_as(house: House, crowd: Contract, patron: Address, level: int, cap: int) -> None:
    rpc, value = house.client.rpc, 12 * cap
    rpc.tell("anvil_setBalance", [patron, hex(100 * WEI)])
    rpc.tell("anvil_impersonateAccount", [patron])
    data = "0x" + crowd.pledge.encode(1, level, 12, value).hex()
    rpc.tell(
        "eth_sendTransaction",
        [{"from": patron, "to": crowd.address, "data": data, "value": hex(value)}],
    )
    rpc.tell("anvil_stopImpersonatingAccount", [patron])


# --- all of them --------------------------------------------------------------------------------


def _installed(
    house: House,
    people: People,
    name: str,
    terms: tuple[str, tuple[object, ...]],
    *,
    admitted: Sequence[Address] = (),
    second: bool = False,
) -> Contract:
    """Made by the Hub and given its earmarks, in one proposal."""
    coop, kind = house.coop, kind_of(name.lower())
    at = coop.hub.next_install(coop.pool.address, kind, b"")
    contract = Contract(house.client, name, str(at))
    form, values = terms
    params = encode_values(types(*form.split()), values, "the terms")
    number = int(coop.pool.earmark_count()) + 1
    actions = [Action.of(coop.hub.install, kind, b""), _opening(house, number, contract, params)]
    if second:
        actions.append(_opening(house, number + 1, contract, b""))
    if admitted:
        actions.append(Action.of(contract.admit, list(admitted)))
    draft = Draft(tuple(actions), f"Open {name}")
    house.carry(draft, people.founders + people.joiners[:VOTERS])
    return contract


def _opening(house: House, number: int, spender: Contract, params: bytes) -> Action:
    words = (number, *ABOUT, spender.address, False, 0, params)
    return Action.of(house.coop.pool.open_earmark, *words)


def _give(people: People, pool: Contract, earmark: int) -> None:
    pool.give.send(people.patron, earmark, ETH, WEI, "", value=WEI)


def _accounts(what: str) -> Iterator[Address]:
    """Addresses of people whose keys nobody has."""
    number = 0
    while True:
        number += 1
        yield Address("0x" + keccak256(f"{what} {number}".encode())[12:].hex())
