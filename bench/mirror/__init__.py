# SPDX-License-Identifier: AGPL-3.0-only
"""The mirror's speed: backfill beside ponder over the same node, and the API under load."""
