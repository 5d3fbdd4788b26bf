# SPDX-License-Identifier: AGPL-3.0-only
"""The "#proposer=0x..." suffix: nobody else may propose a description that names somebody.

CVE-2023-34234: a copied proposal, sent in front of the original and canceled by its "proposer",
blocked the original for ever.
"""

import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.contracts.coop import CANCELED, PENDING, Coop
from tests.contracts.evm import Contract, Evm

MARK = "#proposer=0x"
HEX = set(string.hexdigits)
ADDRESS = st.integers(0, 2**160 - 1)
CASES = ("lower", "upper", "mixed")


@pytest.fixture
def book(evm: Evm) -> Contract:
    """The module by itself."""
    return evm.deploy("SuffixBook")


def account(number: int) -> str:
    """An address."""
    return f"0x{number:040x}"


def spelt(number: int, case: str) -> str:
    """40 digits of an address."""
    digits = f"{number:040x}"
    if case == "upper":
        return digits.upper()
    if case == "mixed":
        return "".join(d.upper() if n % 2 else d for n, d in enumerate(digits))
    return digits


def allows(description: str, proposer: int) -> bool:
    """OpenZeppelin's rule, in plain Python, but for a tail that is no hexadecimal number."""
    tail = description.encode()[-52:]
    if len(tail) < 52 or tail[:12] != MARK.encode():
        return True
    digits = tail[12:].decode("latin-1")
    return set(digits) <= HEX and int(digits, 16) == proposer


def test_allows__generated_descriptions__is_the_plain_rule(book: Contract) -> None:
    @settings(max_examples=150, deadline=None)
    @given(
        text=st.text(max_size=80),
        named=ADDRESS,
        proposer=ADDRESS,
        case=st.sampled_from(CASES),
        cut=st.integers(0, 60),
        tail=st.text(alphabet="#proposer=0x19afAF", max_size=3),
    )
    @example("", 0, 0, "lower", 0, "")
    @example("", 2**160 - 1, 2**160 - 1, "upper", 0, "")
    def check(text: str, named: int, proposer: int, case: str, cut: int, tail: str) -> None:
        suffix = MARK + spelt(named, case)
        for description in (
            text,
            text + suffix,
            text + suffix + tail,
            suffix + text,
            text + suffix[cut:],
            text + suffix[: 52 - cut],
            text + suffix + suffix,
            text + MARK + suffix,
        ):
            for who in (named, proposer, named ^ 1, named ^ 1 << 159):
                expected = allows(description, who)
                assert book.allows(description, account(who)) is expected, (description, who)

    check()


@pytest.mark.parametrize("case", CASES)
def test_allows__each_digit_in_each_place__is_read(book: Contract, case: str) -> None:
    for place in range(40):
        for digit in range(16):
            number = digit << 4 * place
            description = "x" + MARK + spelt(number, case)
            assert book.allows(description, account(number))
            for other in (number ^ 1 << 4 * place, number ^ 1 << (4 * place + 7) % 160):
                assert not book.allows(description, account(other))


@pytest.mark.parametrize("odd", ["g", "G", "`", "@", " ", "-", "\x00", "z", "é"])
def test_allows__a_tail_that_is_no_number__is_for_nobody(book: Contract, odd: str) -> None:
    """OpenZeppelin lets everybody propose such a text; refusing it costs a new description."""
    number = 0x1234567890ABCDEF1234567890ABCDEF12345678
    digits = spelt(number, "lower")
    size = len(odd.encode())
    for place in (0, 1, 20, 40 - size):
        text = digits[:place] + odd + digits[place + size :]
        assert not book.allows("pay" + MARK + text, account(number))


def test_allows__a_colon_for_an_a__is_read_as_the_same_account(book: Contract) -> None:
    """What resembles a digit is read as one: still for one account only."""
    number = 0xAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
    text = MARK + ":" * 40
    assert book.allows(text, account(number))
    assert not book.allows(text, account(number ^ 1))


@pytest.mark.parametrize("size", [0, 1, 11, 12, 39, 51])
def test_allows__shorter_than_a_suffix__is_for_everybody(book: Contract, size: int) -> None:
    suffix = MARK + spelt(7, "lower")
    for text in (suffix[:size], suffix[52 - size :]):
        assert book.allows(text, account(8))
    assert not book.allows(suffix, account(8))
    assert book.allows(suffix, account(7))


def test_allows__the_longest_description__is_read_at_its_end(book: Contract) -> None:
    text = "x" * (4096 - 52) + MARK + spelt(7, "upper")
    assert book.allows(text, account(7))
    assert not book.allows(text, account(8))


# --- in the Governor ---------------------------------------------------------------------------


@pytest.mark.parametrize("upper", [False, True])
@pytest.mark.parametrize("before", ["pay the patron ", ""])
def test_propose__a_text_that_names_the_author__is_refused_to_a_copier(
    coop: Coop, before: str, upper: bool
) -> None:
    author, copier = coop.founders[:2]
    digits = author.address[2:].upper() if upper else author.address[2:]
    text = before + MARK + digits
    action = coop.spending(coop.patron, 5)
    with coop.evm.reverts("governor: another's description"):
        coop.propose(action, text=text, by=copier)
    proposal = coop.propose(action, text=text, by=author)
    assert coop.state(proposal) == PENDING
    with coop.evm.reverts("governor: not the proposer"):
        coop.governor.cancel(*proposal.content, sender=copier)


def test_propose__without_a_suffix__can_be_copied_and_blocked(coop: Coop) -> None:
    """Why scripts and pages always append it."""
    author, copier = coop.founders[:2]
    action = coop.spending(coop.patron, 5)
    copy = coop.propose(action, text="pay the patron", by=copier)
    coop.governor.cancel(*copy.content, sender=copier)
    assert coop.state(copy) == CANCELED
    with coop.evm.reverts("governor: proposed already"):
        coop.propose(action, text="pay the patron", by=author)
    coop.propose(action, text="pay the patron " + MARK + author.address[2:], by=author)
