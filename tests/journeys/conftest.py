# SPDX-License-Identifier: AGPL-3.0-only
"""One real chain for a whole journey: the demo, played once, then looked at from all sides."""

import contextlib
import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from ape.logging import logger

from millpond.chain.client import connect
from scripts import _demo_story as story
from scripts._devchain_chain import CHAIN_ID
from scripts._local_chain import local_chain
from scripts._stage import Cast, Stage


@pytest.fixture(scope="session")
def september(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The month of the demo, from the first deployment to the last claim."""
    logger.set_level(logging.ERROR)  # ape tells of every connection; a journey makes hundreds
    folder: Path = tmp_path_factory.mktemp("september")
    with local_chain() as url:
        stage = Stage(url, folder, connect(url, CHAIN_ID), Cast())
        with contextlib.redirect_stdout(io.StringIO()):
            for _, chapter in story.CHAPTERS:
                chapter(stage)
        yield stage
