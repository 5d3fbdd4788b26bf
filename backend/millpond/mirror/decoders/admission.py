# SPDX-License-Identifier: AGPL-3.0-only
"""Decoders of the events of Admission.

Written by scripts/generate_mirror.py from the frozen ABI; do not edit.
"""

from millpond.mirror import words
from millpond.mirror.decoding import Decoder, Rows, Topics, decoded


def joined_by_invitation(topics: Topics, data: bytes) -> Rows:
    values = decoded("Admission", "JoinedByInvitation", data)
    return [
        (
            "admission_joined_by_invitation",
            (words.address(topics[1]),),
        ),
        *(
            (
                "admission_joined_by_invitation_sponsors",
                (
                    i,
                    each,
                ),
            )
            for i, each in enumerate(values["sponsors"])
        ),
    ]


def member_left(topics: Topics, data: bytes) -> Rows:
    return [
        (
            "admission_member_left",
            (words.address(topics[1]),),
        ),
    ]


def membership_offered(topics: Topics, data: bytes) -> Rows:
    return [
        (
            "admission_membership_offered",
            (
                words.address(topics[1]),
                words.small(data[0:32]),
            ),
        ),
    ]


def offer_accepted(topics: Topics, data: bytes) -> Rows:
    return [
        (
            "admission_offer_accepted",
            (words.address(topics[1]),),
        ),
    ]


def ways_set(topics: Topics, data: bytes) -> Rows:
    return [
        (
            "admission_ways_set",
            (
                words.boolean(data[0:32]),
                words.boolean(data[32:64]),
                words.small(data[64:96]),
                words.small(data[96:128]),
                words.small(data[128:160]),
                words.address(data[160:192]),
            ),
        ),
    ]


DECODERS = (
    Decoder(
        "Admission",
        "JoinedByInvitation",
        "c4246cd49ca11b575073c738fc0c7b9357747597b98f51aa9f07605ef0f7ecd6",
        2,
        joined_by_invitation,
        (),
    ),
    Decoder(
        "Admission",
        "MemberLeft",
        "bea911b50ccdd2233b28faa49766c3cbd0631608f32e5a724d7b83b32b681ad0",
        2,
        member_left,
        (),
    ),
    Decoder(
        "Admission",
        "MembershipOffered",
        "75b9dc64002077745d77421abfdfda9e53a46ab6a57e37429fcda80028d53f22",
        2,
        membership_offered,
        (),
    ),
    Decoder(
        "Admission",
        "OfferAccepted",
        "a13d0dc21c62e74caff064bba409ce28da1203587604c27c24db78f80e5fcaaf",
        2,
        offer_accepted,
        (),
    ),
    Decoder(
        "Admission",
        "WaysSet",
        "57a8b3c80036a1bd8823a52bc26593168fcbfc3fb08a3408bbcb9b57ae167819",
        1,
        ways_set,
        (),
    ),
)
