# SPDX-License-Identifier: AGPL-3.0-only
"""Open Collective: a collective's ledger is read, and payments are drafted as expenses.

queries     what is asked
answers     the parts of the answers that are used
refusals    the service's ways of saying no, by name
api         one question, or one order; an order is never sent twice by itself
ledger      a month's rows, page by page, and the service's own sum
table       the same rows out of an exported table
expenses    the expenses of one distribution: listed, drafted, submitted, approved
record      what was drafted, on disk, so that nothing is ever drafted twice
drafting    from a plan to its drafts, whatever cuts a run short
"""
