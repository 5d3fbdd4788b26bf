# SPDX-License-Identifier: AGPL-3.0-only
"""The defences of a Crowdmatch, and what it is without them, compiled together."""

# What was pledged in the running period is forgotten when it is stopped; the whole escrow is free;
# anybody may pledge, with as many accounts as she likes.
CARELESS = [
    ("modules/pledges.vy", "        after.old_period = running\n", ""),
    ("Crowdmatch.vy", "= patron.escrow - pledges._locked(patron, settled)\n", "= patron.escrow\n"),
    (
        "Crowdmatch.vy",
        'checks._need(seat != 0, "crowdmatch: members only")',
        "checks._need(True, '')",
    ),
    (
        "Crowdmatch.vy",
        'checks._need(over, "crowdmatch: pledges already")',
        "checks._need(True, '')",
    ),
]
