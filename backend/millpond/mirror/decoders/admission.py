# SPDX-License-Identifier: AGPL-3.0-only
"""Decoders of the events of Admission.

Written by scripts/generate_mirror.py from the frozen ABI; do not edit.
"""

from collections.abc import Iterable

from millpond.chain.answers import Log
from millpond.mirror import words
from millpond.mirror.decoding import Decoder, Tables


def buy_in_paid(said: Iterable[Log], rows: Tables) -> None:
    rows["admission_buy_in_paid"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.small(topics[2]),
            words.address(topics[3]),
            words.small(data[0:32]),
            words.address(data[32:64]),
            words.amount(data[64:96]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def buy_in_refunded(said: Iterable[Log], rows: Tables) -> None:
    rows["admission_buy_in_refunded"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.small(topics[2]),
            words.small(data[0:32]),
            words.address(data[32:64]),
            words.amount(data[64:96]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def buy_in_set(said: Iterable[Log], rows: Tables) -> None:
    rows["admission_buy_in_set"] += [
        (
            block,
            index,
            where,
            words.small(topics[1]),
            words.address(topics[2]),
            words.amount(data[0:32]),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def joined_by_gate(said: Iterable[Log], rows: Tables) -> None:
    rows["admission_joined_by_gate"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.address(topics[2]),
            words.fixed(data[0:32], 32),
        )
        for where, topics, data, block, _, index, _ in said
    ]


def joined_by_invitation(said: Iterable[Log], rows: Tables) -> None:
    rows["admission_joined_by_invitation"] += [
        (block, index, where, words.address(topics[1]))
        for where, topics, _, block, _, index, _ in said
    ]
    rows["admission_joined_by_invitation_sponsors"] += [
        (block, index, i, words.address(each))
        for _, _, data, block, _, index, _ in said
        for i, each in enumerate(words.items(data, 0, 32))
    ]


def member_left(said: Iterable[Log], rows: Tables) -> None:
    rows["admission_member_left"] += [
        (block, index, where, words.address(topics[1]))
        for where, topics, _, block, _, index, _ in said
    ]


def membership_offered(said: Iterable[Log], rows: Tables) -> None:
    rows["admission_membership_offered"] += [
        (block, index, where, words.address(topics[1]), words.small(data[0:32]))
        for where, topics, data, block, _, index, _ in said
    ]


def offer_accepted(said: Iterable[Log], rows: Tables) -> None:
    rows["admission_offer_accepted"] += [
        (block, index, where, words.address(topics[1]))
        for where, topics, _, block, _, index, _ in said
    ]


def rebind_asked(said: Iterable[Log], rows: Tables) -> None:
    rows["admission_rebind_asked"] += [
        (
            block,
            index,
            where,
            words.address(topics[1]),
            words.address(topics[2]),
            words.small(data[0:32]),
        )
        for where, topics, data, block, _, index, _ in said
    ]
    rows["admission_rebind_asked_sponsors"] += [
        (block, index, i, words.address(each))
        for _, _, data, block, _, index, _ in said
        for i, each in enumerate(words.items(data, 32, 32))
    ]


def rebind_completed(said: Iterable[Log], rows: Tables) -> None:
    rows["admission_rebind_completed"] += [
        (block, index, where, words.address(topics[1]), words.address(topics[2]))
        for where, topics, _, block, _, index, _ in said
    ]


def rebind_objected(said: Iterable[Log], rows: Tables) -> None:
    rows["admission_rebind_objected"] += [
        (block, index, where, words.address(topics[1]), words.address(topics[2]))
        for where, topics, _, block, _, index, _ in said
    ]


def ways_set(said: Iterable[Log], rows: Tables) -> None:
    rows["admission_ways_set"] += [
        (
            block,
            index,
            where,
            words.boolean(data[0:32]),
            words.boolean(data[32:64]),
            words.small(data[64:96]),
            words.small(data[96:128]),
            words.small(data[128:160]),
            words.address(data[160:192]),
        )
        for where, _, data, block, _, index, _ in said
    ]


DECODERS = (
    Decoder(
        "Admission",
        "BuyInPaid",
        "ea4326487b2b72d77b6e359660b1834b8b2432e391b2515957b05654c681da62",
        4,
        buy_in_paid,
        "admission_buy_in_paid",
        (7,),
    ),
    Decoder(
        "Admission",
        "BuyInRefunded",
        "4da974b4e81f95a2a70edecafd6af93c7012caefc75a1c0f93fd263d8fe3c6a4",
        3,
        buy_in_refunded,
        "admission_buy_in_refunded",
        (6,),
    ),
    Decoder(
        "Admission",
        "BuyInSet",
        "f4817968cd793176e69b239eeb4ff6c0a357f9c9f33b7e411bc871ddc26a870d",
        3,
        buy_in_set,
        "admission_buy_in_set",
        (4,),
    ),
    Decoder(
        "Admission",
        "JoinedByGate",
        "1db367e4bac19010590bf2bee05cdf638b2b2c14098f98ab6258be5dc5114490",
        3,
        joined_by_gate,
        "admission_joined_by_gate",
        (),
    ),
    Decoder(
        "Admission",
        "JoinedByInvitation",
        "c4246cd49ca11b575073c738fc0c7b9357747597b98f51aa9f07605ef0f7ecd6",
        2,
        joined_by_invitation,
        "admission_joined_by_invitation",
        (),
    ),
    Decoder(
        "Admission",
        "MemberLeft",
        "bea911b50ccdd2233b28faa49766c3cbd0631608f32e5a724d7b83b32b681ad0",
        2,
        member_left,
        "admission_member_left",
        (),
    ),
    Decoder(
        "Admission",
        "MembershipOffered",
        "75b9dc64002077745d77421abfdfda9e53a46ab6a57e37429fcda80028d53f22",
        2,
        membership_offered,
        "admission_membership_offered",
        (),
    ),
    Decoder(
        "Admission",
        "OfferAccepted",
        "a13d0dc21c62e74caff064bba409ce28da1203587604c27c24db78f80e5fcaaf",
        2,
        offer_accepted,
        "admission_offer_accepted",
        (),
    ),
    Decoder(
        "Admission",
        "RebindAsked",
        "c028a2c705a7983d28b508b0ac22cf57820ff26e3b5b97f0e6b199179a9d8e51",
        3,
        rebind_asked,
        "admission_rebind_asked",
        (),
    ),
    Decoder(
        "Admission",
        "RebindCompleted",
        "fef5913c6f9dccfb8eb71929e4aa34bd74f6d792a8411d90c496481edfa5dc59",
        3,
        rebind_completed,
        "admission_rebind_completed",
        (),
    ),
    Decoder(
        "Admission",
        "RebindObjected",
        "5a66ab3223236611fba39917c26ab8d0a9bf91c9d8a803e68618adc432d89019",
        3,
        rebind_objected,
        "admission_rebind_objected",
        (),
    ),
    Decoder(
        "Admission",
        "WaysSet",
        "57a8b3c80036a1bd8823a52bc26593168fcbfc3fb08a3408bbcb9b57ae167819",
        1,
        ways_set,
        "admission_ways_set",
        (),
    ),
)
