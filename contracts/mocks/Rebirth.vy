# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# Makes contracts at an address that does not depend on their code (CREATE2), for tests: what was destroyed there comes
# back as something else.

# Asks its maker for `model()` and puts the code of that contract on the chain.
CREATION: constant(Bytes[29]) = x"630ad9d0525f5260205f6004601c335afa505f51803b805f5f843c5ff3"

model: public(address)


@external
def make(model: address) -> address:
    self.model = model
    return raw_create(CREATION, salt=empty(bytes32))
