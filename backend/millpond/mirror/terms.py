# SPDX-License-Identifier: AGPL-3.0-only
"""The terms of a distribution, as the contract hashes them, out of the view `distributions`."""

from millpond.chain.answers import Address
from millpond.chain.distributions import Terms
from millpond.mirror.stores.database import Row


def terms_of(row: Row) -> Terms:
    """Of one row; of one that is not final without what the review leaves out."""
    return Terms(
        epoch=row["epoch"],
        attempt=row["attempt"],
        root=bytes.fromhex(row["root"][2:]),
        total_cred=int(row["total_cred"]),
        leaf_count=row["leaf_count"],
        earmark=row["earmark_id"],
        asset=Address(row["asset"]),
        pot=int(row["pot"]),
        minimum=int(row["minimum"]),
        grain_per_epoch=int(row["grain_per_epoch"]),
        signer_cap_bps=row["signer_cap_bps"],
        maintainers_version=row["maintainers_version"],
        excluded=int(row["excluded"]),
        closes_at=row["closes_at"],
    )
