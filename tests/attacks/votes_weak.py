# SPDX-License-Identifier: AGPL-3.0-only
"""The defences of members, votes and signatures, and what the contracts are without them.

Each name is a set of changes that do not touch each other and are compiled together, since each
compilation costs seconds; an attack needs only those that its docstring names.
"""

# --- the Governor ------------------------------------------------------------------------------

# Nothing of a proposal is frozen: who may vote, of how many, by which rules. Whoever comes back, or
# moves her seat, gets a new one. Who has grain votes, and proposes under another's name.
UNFROZEN = [
    (
        "modules/casting.vy",
        "    if not members._may_act(member, created_at):\n",
        "    if not members._is_member(member):\n",
    ),
    (
        "modules/proposals.vy",
        "    electorate: uint256 = (word >> ELECTORATE) & U19\n",
        "    electorate: uint256 = (members.head >> members.COUNT) & members.U24\n",
    ),
    (
        "modules/proposals.vy",
        "    return rules._packed((word >> VERSION) & rules.U14, self._class(word))",
        "    return rules._packed(rules._version(), self._class(word))",
    ),
    (
        "modules/members.vy",
        "        if seat == 0:\n            seats_and_count += 1\n",
        "        if True:\n            seats_and_count += 1\n",
    ),
    (
        "modules/members.vy",
        "    moved: uint256 = word & ~(U64 << TIMES | U40 << JOINED) | block.timestamp << JOINED\n",
        (
            "    self.head += 1\n"
            "    moved: uint256 = word & ~(U64 << TIMES | U40 << JOINED | U32) "
            "| block.timestamp << JOINED | self.head & U24\n"
        ),
    ),
    (
        "modules/casting.vy",
        "from . import ballots\n",
        (
            "from ethereum.ercs import IERC20\n"
            "from ..interfaces import IPool\n"
            "from . import parts\n"
            "from . import ballots\n"
        ),
    ),
    (
        "modules/casting.vy",
        ("    if code != 0:\n        return code\n    seat: uint256 = member & members.U32\n"),
        (
            "    if code != 0:\n"
            "        grain: address = staticcall IPool(parts._pool()).grain()\n"
            "        if staticcall IERC20(grain).balanceOf(voter) == 0:\n"
            "            return code\n"
            "    seat: uint256 = member & members.U32\n"
        ),
    ),
    (
        "Governor.vy",
        '                checks._refuse("governor: another\'s description")\n',
        "                pass\n",
    ),
]

# Nobody is asked who he is.
OPEN = [
    (
        "modules/changes.vy",
        '        checks._refuse("governor: not by this caller")\n',
        "        pass\n",
    ),
    (
        "modules/changes.vy",
        '        checks._refuse("governor: by proposal only")\n',
        "        pass\n",
    ),
    (
        "modules/casting.vy",
        "        return 2 if members._is_member(member) else 1\n",
        "        return 0\n",
    ),
    (
        "modules/members.vy",
        '            checks._refuse("members: only members propose")\n',
        "            pass\n",
    ),
    (
        "modules/members.vy",
        '        checks._refuse("members: joined just now")\n',
        "        pass\n",
    ),
]

# What was voted is known by its description; it is carried out as often as somebody asks, one
# within another; a call may go to nobody; what is left over is for who carries it out; and a call
# to a part is like any other.
CARELESS = [
    (
        "Governor.vy",
        (
            "convert(keccak256(abi_encode(targets, values, calldatas, "
            "keccak256(description))), uint256)"
        ),
        "convert(keccak256(description), uint256)",
    ),
    (
        "Governor.vy",
        "convert(keccak256(abi_encode(targets, values, calldatas, descriptionHash)), uint256)",
        "convert(descriptionHash, uint256)",
    ),
    (
        "Governor.vy",
        "    proposals.proposal_words[id] = word | proposals.IS_EXECUTED\n",
        "",
    ),
    ("Governor.vy", '        checks._refuse("governor: one at a time")\n', "        pass\n"),
    (
        "Governor.vy",
        '            checks._refuse("governor: no code at the target")\n',
        "            pass\n",
    ),
    (
        "Governor.vy",
        "extcall IPool(parts._pool()).put_back(empty(address), self.balance, value=self.balance)",
        'raw_call(msg.sender, b"", value=self.balance)',
    ),
    (
        "modules/parts.vy",
        "        return rules.RULES\n    return rules.ORDINARY",
        "        return rules.ORDINARY\n    return rules.ORDINARY",
    ),
]

