# SPDX-License-Identifier: AGPL-3.0-only
"""T68: a command acts on the wrong account, with the wrong amount, or in the wrong place.

Who and what for: nobody; or whoever hands a maintainer a line to copy, in which one letter of an
address is another one, and which pays an account that nobody has or that is his.
In the world: money sent to mistyped addresses ever since there are addresses, which is why they
carry a checksum (EIP-55, 2016); sums mixed up between 6 and 18 decimals.
The defence: addresses have to be in their spelling (`core/subjects.py`), amounts are whole units
with no more digits than the token has (`core/units.py`), the record names chain and first block
(`chain/deployments.py`). Every command is tried with wrong input in
tests/scripts/test_wrong_place.py.
"""

from typing import Any

import pytest

from millpond.chain.answers import Address
from millpond.core.subjects import checksum_address, from_hex
from scripts import _pool, _pool_money
from tests.attacks.scripts_weak import Change, weakened
from tests.scripts.town import PATRON, STRANGER, Town

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
    ),
]


def mistyped(address: str) -> str:
    """One letter of it is another one."""
    at = next(place for place in range(2, 42) if address[place] in "abcdefABCDEF")
    other = "a" if address[at].lower() != "a" else "b"
    return address[:at] + other + address[at + 1 :]


def _any_spelling(text: str, _: str = "") -> Address:
    return Address(checksum_address(from_hex(text, 20)))


def _rounded(text: str, decimals: int) -> Any:
    whole, _, fraction = text.partition(".")
    return int(whole + fraction.ljust(decimals, "0")[:decimals])


ANY_SPELLING: Change = (_pool, "account_of", _any_spelling)
SMALLEST_UNITS: Change = (_pool_money, "parse_amount", lambda text, _: int(text.replace(".", "")))
AS_MUCH_AS_FITS: Change = (_pool_money, "parse_amount", _rounded)


def test_propose__to_an_address_with_another_letter__is_refused(town: Town) -> None:
    to = mistyped(town.address(STRANGER))
    line = ("pool propose spend", "--amount", "1", "--to", to, "--text", "Why")
    assert "wrong checksum" in town.refused(*line, by=1).message
    with weakened(ANY_SPELLING):
        assert town.do(*line, by=1)["sent"] is True


def test_give__more_decimals_than_the_token_has__is_refused(town: Town) -> None:
    """Six of them; what is beyond would be cut off, or the whole would be another sum."""
    town.fund(PATRON, "5000000")
    line = ("pool give", "--earmark", "0", "--asset", "TestDollar", "--amount", "1.0000009")
    assert town.refused(*line, by=PATRON).name == "UnitError"
    with weakened(AS_MUCH_AS_FITS):
        assert town.do(*line, by=PATRON)["amount"] == "1000000"
    with weakened(SMALLEST_UNITS):
        assert town.do(*line, "--again", by=PATRON)["amount"] == "10000009"
