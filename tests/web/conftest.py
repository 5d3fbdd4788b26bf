# SPDX-License-Identifier: AGPL-3.0-only
"""The pages are shown by the same server over the same stories as the API."""

from tests.api.conftest import grown, site, told, young

__all__ = ["grown", "site", "told", "young"]
