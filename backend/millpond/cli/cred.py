# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond cred`: from where the work happened to a score that anyone can recompute."""

import click


@click.group("cred")
def cred_group() -> None:
    """Compute cred from an instance: a directory of graphs, weights and identities."""
