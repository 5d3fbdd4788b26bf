# SPDX-License-Identifier: AGPL-3.0-only
"""The distribution of one epoch: build it, write, read and check its document, pay it, explain it.

`build` -> `to_json` -> `data_hash`; the other way `read` -> `check` (or `verify`, which does both
and compares with the chain). `payouts` and `explain` turn cred into money.
"""

from millpond.core.distribution.build import build
from millpond.core.distribution.checks import STEPS, check
from millpond.core.distribution.differences import (
    Difference,
    Entered,
    Gain,
    LogPart,
    Notes,
    Rules,
    check_before,
    check_gain,
    check_log,
)
from millpond.core.distribution.document import (
    SCHEMA,
    VERSION,
    data_hash,
    in_pieces,
    previous_of,
    read,
    to_json,
    verify,
)
from millpond.core.distribution.explain import Explanation, Step, explain
from millpond.core.distribution.model import (
    INPUT_NAMES,
    Change,
    Distribution,
    Exclusion,
    InputFile,
    NoLeaf,
    Previous,
    Signer,
    period_label,
)
from millpond.core.distribution.outside import (
    Posted,
    check_computed,
    check_history,
    check_input,
    check_posted,
    taken_from_it,
    unchecked,
)
from millpond.core.distribution.payouts import Payout, Payouts, epoch_pot, payouts, shared_cred
from millpond.core.policies import Past

__all__ = [
    "INPUT_NAMES",
    "SCHEMA",
    "STEPS",
    "VERSION",
    "Change",
    "Difference",
    "Distribution",
    "Entered",
    "Exclusion",
    "Explanation",
    "Gain",
    "InputFile",
    "LogPart",
    "NoLeaf",
    "Notes",
    "Past",
    "Payout",
    "Payouts",
    "Posted",
    "Previous",
    "Rules",
    "Signer",
    "Step",
    "build",
    "check",
    "check_before",
    "check_computed",
    "check_gain",
    "check_history",
    "check_input",
    "check_log",
    "check_posted",
    "data_hash",
    "epoch_pot",
    "explain",
    "in_pieces",
    "payouts",
    "period_label",
    "previous_of",
    "read",
    "shared_cred",
    "taken_from_it",
    "to_json",
    "unchecked",
    "verify",
]
