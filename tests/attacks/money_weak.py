# SPDX-License-Identifier: AGPL-3.0-only
"""The defences of money, and what the contracts are without them.

Each name is a set of changes that do not touch each other and are compiled together, since each
compilation costs seconds; an attack needs only the one that its docstring names.
"""

# --- the Pool ----------------------------------------------------------------------------------

# What a token says is believed: that all has come, that it has refused, that all is there.
TRUSTING = [
    (
        "modules/payments.vy",
        '    ), "pool: token refused the gift"',
        "    )",
    ),
    (
        "modules/payments.vy",
        "    assert extcall IERC20(asset).transferFrom(",
        "    said: bool = extcall IERC20(asset).transferFrom(",
    ),
    (
        "modules/payments.vy",
        '    assert now > before, "pool: no token arrived"\n    return min(now - before, amount)',
        "    return amount",
    ),
    (
        "modules/payments.vy",
        '    assert real >= holdings._needed(word), "pool: this asset is short"',
        "    pass",
    ),
    (
        "modules/payments.vy",
        "    return staticcall IERC20(asset).balanceOf(self) < real",
        "    return False",
    ),
]

# What the chain says that is here is taken for what the books say: a gift of ETH counts for all
# that has come, and a token of which there is one unit too much is as bad as one too few.
BY_BALANCE = [
    (
        "modules/payments.vy",
        "        return amount\n    assert sent == 0",
        (
            "        return self.balance - holdings._needed(holdings.holdings[ETH])\n"
            "    assert sent == 0"
        ),
    ),
    (
        "modules/payments.vy",
        "    assert real >= holdings._needed(word)",
        "    assert real == holdings._needed(word)",
    ),
]

# No locks, in the CredDistributor neither; a debt is forgotten and a leaf marked only once it is
# paid; a gift is all that has come meanwhile; and who is paid gets all the gas there is.
UNLOCKED = [
    ("modules/gifts.vy", "@payable\ndef give(", "@payable\n@reentrant\ndef give("),
    ("modules/payments.vy", "@external\ndef withdraw(", "@external\n@reentrant\ndef withdraw("),
    ("modules/promises.vy", "@external\ndef release(", "@external\n@reentrant\ndef release("),
    ("modules/claims.vy", "@external\ndef claim(", "@external\n@reentrant\ndef claim("),
    (
        "modules/payments.vy",
        (
            "    holdings.owed[asset][msg.sender] = 0\n"
            "    before: uint256 = holdings._let_go(asset, amount)\n"
        ),
        "    before: uint256 = holdings.holdings[asset]\n",
    ),
    (
        "modules/payments.vy",
        "    log Withdrawn(",
        (
            "    gone: uint256 = holdings._let_go(asset, amount)\n"
            "    holdings.owed[asset][msg.sender] = 0\n"
            "    log Withdrawn("
        ),
    ),
    (
        "modules/payments.vy",
        "    return min(now - before, amount)",
        "    return now - before",
    ),
    (
        "modules/payments.vy",
        "PUSH_GAS: constant(uint256) = 200_000",
        "PUSH_GAS: constant(uint256) = max_value(uint256)",
    ),
    (
        "modules/payouts.vy",
        "    epochs._mark_claimed(subject, t.epoch)\n",
        (
            "    checks._need(not epochs._is_claimed(subject, t.epoch), "
            '"distributor: already claimed")\n'
        ),
    ),
    (
        "modules/claims.vy",
        "        extcall wiring._pool().release(run.earmark, run.asset, to, amount)\n",
        (
            "        extcall wiring._pool().release(run.earmark, run.asset, to, amount)\n"
            "    for share: uint256 in shares:\n"
            "        if not epochs._is_claimed(subject, share & epochs.U32):\n"
            "            epochs._mark_claimed(subject, share & epochs.U32)\n"
        ),
    ),
]

