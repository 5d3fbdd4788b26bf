# SPDX-License-Identifier: AGPL-3.0-only
"""What a proposal would do, in words: one sentence for each call, never bytes.

    told(draft.actions, known)      each call decoded, told, classed, with what a member should see
    lines(told)                     the same as numbered lines for a terminal
    as_json(told)                   the same as data

`known` says who is who: a script asks a node, the mirror its tables. A sentence is a help for
reading; the bytes are what counts, and are always beside it. A call that has no sentence of its own
is told by its function and arguments, one that could not be decoded says so.

known       what is known of the pool            calls      bytes to functions and arguments
reader      arguments and the names for them     terms      rules, ways and policies in words
money, people, making    the sentences           classes    which vote a call takes, and why
cautions    what is easily overlooked            told       all of it for one proposal
output      lines and data
"""

from millpond.chain.wording.calls import Argument, Call, Plain, PolicyTerms, plain_text
from millpond.chain.wording.known import Earmark, Here, Known
from millpond.chain.wording.output import as_json, lines
from millpond.chain.wording.terms import CLASSES, policy_told
from millpond.chain.wording.told import SENTENCES, Told, strictest, told

__all__ = [
    "CLASSES",
    "SENTENCES",
    "Argument",
    "Call",
    "Earmark",
    "Here",
    "Known",
    "Plain",
    "PolicyTerms",
    "Told",
    "as_json",
    "lines",
    "plain_text",
    "policy_told",
    "strictest",
    "told",
]
