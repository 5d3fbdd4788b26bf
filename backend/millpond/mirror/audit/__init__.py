# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond mirror audit`: is everything that the mirror says what the chain says?"""
