# SPDX-License-Identifier: AGPL-3.0-only
"""The defences of a Team, and what it is without them.

The changes do not touch each other and are compiled together, since each compilation costs
seconds; an attack needs only those that its docstring names.
"""

# A take is set by whoever began the transaction, also in the period in which she joined and before
# the payday that is due; the throttle knows the last take instead of that at the last payday, and
# no limit once nobody who stays had one; an invitation is by a key, not by a seat; who left the
# pool may be dropped at once; what was paid waits still.
CARELESS = [
    (
        "modules/takes.vy",
        "electorate._member_word(spender_parts._governor(), msg.sender)",
        "electorate._member_word(spender_parts._governor(), tx.origin)",
    ),
    (
        "modules/takes.vy",
        "electorate._seat_since(word, teams._began(head))",
        "electorate._seat_since(word, electorate.U40)",
    ),
    (
        "modules/takes.vy",
        "teams._current()\n    checks._need(head.closed",
        "teams._load()\n    checks._need(head.closed",
    ),
    (
        "modules/takes.vy",
        "or teams._throttle & teams.WANTED == 0:",
        "or self._median(head) == 0:",
    ),
    (
        "modules/teams.vy",
        "    if after.noted != head.closed + 1:\n",
        "    if True:\n",
    ),
    (
        "modules/roster.vy",
        "keccak256(abi_encode(seat, joins, by))",
        "keccak256(abi_encode(seat, joins, msg.sender))",
    ),
    (
        "modules/roster.vy",
        " and not electorate._was_member(word, began)",
        "",
    ),
    (
        "Team.vy",
        "        teams._waiting[seat] = waiting - amount * periods.SCALE\n",
        "",
    ),
]
