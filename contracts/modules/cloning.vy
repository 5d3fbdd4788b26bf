# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Cloning: EIP-1167 proxies that carry addresses, and perhaps a text, behind their code
@license AGPL-3.0-only
@author Millpond maintainers
@notice A clone's address follows from this contract, the salt, the implementation and the appended bytes, so nobody
        can take it first or put other neighbours into it.
@dev The 45 bytes are the standard's; explorers recognise them. The ten before return them and what is appended.
"""

PROXY_SIZE: constant(uint256) = 45


@internal
def _clone(implementation: address, appended: Bytes[288], salt: bytes32) -> address:
    code: Bytes[343] = self._init_code(implementation, appended)
    return raw_create(code, salt=salt)


@internal
@view
def _address_of(implementation: address, appended: Bytes[288], salt: bytes32) -> address:
    """
    @dev Where `_clone` of the same puts it, by the rules of CREATE2.
    """
    code_hash: bytes32 = keccak256(self._init_code(implementation, appended))
    hashed: bytes32 = keccak256(concat(b"\xff", convert(self, bytes20), salt, code_hash))
    return convert(convert(convert(hashed, uint256) & (2**160 - 1), uint160), address)


@internal
@pure
def _init_code(implementation: address, appended: Bytes[288]) -> Bytes[343]:
    size: uint256 = PROXY_SIZE + len(appended)
    return concat(
        b"\x61",
        convert(convert(size, uint16), bytes2),
        b"\x3d\x81\x60\x0a\x3d\x39\xf3",
        b"\x36\x3d\x3d\x37\x3d\x3d\x3d\x36\x3d\x73",
        convert(implementation, bytes20),
        b"\x5a\xf4\x3d\x82\x80\x3e\x90\x3d\x91\x60\x2b\x57\xfd\x5b\xf3",
        appended,
    )
