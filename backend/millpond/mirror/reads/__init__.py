# SPDX-License-Identifier: AGPL-3.0-only
"""What can be asked of the mirror. Every answer comes out of one transaction: it is of one block.

snapshot       the mirror as of one block: rows, pages of rows, finality
refusals       what is not there, or cannot be said yet
pools          pools, their rules and members
proposals      proposals, ballots, who has not voted
actions        what a proposal would do, decoded
money          earmarks, gifts, patrons
distributions  what was posted, how its pot came about
identities     which account a subject is paid at
leaves         what each person gets of an epoch, and what became of it
claims         one leaf with its proof, ready to be claimed
"""
