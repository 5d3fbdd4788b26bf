# SPDX-License-Identifier: AGPL-3.0-only
"""Storage proofs that the writer keeps, so that readers need neither a node nor trust."""
