# SPDX-License-Identifier: AGPL-3.0-only
"""Books in double entry: what they say, how they are written, and what follows from them.

    accounts      the chart of accounts
    commodities   assets under names that accounting programs take
    entries       postings that add up to nothing, in the order of the chain
    closings      balances at the end of epochs, asserted by whoever reads the journal
    hledger, beancount, tables      how all of it is written down
    payees        who was paid what, by year; no leaf twice
    epochs        what became of one pot
    patronage     a surplus divided among members

Amounts are integers in an asset's smallest unit, as the Pool's books count them.
"""
