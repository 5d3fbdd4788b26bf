# SPDX-License-Identifier: AGPL-3.0-only
"""ERC-7730 files: what a wallet shows for each signature and each call, in words.

    descriptors()                    every file by its name, bound to no place yet
    descriptors(places)              the same, bound to the contracts of a network

Values come from the frozen ABIs and from core.typed_data; only the words are written here.

words       how a value can be shown        messages    EIP-712 structs        calls    functions
build       words and ABIs to files
"""

from millpond.chain.clear_signing.build import Places, descriptors
from millpond.chain.clear_signing.calls import CALLED
from millpond.chain.clear_signing.messages import MESSAGES, SIGNED

__all__ = ["CALLED", "MESSAGES", "SIGNED", "Places", "descriptors"]
