# SPDX-License-Identifier: AGPL-3.0-only
"""A community's money at Open Collective: what came in, and who is to be paid there.

rows       one movement of its ledger
revenue    what counts as the revenue R of a month, and how its two sources compare
payees     who is paid there, and how
plan       one payment for each leaf of a distribution, and the reference that names it
expenses   what the service has of these payments already, and what is still to do

Money is in hundredths of a currency, which the service calls cents, whatever the currency.
"""