# A payment that fails is no debt: it undoes the whole call.
STRICT = [
    (
        "modules/payments.vy",
        "    if self._push(asset, to, amount, before, PUSH_GAS):\n        return True\n",
        (
            '    assert self._push(asset, to, amount, before, PUSH_GAS), "a payment failed"\n'
            "    if to != self:\n        return True\n"
        ),
    ),
    (
        "modules/payments.vy",
        "        if self._push(asset, to, amount, before, PUSH_GAS):\n            # it is part",
        (
            '        assert self._push(asset, to, amount, before, PUSH_GAS), "a payment failed"\n'
            "        if to != self:\n            # it is part"
        ),
    ),
]

# No payee is given too little gas by the caller's leave, nor kept from burning it all.
GENEROUS = [
    (
        "modules/payments.vy",
        "PUSH_GAS: constant(uint256) = 200_000",
        "PUSH_GAS: constant(uint256) = max_value(uint256)",
    ),
    (
        "modules/payments.vy",
        "GAS_NEEDED: constant(uint256) = 300_000",
        "GAS_NEEDED: constant(uint256) = 0",
    ),
]

# Nothing binds money to what it was given for.
UNBOUND = [
    (
        "modules/books.vy",
        '        assert not earmarks._is_restricted(terms), "pool: restricted, not for a vote"\n',
        "",
    ),
    (
        "modules/books.vy",
        '    assert amount <= packing._low(word), "pool: more than is unreserved"\n',
        "",
    ),
    (
        "modules/books.vy",
        "    pot: uint256 = self._unreserved(earmark_id, asset) + reclaimed\n",
        (
            "    reserved: uint256 = packing._low(self.reserves[earmark_id][asset])\n"
            "    pot: uint256 = packing._low(self.books[earmark_id][asset]) + reserved\n"
        ),
    ),
    (
        "Pool.vy",
        (
            "        assert staticcall governor.is_hub_part(spender), "
            '"pool: restricted needs a Hub part"\n'
        ),
        "        pass\n",
    ),
    (
        "modules/earmarks.vy",
        "    self.terms[earmark_id] = kept | block.timestamp << LAST_RESERVE_AT\n",
        "    self.terms[earmark_id] = word\n",
    ),
    (
        "modules/losses.vy",
        '    assert factor >= least_factor, "pool: more is lost than voted"\n',
        "",
    ),
    (
        "modules/patronage.vy",
        "    if amount == 0 or self._is_own(msg.sender):\n",
        "    if amount == 0:\n",
    ),
]

# Who looks at one earmark looks at all.
LOOKS_AT_ALL = [
    (
        "modules/earmarks.vy",
        '    assert word != 0 or earmark_id == 0, "pool: unknown earmark"\n',
        (
            '    assert word != 0 or earmark_id == 0, "pool: unknown earmark"\n'
            "    for each: uint256 in range(self.earmark_count, bound=1_000_000):\n"
            '        assert self.terms[each] != 1, "pool: never"\n'
        ),
    ),
]

# --- the CredDistributor ------------------------------------------------------------------------

# It believes what a claim brings along, rounds up, and forgets what it has paid.
FORGETFUL = [
    (
        "modules/epochs.vy",
        "    return unsafe_mul(whole, cred) // of_cred\n",
        "    return (whole * cred + of_cred - 1) // of_cred\n",
    ),
    (
        "modules/epochs.vy",
        (
            "    checks._need(self._epoch_hash[self._epoch_of(review)] == found, "
            '"distributor: not a final epoch")\n'
        ),
        "    kept: bytes32 = self._epoch_hash[self._epoch_of(review)]\n",
    ),
    (
        "modules/sum_tree.vy",
        "    if node != root or total != sum or index >= leaf_count:\n",
        "    if total < sum or index >= leaf_count:\n",
    ),
    (
        "modules/epochs.vy",
        '    if word & bit != 0:\n        checks._refuse("distributor: already claimed")\n',
        "",
    ),
    (
        "modules/epochs.vy",
        (
            "    if ((word >> half_at) & U128) + amount > pot:\n"
            '        checks._refuse("distributor: over the pot")\n'
        ),
        "",
    ),
    (
        "modules/claims.vy",
        '    checks._need(to == payee or msg.sender == payee, "distributor: not the payee")\n',
        "",
    ),
]

