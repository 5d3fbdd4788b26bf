# SPDX-License-Identifier: AGPL-3.0-only
"""The defences of a round that the crowd divides, and what it is without them.

Each name is a set of changes that do not touch each other and are compiled together, since each
compilation costs seconds; an attack needs only the one that its docstring names.
"""

# A ballot is its key's, counts for whoever is a member by now, may be brought again, and also for a
# period that is over; anyone takes anybody's out, and puts anybody up; what was paid waits on.
CARELESS = [
    (
        "modules/choices.vy",
        "    seat: uint256 = electorate._seat_since(word, rounds._began(head))\n",
        "    seat: uint256 = electorate._seat_since(word, electorate.U40)\n",
    ),
    (
        "modules/choices.vy",
        "    before: uint256 = self._ballots[seat]\n    casts: uint256",
        (
            "    seat = convert(voter, uint256)\n"
            "    before: uint256 = self._ballots[seat]\n    casts: uint256"
        ),
    ),
    (
        "modules/choices.vy",
        "    if follows != ANY and (follows != casts or casts == U8):\n",
        "    if follows == ANY + 1:\n",
    ),
    (
        "modules/choices.vy",
        "    head: rounds.Head = rounds._current()\n    checks._need(head.closed < head.rounds",
        "    head: rounds.Head = rounds._load()\n    checks._need(head.closed < head.rounds",
    ),
    (
        "modules/choices.vy",
        (
            '        checks._need(gone, "allocation: still counts")\n'
            "        before: uint256 = self._ballots[seat]\n"
        ),
        "        before: uint256 = self._ballots[convert(account, uint256)]\n",
    ),
    (
        "modules/nominations.vy",
        (
            "    checks._need(signatures._is_signed_by(candidate, digest, signature), "
            '"nomination: not her signature")\n'
        ),
        "    pass\n",
    ),
    (
        "Allocation.vy",
        "    candidates._waiting[id] = waiting - amount * periods.SCALE\n",
        "    candidates._waiting[id] = waiting\n",
    ),
]

# No locks, the money is marked as taken once it is paid, and who is paid gets all the gas there is.
REENTERED = [
    ("Allocation.vy", "@external\ndef claim(", "@external\n@reentrant\ndef claim("),
    ("modules/promises.vy", "@external\ndef release(", "@external\n@reentrant\ndef release("),
    (
        "modules/payments.vy",
        "PUSH_GAS: constant(uint256) = 200_000",
        "PUSH_GAS: constant(uint256) = max_value(uint256)",
    ),
    (
        "Allocation.vy",
        "    amount: uint256 = self._take(id, max_value(uint256))\n",
        (
            "    group: uint256 = id // candidates.PER_GROUP\n"
            "    candidates._groups[group] = candidates._settled(group, rounds._load().divided)\n"
            "    amount: uint256 = candidates._waiting[id] // periods.SCALE\n"
        ),
    ),
    (
        "Allocation.vy",
        (
            "    extcall spender_parts._pool().release("
            "periods._earmark(), periods._asset(), to, amount)\n"
        ),
        (
            "    extcall spender_parts._pool().release("
            "periods._earmark(), periods._asset(), to, amount)\n"
            "    gone: uint256 = self._take(id, amount)\n"
        ),
    ),
]
