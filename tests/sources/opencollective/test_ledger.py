# SPDX-License-Identifier: AGPL-3.0-only
"""A month of the ledger, over the interface."""

from collections.abc import Callable
from typing import Any

import pytest

from millpond.core.collective.revenue import Fast, compared, revenue_of
from millpond.core.collective.rows import Row, month_of
from millpond.core.errors import BadInput, BadSourceAnswer, RateLimited, SourceDown
from millpond.sources.opencollective.api import Service
from millpond.sources.opencollective.ledger import fast_sum, ledger_rows
from millpond.sources.opencollective.refusals import NotThere
from tests.sources.opencollective.site import SLUG, Site, money, row, vector
from tests.sources.server import CUT, Place, Reply, StoppedClock, as_json, running

SEPTEMBER = month_of("2019-09")
EXPECTED = vector("expected")
BOTH = ("amountInHostCurrency", "netAmountInHostCurrency")


def _rows(service: Service, page: int = 10) -> tuple[Row, ...]:
    return ledger_rows(service, SLUG, SEPTEMBER, lambda _done, _whole: None, page)


def test_ledger__the_month__is_what_it_comes_to(service: Service, site: Site) -> None:
    rows = _rows(service)
    assert len(rows) == EXPECTED["transactions"] == 15
    assert sum(row.net for row in rows) == EXPECTED["ledger_sum_cents"]
    found = revenue_of(rows, SEPTEMBER, added_funds=True)
    assert (found.gross, found.fees, found.taxes, found.net) == (355_000, -38_876, 0, 316_124)
    assert found.net == EXPECTED["revenue_net_cents"]
    assert site.seen == ["transactions"] * EXPECTED["pages"]


def test_ledger__the_first_instant_of_the_next_month__is_not_in_it(
    service: Service, site: Site
) -> None:
    """The interval includes its end: asked for up to it, 1,234 cents would slip in."""
    last = site.rows[-1]
    assert last["createdAt"] == "2019-10-01T00:00:00.000Z"
    assert last["amountInHostCurrency"]["valueInCents"] == 1_234
    trapped = site.page("2019-09-01T00:00:00.000Z", "2019-10-01T00:00:00.000Z", 100, 0)
    assert trapped["totalCount"] == 16
    assert revenue_of(_rows(service), SEPTEMBER, added_funds=True).net == 316_124
    last["createdAt"] = "2019-09-30T23:59:59.999Z"
    assert revenue_of(_rows(service), SEPTEMBER, added_funds=True).net == 316_124 + 1_234


def test_fast_sum__beside_the_ledger__is_the_same(service: Service) -> None:
    fast = fast_sum(service, SLUG, SEPTEMBER, added_funds=True)
    recorded = vector("revenue")["response"]["data"]["collective"]["stats"]
    assert fast == Fast(355_000, 316_124, "USD")
    assert fast.net == recorded["received"]["valueInCents"]
    rows = _rows(service)
    own = compared(rows, revenue_of(rows, SEPTEMBER, added_funds=True), fast)
    assert own.holds
    assert own.known == ()


def test_fast_sum__with_tax_and_added_funds_left_out__differs_for_named_reasons(
    service: Service, site: Site
) -> None:
    site.rows += [
        row("t1", "CONTRIBUTION", 12_100, group="taxed"),
        row("t2", "TAX", -2_100, group="taxed"),
    ]
    rows = _rows(service)
    found = revenue_of(rows, SEPTEMBER, added_funds=False)
    fast = fast_sum(service, SLUG, SEPTEMBER, added_funds=False)
    # Of 2,500.00 added by hand nothing counts, nor the 250.00 that the host took of it.
    assert found.net == 316_124 + 10_000 - 250_000 + 25_000
    assert fast.net - found.net == 2_100 - 25_000
    own = compared(rows, found, fast)
    assert [each.amount for each in own.known] == [2_100, -25_000]
    assert own.holds


def test_fast_sum__off_for_no_known_reason__is_told_as_unexplained(
    service: Service, site: Site
) -> None:
    site.own_sum = -7
    rows = _rows(service)
    found = revenue_of(rows, SEPTEMBER, added_funds=True)
    own = compared(rows, found, fast_sum(service, SLUG, SEPTEMBER, added_funds=True))
    assert own.unexplained_net == -7
    assert not own.holds


def test_fast_sum__in_another_currency_than_the_ledger__is_refused(
    service: Service, site: Site
) -> None:
    site.currency = "EUR"
    rows = _rows(service)
    fast = fast_sum(service, SLUG, SEPTEMBER, added_funds=True)
    with pytest.raises(BadInput, match="counts in EUR and its host's ledger in USD"):
        compared(rows, revenue_of(rows, SEPTEMBER, added_funds=True), fast)


def test_ledger__pages_of_any_size__give_the_same_rows(service: Service) -> None:
    whole = _rows(service, 1000)
    assert all(_rows(service, page) == whole for page in (1, 2, 7, 15, 16))


@pytest.mark.parametrize(
    ("fault", "waits"),
    [
        (as_json(vector("errors")["http_429"], 429, Retry_After="13"), [13]),
        (Reply(503), [1]),
        (CUT, [1]),
        (as_json(vector("errors")["draft_rate_limit"]), [1]),
    ],
)
def test_ledger__a_fault_that_passes__is_waited_out(
    place: Place, service: Service, clock: StoppedClock, fault: Reply, waits: list[float]
) -> None:
    place.faults.extend([None, fault])
    assert len(_rows(service)) == 15
    assert clock.waits == waits


