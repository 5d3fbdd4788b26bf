# SPDX-License-Identifier: AGPL-3.0-only
"""How money is divided among many: one rule a file, in integers, each a pure function.

An amount is in the asset's smallest unit. Every division rounds down unless its file says
otherwise, and what rounding leaves stays in the pot that it came from. The contracts follow the
same arithmetic, and their models are held against it. Some rules are those of others, for
questions of what would have been: their files say whose.
"""
