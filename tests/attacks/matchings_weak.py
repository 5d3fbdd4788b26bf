# SPDX-License-Identifier: AGPL-3.0-only
"""The defences of a matching round, and what it is without them.

Each change is compiled with the others, since each compilation costs seconds; an attack needs only
the one that its docstring names.
"""

# A donor is her key, and counts if she is a member by now; a project is paid as often as it asks,
# and a gift goes back as often.
CARELESS = [
    (
        "Matching.vy",
        "    return convert(electorate._seat_since(word, round.opened_at), bytes32)\n",
        (
            "    if electorate._seat_since(word, electorate.U40) == 0:\n"
            "        return empty(bytes32)\n"
            "    return convert(account, bytes32)\n"
        ),
    ),
    (
        "modules/match_payouts.vy",
        "    projects._projects[project] = word | projects.PAID\n",
        "    projects._projects[project] = word\n",
    ),
    (
        "modules/match_payouts.vy",
        "    self._given[project] = 0\n    credit",
        "    credit",
    ),
    (
        "modules/match_payouts.vy",
        "    matches._total -= ideal\n",
        "    matches._total -= min(ideal, matches._total)\n",
    ),
    (
        "modules/match_payouts.vy",
        "    self._gifts[project][giver] = 0\n    self._given[project] -= amount\n",
        "    pass\n",
    ),
]
