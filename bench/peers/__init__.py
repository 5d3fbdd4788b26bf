# SPDX-License-Identifier: AGPL-3.0-only
"""What others charge for the same: their published packages, compiled and measured in our run."""