def test_ledger__faults_without_end__end_by_name(place: Place, service: Service) -> None:
    place.faults.extend([Reply(502)] * 6)
    with pytest.raises(SourceDown, match="out of order"):
        _rows(service)
    place.faults.extend([as_json({}, 429)] * 6)
    with pytest.raises(RateLimited):
        _rows(service)


def _page(site: Site, offset: int) -> Any:
    found = site.page("2019-09-01T00:00:00.000Z", "2019-09-30T23:59:59.999Z", 10, offset)
    return as_json({"data": {"transactions": found}})


def test_ledger__a_page_that_comes_again__is_read_anew(
    place: Place, service: Service, site: Site
) -> None:
    place.faults.extend([None, _page(site, 0)])
    assert len(_rows(service)) == 15
    assert len(place.asked) == 4
    place.faults.extend([None, _page(site, 0)] * 3)
    with pytest.raises(BadSourceAnswer, match="do not fit together, 3 times"):
        _rows(service)


def test_ledger__a_row_booked_in_between__is_read_anew(
    service: Service, site: Site, place: Place
) -> None:
    class Growing(Site):
        def answer(self, asked: Any) -> Reply:
            if self.questions == 1:
                self.rows.insert(0, row("new", "CONTRIBUTION", 100, at="2019-09-01T00:00:00.000Z"))
            return super().answer(asked)

    growing = Growing(site.now)
    place.answer = growing.answer
    assert len(_rows(service)) == 16
    assert growing.questions == 4


def test_ledger__a_row_taken_away_in_between__is_read_anew(
    site: Site, place: Place, service: Service
) -> None:
    """The rows behind it move up, and one would be passed over."""

    class Shrinking(Site):
        def answer(self, asked: Any) -> Reply:
            if self.questions == 1:
                del self.rows[0]
            return super().answer(asked)

    shrinking = Shrinking(site.now)
    place.answer = shrinking.answer
    assert [row.id for row in _rows(service)] == [each["id"] for each in site.rows[1:15]]


def test_ledger__a_page_that_is_empty_too_early__is_refused(service: Service, place: Place) -> None:
    place.answer = lambda _: as_json({"data": {"transactions": {"totalCount": 3, "nodes": []}}})
    with pytest.raises(BadSourceAnswer, match="do not fit together"):
        _rows(service)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"createdAt": "2019-08-31T23:59:59.999Z"}, "is of 2019-08-31T23:59:59.999Z, not of"),
        ({"createdAt": "yesterday"}, "is not an instant"),
        ({"type": "SIDEWAYS"}, "SIDEWAYS"),
        ({"type": "DEBIT"}, "a debit of 100000 cents"),
        ({"account": {"slug": "somebody-else"}}, "is of 'somebody-else'"),
        ({"netAmountInHostCurrency": money(100_000, "EUR")}, "is in USD and EUR"),
        (dict.fromkeys(BOTH, money(100_000, "$$$")), "no currency"),
        ({"amountInHostCurrency": {"valueInCents": 0.5, "currency": "USD"}}, "0.5 cents"),
        ({"amountInHostCurrency": {"valueInCents": None, "currency": "USD"}}, "None cents"),
        ({"amountInHostCurrency": {"valueInCents": 2.0**53, "currency": "USD"}}, "not a whole"),
        ({"amountInHostCurrency": {"currency": "USD", "value": 1000}}, "another form"),
        ({"isRefund": "no"}, "another form"),
    ],
)
def test_ledger__an_impossible_row__is_refused(
    service: Service, site: Site, place: Place, change: dict[str, Any], said: str
) -> None:
    bad = {**site.rows[0], **change}
    place.answer = lambda _: as_json({"data": {"transactions": {"totalCount": 1, "nodes": [bad]}}})
    with pytest.raises(BadSourceAnswer, match=said):
        _rows(service)


def test_ledger__cents_as_a_whole_float__count_exactly(service: Service, site: Site) -> None:
    site.rows[0]["amountInHostCurrency"]["valueInCents"] = 100_000.0
    assert revenue_of(_rows(service), SEPTEMBER, added_funds=True).gross == 355_000


@pytest.mark.parametrize("read", [_rows, lambda s: fast_sum(s, SLUG, SEPTEMBER, added_funds=True)])
def test_ledger__of_nobody__is_refused(
    place: Place, service: Service, read: Callable[..., Any]
) -> None:
    place.answer = lambda _: as_json({"data": {"transactions": None, "collective": None}})
    with pytest.raises(NotThere, match=f"no collective '{SLUG}'"):
        read(service)


def test_fast_sum__of_a_collective_that_is_not_there__is_refused(service: Service) -> None:
    with pytest.raises(NotThere, match="No collective found"):
        fast_sum(service, "no-one", SEPTEMBER, added_funds=True)


def test_ledger__the_recorded_pages__are_read(clock: StoppedClock) -> None:
    """Answers as they were recorded, for a question that asked for more."""
    pages = [as_json(vector(f"ledger_page{number}")["response"]) for number in (1, 2)]
    with running(lambda _: pages.pop(0)) as place:
        rows = _rows(Service(clock.access(), place.url))
    assert revenue_of(rows, SEPTEMBER, added_funds=True).net == 316_124