# Whoever posts may do as he likes: at once, as often, by whose hand and for whom; and who was a
# maintainer is one for ever.
LAX = [
    (
        "modules/maintainers.vy",
        "    return self._is_maintainer(self._set >> 16, account)\n",
        "    return self._is_maintainer(1, account)\n",
    ),
    (
        "modules/postings.vy",
        (
            "    checks._need(msg.sender == wiring._governor().address, "
            '"distributor: not the governor")\n'
        ),
        "",
    ),
    (
        "modules/postings.vy",
        (
            "    checks._need(block.timestamp >= head.last_post_at + epoch_length, "
            '"distributor: epoch not over")\n'
        ),
        "",
    ),
    (
        "modules/postings.vy",
        '    checks._need(head.epochs_left > 0, "distributor: season is over")\n',
        "",
    ),
    (
        "modules/cosigned.vy",
        '    checks._need(needed > 0 and len(signers) >= needed, "clerk: too few signed")\n',
        "",
    ),
    (
        "modules/payouts.vy",
        "    return amount - min(amount, room)\n",
        "    return 0\n",
    ),
    ("modules/pots.vy", "    extcall wiring._pool().unreserve(earmark, asset, pot)\n", ""),
    (
        "modules/paydays.vy",
        "    for i: uint256 in range(first, end, bound=512):\n",
        "    for i: uint256 in range(0, len(leaves), bound=512):\n",
    ),
]

# --- the others --------------------------------------------------------------------------------

# A buy-in is taken from the newcomer whoever brings her, and lies where a vote can spend it.
LOOSE_BUY_INS = [
    (
        "modules/buy_ins.vy",
        "    extcall pool.reserve(earmark_id, asset, credited)\n",
        "",
    ),
    (
        "modules/buy_ins.vy",
        "    credited: uint256 = self._put_in(earmark_id, asset, amount, sent)\n",
        "    credited: uint256 = self._put_in(account, earmark_id, asset, amount, sent)\n",
    ),
    (
        "modules/buy_ins.vy",
        (
            "def _put_in(earmark_id: uint256, asset: address, "
            "amount: uint256, sent: uint256) -> uint256:"
        ),
        (
            "def _put_in(payer: address, earmark_id: uint256, asset: "
            "address, amount: uint256, sent: uint256) -> uint256:"
        ),
    ),
    (
        "modules/buy_ins.vy",
        "        self._fetch(asset, amount, pool.address)\n",
        "        self._fetch(payer, asset, amount, pool.address)\n",
    ),
    (
        "modules/buy_ins.vy",
        "def _fetch(asset: address, amount: uint256, pool: address):",
        "def _fetch(payer: address, asset: address, amount: uint256, pool: address):",
    ),
    (
        "modules/buy_ins.vy",
        "transferFrom(msg.sender, self, amount, default_return_value=True)",
        "transferFrom(payer, self, amount, default_return_value=True)",
    ),
]

# Shares of votes are rounded up, and what has passed is called off by nobody.
LENIENT = [
    (
        "Governor.vy",
        "    elif state == proposals.SUCCEEDED or state == proposals.QUEUED:\n",
        "    elif state == max_value(uint256):\n",
    ),
    (
        "modules/proposals.vy",
        "    return in_favour * 10000 >= approval_bps * (in_favour + against)\n",
        (
            "    return (in_favour * 10000 + in_favour + against "
            "- 1) // (in_favour + against) >= approval_bps\n"
        ),
    ),
]

# It looks, and says nothing.
BLIND_PINS = [
    (
        "Pins.vy",
        '    assert account.codehash == code_hash, "pins: the code has changed"\n',
        "    pass\n",
    ),
]
