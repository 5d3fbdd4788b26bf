# SPDX-License-Identifier: AGPL-3.0-only
"""Millpond: a co-op's treasury on an EVM chain.

Floors: ``core`` (pure rules) imports nothing of ours; ``chain`` and ``sources`` import core;
``cli`` and the scripts may import everything.
"""

__version__ = "0.1.0"
