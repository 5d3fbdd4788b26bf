# SPDX-License-Identifier: AGPL-3.0-only
"""Cred: who did how much of what counted, week by week, from a graph of contributions.

Here stands only what the rest of the house takes: the history in integers. How it is computed is
in the modules beside, which need numpy (the extra `cred`); whoever only checks a distribution does
not.
"""

from millpond.core.cred.history import CredHistory, PersonCred, sorted_people

__all__ = ["CredHistory", "PersonCred", "sorted_people"]
