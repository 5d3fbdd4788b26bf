# SPDX-License-Identifier: AGPL-3.0-only
"""Decoders of the events of CredDistributor.

Written by scripts/generate_mirror.py from the frozen ABI; do not edit.
"""

from collections.abc import Iterable

from millpond.chain.answers import Log
from millpond.mirror import words
from millpond.mirror.decoding import Decoder, Tables, decoded


def carry_changed(said: Iterable[Log], rows: Tables) -> None:
    rows["cred_distributor_carry_changed"] += [
        (block, index, where, words.address(topics[1]), words.amount(data[0:32]))
        for where, topics, data, block, _, index, _ in said
    ]


def claimed(said: Iterable[Log], rows: Tables) -> None:
    rows["cred_distributor_claimed"] += [
        (
            block,
            index,
            where,
            words.fixed(topics[1], 32),
            words.address(topics[2]),
            words.address(topics[3]),
        )
        for where, topics, _, block, _, index, _ in said
    ]
    rows["cred_distributor_claimed_shares"] += [
        (
            block,
            index,
            i,
            words.checked_small(words.part(words.number(each), 0, 32)),
            str(words.part(words.number(each), 32, 96)),
            str(words.part(words.number(each), 128, 128)),
        )
        for _, _, data, block, _, index, _ in said
        for i, each in enumerate(words.items(data, 0, 32))
    ]


