# SPDX-License-Identifier: AGPL-3.0-only
"""A SourceCred ledger: who has which accounts, who got how much grain, and when.

ids         what is an id, what is a name
fields      JSON objects, field by field, with the place of what is wrong
actions     what can happen; policies: by which rules grain was divided
reading     events from a file of either form; writing: back into one
state       what a ledger says at one moment; rules_identity, rules_grain: how events change it
replay      from events to accounts; adding: new events behind them
ours        what a distribution of ours paid, as an event of theirs
told        a replayed ledger as JSON
history     balances and payouts as the rest of the house takes them
"""

from millpond.core.ledger.replay import Accounting, Ledger, replayed
from millpond.core.ledger.state import Account, Receipt

__all__ = ["Account", "Accounting", "Ledger", "Receipt", "replayed"]
