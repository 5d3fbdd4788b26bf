# SPDX-License-Identifier: AGPL-3.0-only
"""A mirror's API from Python, typed: what a reply may hold is said once, in `api/models`.

    from millpond.client import Api, routes

    with Api("http://127.0.0.1:8000") as api:
        api.wait_until_ready(60)
        pool = api.get(routes.POOL, pool="mill").data
        for member in api.every(routes.MEMBERS, pool="mill"):         page by page
            print(member.seat, member.account)
        ledger = list(api.whole(routes.LEDGER, pool="mill"))          all of one block
        text = api.document(api.get(routes.DISTRIBUTION, pool="mill", epoch=1).data.data_hash)

A refusal is raised as `Refused`, with what the server says is wrong and what to do next.
"""

from millpond.client import routes
from millpond.client.api import Api
from millpond.client.errors import NotUnderstood, Refused, Unreachable
from millpond.client.routes import Many, One

__all__ = ["Api", "Many", "NotUnderstood", "One", "Refused", "Unreachable", "routes"]