def distribution_finalised(said: Iterable[Log], rows: Tables) -> None:
    rows["cred_distributor_distribution_finalised"] += [
        (
            block,
            index,
            where,
            words.small(topics[1]),
            words.small(topics[2]),
            words.fixed(data[0:32], 32),
            words.amount(data[32:64]),
            words.small(data[64:96]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def distribution_posted(said: Iterable[Log], rows: Tables) -> None:
    rows["cred_distributor_distribution_posted"] += [
        (
            block,
            index,
            where,
            words.small(topics[1]),
            words.small(topics[2]),
            words.amount(topics[3]),
            words.small(data[0:32]),
            words.small(data[32:64]),
            words.fixed(data[64:96], 32),
            words.amount(data[96:128]),
            words.small(data[128:160]),
            words.small(data[160:192]),
            words.address(data[192:224]),
            words.amount(data[224:256]),
            words.amount(data[256:288]),
            words.amount(data[288:320]),
            words.small(data[320:352]),
            words.small(data[352:384]),
            words.amount(data[384:416]),
            words.small(data[416:448]),
            words.fixed(data[448:480], 32),
            words.text(data, 480),
        )
        for where, topics, data, block, _, index, _ in said
    ]
    rows["cred_distributor_distribution_posted_signers"] += [
        (block, index, i, words.address(each))
        for _, _, data, block, _, index, _ in said
        for i, each in enumerate(words.items(data, 512, 32))
    ]


def distribution_voided(said: Iterable[Log], rows: Tables) -> None:
    rows["cred_distributor_distribution_voided"] += [
        (
            block,
            index,
            where,
            words.small(topics[1]),
            words.small(topics[2]),
            words.small(data[0:32]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def distribution_withdrawn(said: Iterable[Log], rows: Tables) -> None:
    rows["cred_distributor_distribution_withdrawn"] += [
        (block, index, where, words.small(topics[1]), words.small(topics[2]))
        for where, topics, _, block, _, index, _ in said
    ]
    rows["cred_distributor_distribution_withdrawn_signers"] += [
        (block, index, i, words.address(each))
        for _, _, data, block, _, index, _ in said
        for i, each in enumerate(words.items(data, 0, 32))
    ]


def epoch_closed(said: Iterable[Log], rows: Tables) -> None:
    rows["cred_distributor_epoch_closed"] += [
        (block, index, where, words.small(topics[1]), words.amount(data[0:32]))
        for where, topics, data, block, _, index, _ in said
    ]


def grain_withheld(said: Iterable[Log], rows: Tables) -> None:
    rows["cred_distributor_grain_withheld"] += [
        (block, index, where, words.fixed(topics[1], 32), words.amount(data[0:32]))
        for where, topics, data, block, _, index, _ in said
    ]


def leaf_skipped(said: Iterable[Log], rows: Tables) -> None:
    rows["cred_distributor_leaf_skipped"] += [
        (
            block,
            index,
            where,
            words.fixed(topics[1], 32),
            words.small(topics[2]),
            words.small(data[0:32]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def maintainers_set(said: Iterable[Log], rows: Tables) -> None:
    rows["cred_distributor_maintainers_set"] += [
        (block, index, where, words.small(topics[1]), words.checked_small(values["needed"]))
        for where, topics, data, block, _, index, _ in said
        for values in [decoded("CredDistributor", "MaintainersSet", data)]
    ]
    rows["cred_distributor_maintainers_set_maintainers"] += [
        (block, index, i, each.account)
        for _, _, data, block, _, index, _ in said
        for values in [decoded("CredDistributor", "MaintainersSet", data)]
        for i, each in enumerate(values["maintainers"])
    ]
    rows["cred_distributor_maintainers_set_maintainers_subjects"] += [
        (block, index, i, j, words.hexed(inner))
        for _, _, data, block, _, index, _ in said
        for values in [decoded("CredDistributor", "MaintainersSet", data)]
        for i, each in enumerate(values["maintainers"])
        for j, inner in enumerate(each.subjects)
    ]


def paid_out(said: Iterable[Log], rows: Tables) -> None:
    rows["cred_distributor_paid_out"] += [
        (block, index, where) for where, _, _, block, _, index, _ in said
    ]
    rows["cred_distributor_paid_out_leaves"] += [
        (
            block,
            index,
            i,
            words.fixed(each[0:32], 32),
            words.account(words.part(words.number(each[32:64]), 0, 160)),
            str(words.part(words.number(each[32:64]), 160, 96)),
            words.checked_small(words.part(words.number(each[64:96]), 0, 160)),
            str(words.part(words.number(each[64:96]), 160, 96)),
        )
        for _, _, data, block, _, index, _ in said
        for i, each in enumerate(words.items(data, 0, 96))
    ]


def policy_set(said: Iterable[Log], rows: Tables) -> None:
    rows["cred_distributor_policy_set"] += [
        (
            block,
            index,
            where,
            words.small(topics[1]),
            words.small(topics[2]),
            words.address(data[0:32]),
            words.small(data[32:64]),
            words.small(data[64:96]),
            words.amount(data[96:128]),
            words.amount(data[128:160]),
            words.small(data[160:192]),
            words.small(data[192:224]),
            words.small(data[224:256]),
            words.small(data[256:288]),
            words.small(data[288:320]),
            words.boolean(data[320:352]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def restored(said: Iterable[Log], rows: Tables) -> None:
    rows["cred_distributor_restored"] += [
        (
            block,
            index,
            where,
            words.small(topics[1]),
            words.small(topics[2]),
            words.fixed(topics[3], 32),
            words.amount(data[0:32]),
            words.fixed(data[32:64], 32),
        )
        for where, topics, data, block, _, index, _ in said
    ]
    rows["cred_distributor_restored_signers"] += [
        (block, index, i, words.address(each))
        for _, _, data, block, _, index, _ in said
        for i, each in enumerate(words.items(data, 64, 32))
    ]


def season_set(said: Iterable[Log], rows: Tables) -> None:
    rows["cred_distributor_season_set"] += [
        (block, index, where, words.small(data[0:32]))
        for where, _, data, block, _, index, _ in said
    ]


def settled_off_chain(said: Iterable[Log], rows: Tables) -> None:
    rows["cred_distributor_settled_off_chain"] += [
        (
            block,
            index,
            where,
            words.fixed(topics[1], 32),
            words.small(topics[2]),
            words.address(topics[3]),
            words.fixed(data[0:32], 32),
            words.amount(data[32:64]),
            words.amount(data[64:96]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def share_capped(said: Iterable[Log], rows: Tables) -> None:
    rows["cred_distributor_share_capped"] += [
        (
            block,
            index,
            where,
            words.fixed(topics[1], 32),
            words.small(topics[2]),
            words.amount(data[0:32]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def zeroed_out(said: Iterable[Log], rows: Tables) -> None:
    rows["cred_distributor_zeroed_out"] += [
        (
            block,
            index,
            where,
            words.small(topics[1]),
            words.small(topics[2]),
            words.fixed(topics[3], 32),
            words.amount(data[0:32]),
            words.fixed(data[32:64], 32),
        )
        for where, topics, data, block, _, index, _ in said
    ]
    rows["cred_distributor_zeroed_out_signers"] += [
        (block, index, i, words.address(each))
        for _, _, data, block, _, index, _ in said
        for i, each in enumerate(words.items(data, 64, 32))
    ]


DECODERS = (
    Decoder(
        "CredDistributor",
        "CarryChanged",
        "a59ef9491c521acdc3cbaa4dad823cfd4fd9b268ab170aa119d4d73830f4e908",
        2,
        carry_changed,
        "cred_distributor_carry_changed",
        (3,),
    ),
    Decoder(
        "CredDistributor",
        "Claimed",
        "88979dfaa080fa6551829e62e3dab3abbf4138e25b871ae0ed3db1cfe0186db7",
        4,
        claimed,
        "cred_distributor_claimed",
        (),
    ),
    Decoder(
        "CredDistributor",
        "DistributionFinalised",
        "032c2d51edb6dab0f3bfebc8fedbf61bbb95d8208af71d4fb3c74655cf340eff",
        3,
        distribution_finalised,
        "cred_distributor_distribution_finalised",
        (),
    ),
    Decoder(
        "CredDistributor",
        "DistributionPosted",
        "c68923703fa2fb3bd41e25cf6a181c5ef074490291d12587666b2fdb069698e4",
        4,
        distribution_posted,
        "cred_distributor_distribution_posted",
        (12,),
    ),
    Decoder(
        "CredDistributor",
        "DistributionVoided",
        "5cfb3cab4a63301fac385e4c7b3dfc0c4decba13191788ae0d429e9586dde43a",
        3,
        distribution_voided,
        "cred_distributor_distribution_voided",
        (),
    ),
    Decoder(
        "CredDistributor",
        "DistributionWithdrawn",
        "36e833da3de6de47251a27d3719904668cc61947254ab8f15d2c075e4e7ff78b",
        3,
        distribution_withdrawn,
        "cred_distributor_distribution_withdrawn",
        (),
    ),
    Decoder(
        "CredDistributor",
        "EpochClosed",
        "c71b75b3da3e004d1c38e4fe95862a1ca1d45762c09355e4dd1549eaaab20d39",
        2,
        epoch_closed,
        "cred_distributor_epoch_closed",
        (),
    ),
    Decoder(
        "CredDistributor",
        "GrainWithheld",
        "2487d7e84fb4b99e64c1371c3cf2e63644e1e406ea0440cf0834545a0f98e325",
        2,
        grain_withheld,
        "cred_distributor_grain_withheld",
        (),
    ),
    Decoder(
        "CredDistributor",
        "LeafSkipped",
        "a47735ca85b724728843b0aa8e87db344b405dff9c966cc08ce0175c8dfa97d0",
        3,
        leaf_skipped,
        "cred_distributor_leaf_skipped",
        (),
    ),
    Decoder(
        "CredDistributor",
        "MaintainersSet",
        "ef74af3186a1d336d104ce5120528ea4e3d6bd2272bc751de1a838e7a2622bfc",
        2,
        maintainers_set,
        "cred_distributor_maintainers_set",
        (),
    ),
    Decoder(
        "CredDistributor",
        "PaidOut",
        "a9d77f84d644c563c2bc349504330003be52b868a5d6887840ade8b02e330f35",
        1,
        paid_out,
        "cred_distributor_paid_out",
        (),
    ),
    Decoder(
        "CredDistributor",
        "PolicySet",
        "bb99fbad3b000471dce3323653e8dccbc71e610289de9f073ef8f3513b20ba04",
        3,
        policy_set,
        "cred_distributor_policy_set",
        (5,),
    ),
    Decoder(
        "CredDistributor",
        "Restored",
        "e07309a7da23fe0ed4cb90ea2981b5b765e88b771444302bc68014848809bd50",
        4,
        restored,
        "cred_distributor_restored",
        (),
    ),
    Decoder(
        "CredDistributor",
        "SeasonSet",
        "0bb99c5c65f3c0ef4524c4a2836c08169443ddcef16e841c851c6c8a6f66b829",
        1,
        season_set,
        "cred_distributor_season_set",
        (),
    ),
    Decoder(
        "CredDistributor",
        "SettledOffChain",
        "f0511204c9053ccdcd88b3b061b3705ed05fcb1b68e2f4788a0b35bb38b3c0f9",
        4,
        settled_off_chain,
        "cred_distributor_settled_off_chain",
        (),
    ),
    Decoder(
        "CredDistributor",
        "ShareCapped",
        "0c31028c6db8d2a76d3bb520d9bfd86f1685ef37d9de074323a0a6a5ca164072",
        3,
        share_capped,
        "cred_distributor_share_capped",
        (),
    ),
    Decoder(
        "CredDistributor",
        "ZeroedOut",
        "6968e077a7f1ab9859572a76a46f18778e5667b61b76b9230c30c2ba841e39cd",
        4,
        zeroed_out,
        "cred_distributor_zeroed_out",
        (),
    ),
)
