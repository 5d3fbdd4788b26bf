# SPDX-License-Identifier: AGPL-3.0-only
"""The contracts as the verifier would compile them, without compiling them again.

The code is the one that all tests share (tests/contracts/compiled.py), the immutables are those of
the manifest, which tests/house/test_manifest.py proves. test_compiler.py compares with the
compiler's own answer, and tests of the command line compile for themselves.
"""

import json

from millpond.chain.compiler import Compiled, Immutable, Sources, compile_contract
from tests.chain.nodes import ROOT
from tests.contracts.compiled import artifact


class Built(Sources):
    """`Sources` of this checkout that has nothing left to compile but mocks."""

    def __init__(self) -> None:
        super().__init__(ROOT)
        listed = json.loads((ROOT / "docs" / "manifest.json").read_bytes())["contracts"]
        self._listed = {name: each["immutables"] for name, each in listed.items()}

    def compiled(self, contract: str) -> Compiled:
        """From what is there."""
        if contract not in self._built:
            known = contract in self._listed
            self._built[contract] = (
                self._of(contract) if known else compile_contract(contract, self.root)
            )
        return self._built[contract]

    def _of(self, contract: str) -> Compiled:
        made = artifact(contract)
        places = {
            each["name"]: Immutable(each["type"], int(each["offset"]), int(each["length"]))
            for each in self._listed[contract]
        }
        return Compiled(contract, made.abi, made.creation, made.runtime, places)
