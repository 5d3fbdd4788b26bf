# SPDX-License-Identifier: AGPL-3.0-only
"""One epoch of cred payouts, from the score file to the last claim.

    ape run epoch plan --pool NAME                                            where it stands
    ape run epoch build --params FILE --instance DIR --month 2019-09          document and request
    ape run epoch build --params FILE --scores scores.json --month 2019-09    from a score file
    ape run epoch sign --pool NAME                                            each maintainer
    ape run epoch cosign request.json --pool NAME                             on another machine
    ape run epoch sign-offline request.json                                   there, without a node
    ape run epoch collect answer.json --pool NAME                             what came back
    ape run epoch publish --pool NAME --to FOLDER                             for everybody to read
    ape run epoch post --pool NAME                                            anyone, once signed
    ape run epoch finalise --pool NAME                                        after the review
    ape run epoch payday --pool NAME                                          as often as wanted
    ape run epoch claim --pool NAME --identity github:1234                    each for herself

Every command looks at the chain first and does only what is missing. Its files: _epoch_build,
_epoch_sign, _epoch_offline, _epoch_publish, _epoch_post (to finalise and close), _epoch_deeds
(withdraw, zero-out, restore, settle), _epoch_payday, _epoch_plan.
"""

from scripts import (
    _epoch_build,
    _epoch_deeds,
    _epoch_offline,
    _epoch_payday,
    _epoch_plan,
    _epoch_post,
    _epoch_publish,
    _epoch_sign,
)
from scripts._epoch import cli

__all__ = ["PARTS", "cli"]

PARTS = (
    _epoch_plan,
    _epoch_build,
    _epoch_sign,
    _epoch_offline,
    _epoch_publish,
    _epoch_post,
    _epoch_deeds,
    _epoch_payday,
)
"""The files whose commands hang on the same group."""
