# SPDX-License-Identifier: AGPL-3.0-only
"""Grain: a budget divided by cred, week by week, into a SourceCred ledger.

config      by which rules, and how many weeks at once
view        everybody's cred and grain, week by week
weeks       which weeks a run pays for
compatible  the rules as SourceCred computes them, to the last unit; exact: the same in integers
run         one run: from a ledger and cred to new distributions
"""

from millpond.core.grain.config import GrainConfig, read_config
from millpond.core.grain.run import COMPATIBLE, EXACT, MODES, Run, run
from millpond.core.grain.view import Cred

__all__ = ["COMPATIBLE", "EXACT", "MODES", "Cred", "GrainConfig", "Run", "read_config", "run"]
