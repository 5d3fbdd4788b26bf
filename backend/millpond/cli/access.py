# SPDX-License-Identifier: AGPL-3.0-only
"""How sources are asked: with the tokens that the settings hold."""

from millpond.core.errors import BadInput
from millpond.settings import Settings
from millpond.sources.http import Access


def github_access(settings: Settings, needed: bool = True) -> Access:
    """With the token for GitHub; its GraphQL interface answers nobody without one."""
    if settings.github_token is None:
        if needed:
            raise BadInput(
                "GitHub asks for a token, and there is none",
                "make one that may only read, and put it into MILLPOND_GITHUB_TOKEN",
            )
        return Access()
    return Access({"Authorization": f"Bearer {settings.github_token.get_secret_value()}"})


def discourse_access(settings: Settings) -> Access:
    """With the forum's API key, if there is one: most forums can be read without."""
    if settings.discourse_key is None:
        return Access()
    secrets = {"Api-Key": settings.discourse_key.get_secret_value()}
    if settings.discourse_user is not None:
        secrets["Api-Username"] = settings.discourse_user
    return Access(secrets)
