# SPDX-License-Identifier: AGPL-3.0-only
"""Proofs of what contracts keep, for whoever wants to trust no server."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BeforeValidator, Field

from millpond.api.models.storage_proofs import StorageProofReply
from millpond.api.problems import declared
from millpond.api.query import AddressText, AsOfQuery, DistributorWanted, digits
from millpond.api.services import Asking
from millpond.mirror.reads import pools
from millpond.mirror.reads.snapshot import Snapshot
from millpond.mirror.reads.storage_proofs import StorageProof, Wanted, spelled

router = APIRouter(prefix="/v1/proofs", tags=["proofs"])
