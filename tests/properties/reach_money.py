# SPDX-License-Identifier: AGPL-3.0-only
"""Pairs of Pool, Grain, CredDistributor and Identity that nothing can bring about."""

CANNOT: dict[str, list[tuple[str, str, str]]] = {}