# A vote is soon over, or never, and nothing buries it; the first second decides, or a late one; a
# few are enough, and may set any rules; a ballot counts whenever it comes, and a second one beside
# the first.
HASTY = [
    (
        "Governor.vy",
        "    elif state == proposals.SUCCEEDED or state == proposals.QUEUED:\n",
        "    elif state == proposals.EXECUTED:\n",
    ),
    (
        "modules/proposals.vy",
        "    if block.timestamp <= closes_at:\n",
        "    if block.timestamp <= closes_at + 12:\n",
    ),
    (
        "modules/proposals.vy",
        "    return SUCCEEDED if block.timestamp < eta + ((rule >> 72) & rules.U24) else EXPIRED\n",
        "    return SUCCEEDED\n",
    ),
    (
        "modules/proposals.vy",
        "    if (in_favour + abstain) * 10000 < needed or in_favour <= against:\n",
        "    if in_favour == 0:\n",
    ),
    (
        "modules/proposals.vy",
        (
            "        if in_favour * 2 <= electorate "
            "or in_favour * 10000 < approval_bps * electorate:\n"
        ),
        "        if in_favour <= against:\n",
    ),
    ("modules/rules.vy", "    if amount < least or amount > most:\n", "    if least > most:\n"),
    ("modules/ballots.vy", "            return REFUSED | 4\n", "            pass\n"),
    (
        "modules/casting.vy",
        '        checks._refuse("governor: ballots expired")\n',
        "        pass\n",
    ),
    (
        "modules/casting.vy",
        "    if state != proposals.ACTIVE and state != proposals.QUEUED:\n",
        "    if state != proposals.ACTIVE:\n",
    ),
    (
        "modules/casting.vy",
        (
            "    seat: uint256 = member & members.U32\n"
            "    sheet: uint256 = ballots.sheets[id][seat >> 6]\n"
        ),
        (
            "    seat: uint256 = member & members.U32\n"
            "    for _: uint256 in range(8):\n"
            "        if ballots._ballot(id, seat) != 0:\n"
            "            seat += 7\n"
            "    sheet: uint256 = ballots.sheets[id][seat >> 6]\n"
        ),
    ),
    (
        "modules/casting.vy",
        (
            "            skipped += self._skip(voter, proposalId, code)\n"
            "            continue\n"
            "        log VoteCast("
        ),
        "            checks._refuse(self._why(code))\n        log VoteCast(",
    ),
    (
        "modules/members.vy",
        '            checks._refuse("members: two proposals open")\n',
        "            pass\n",
    ),
]

# The code of others runs as the Governor's own.
FOREIGN = [
    (
        "Governor.vy",
        "        raw_call(target, calldatas[i], value=values[i])\n",
        "        raw_call(target, calldatas[i], is_delegate_call=True)\n",
    ),
]

# --- signatures, in every contract ---------------------------------------------------------------

# The domain knows neither chain nor contract, and a ballot not whose it is; every form of a
# signature is taken, the zero address has signed whatever nobody has, and may be a member; who has
# code has no key.
GULLIBLE = [
    (
        "modules/signatures.vy",
        '"Millpond", "1", chain.id, self, empty(bytes32), []',
        '"Millpond", "1", 1337, empty(address), empty(bytes32), []',
    ),
    (
        "modules/signatures.vy",
        "VERSION_HASH, chain.id, self))",
        "VERSION_HASH, convert(1337, uint256), empty(address)))",
    ),
    (
        "modules/signatures.vy",
        (
            "        if (v != 27 and v != 28) or vs >> 255 != 0:\n"
            "            return empty(address)\n"
            "        vs |= (v - 27) << 255\n"
        ),
        "        return ecrecover(digest, v, r, vs)\n",
    ),
    (
        "modules/signatures.vy",
        "    if signer == empty(address):\n        return False\n",
        "",
    ),
    (
        "modules/signatures.vy",
        "    if self._recover_bytes(digest, signature) == signer:\n",
        "    if not signer.is_contract and self._recover_bytes(digest, signature) == signer:\n",
    ),
    (
        "modules/members.vy",
        '            checks._refuse("members: the zero address")\n',
        "            pass\n",
    ),
    (
        "modules/casting.vy",
        "        abi_encode(BALLOT_TYPEHASH, id, voter, support,",
        "        abi_encode(BALLOT_TYPEHASH, id, empty(address), support,",
    ),
]

# --- the Admission -----------------------------------------------------------------------------

# As many as like come in at once, brought by one who came just now and who counts twice; a proof
# serves everybody; a seat moves though its holder has objected, and leads nobody to her.
CROWDED = [
    (
        "modules/ways_in.vy",
        (
            "    assert self._joins_left(ways, word) != 0, "
            '"admission: enough have joined in this period"\n'
        ),
        "",
    ),
    (
        "modules/sponsors.vy",
        (
            "    assert convert(sponsor, uint256) > convert(last, uint256), "
            '"admission: sponsors by ascending address"\n'
        ),
        "",
    ),
    (
        "modules/sponsors.vy",
        '    assert settled_at <= block.timestamp, "admission: a sponsor joined too lately"\n',
        "",
    ),
    (
        "modules/gates.vy",
        '    assert not self.nullifier_used[nullifier], "admission: this proof was used"\n',
        "",
    ),
    ("modules/rebinding.vy", "    self.requests[msg.sender] = 0\n", ""),
    (
        "modules/rebinding.vy",
        "        if seats._is_member(word) or moved_to == empty(address):\n",
        "        if times == times_joined:\n",
    ),
]

# --- the others --------------------------------------------------------------------------------

# The address of a pool follows from its name alone.
NAMED_ONLY = [
    (
        "Hub.vy",
        (
            "        abi_encode(msg.sender, name, charter_uri, charter_hash, "
            "class_rules, founders, options)\n"
        ),
        "        abi_encode(name)\n",
    ),
]

# Whoever let the Hub make the pool has a key to its Grain.
OWNED = [
    (
        "Grain.vy",
        "_is_new: transient(bool)\n",
        "_is_new: transient(bool)\nOWNER: immutable(address)\n",
    ),
    ("Grain.vy", "    self._is_new = True\n", "    self._is_new = True\n    OWNER = tx.origin\n"),
    (
        "Grain.vy",
        (
            '    assert self.is_minter[msg.sender], "grain: only a minter"\n'
            "    supply: uint256 = self.totalSupply\n"
        ),
        (
            "    assert self.is_minter[msg.sender] or msg.sender == OWNER, "
            '"grain: only a minter"\n'
            "    supply: uint256 = self.totalSupply\n"
        ),
    ),
]
