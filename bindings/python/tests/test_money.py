"""Bills, forecasts, refunds, moves and price lists."""

import datetime
import decimal
import unittest

import planguard as pg
from support import Case, ManualClock, at, opening

USD = pg.Currency.USD


def usage(**counts):
    """The usage of a month."""
    nothing = dict.fromkeys(("mau", "peak_dau", "peak_groups", "push_messages", "search_stored", "search_requests"))
    return pg.MonthUsage(**{**nothing, "push_calls_by_day": [], **counts})


def request(catalog, edition, month, **counts):
    """A bill of the plan alone."""
    return pg.BillRequest(
        catalog=pg.Catalog.built_in(catalog),
        edition=edition,
        month=month,
        currency=None,
        zone="+08:00",
        plan=None,
        value_added=[],
        usage=usage(**counts),
        limits={},
        suspended_at=None,
    )


def usd(amount):
    """An amount in US dollars."""
    return pg.Money(amount=decimal.Decimal(amount), currency=USD)


class Bills(unittest.TestCase):
    def test_amounts_are_exact_decimals(self):
        bill = pg.bill(request("intl-2024", "standard", "2024-08", mau=10_007))
        # 399 USD, and 7 active users beyond 10,000 at 0.015 USD.
        self.assertEqual(bill.total, usd("399.105"))
        self.assertIsInstance(bill.total.amount, decimal.Decimal)
        self.assertEqual(sum(line.amount.amount for line in bill.lines), bill.total.amount)
        self.assertIn("399", bill.explain())
        self.assertIn("399", bill.explain(pg.Locale.ZH_HANS))

    def test_an_edition_that_the_list_lacks_is_an_error(self):
        with self.assertRaises(pg.PlanguardError.InvalidInput) as caught:
            pg.bill(request("intl-2024", "ultimate", "2024-08"))
        self.assertIn("standard", caught.exception.reason)

    def test_a_forecast_lies_between_its_bounds(self):
        forecast = pg.forecast(request("intl-2024", "standard", "2024-08", mau=9_000), at("2024-08-16T00:00:00+08:00"))
        self.assertLessEqual(forecast.low.total.amount, forecast.linear.total.amount)
        self.assertTrue(forecast.explain())

    def test_what_the_next_user_costs(self):
        catalog = pg.Catalog.built_in("intl-2024")
        free = pg.marginal_mau_price(catalog, "standard", 10, None)
        paid = pg.marginal_mau_price(catalog, "standard", 20_000, None)
        self.assertIsInstance(free, pg.Marginal.FREE)
        self.assertEqual(paid[0], usd("0.015"))

    def test_a_refund_is_worked_out_by_the_day(self):
        start = datetime.datetime(2024, 8, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
        order = pg.Order(
            item=pg.Ordered.PLAN("standard"), starts_at=start, months=1, cash=usd(399), credit=usd(0), voucher=usd(0)
        )
        catalog = pg.Catalog.built_in("intl-2024")
        refund = pg.refund(
            pg.RefundRequest(
                catalog=catalog, orders=[order], basis=None, zone="+08:00", now=start + datetime.timedelta(days=10)
            )
        )
        self.assertGreater(refund.cash.amount, 0)
        self.assertEqual(refund.used.amount + refund.refund.amount, decimal.Decimal(399))
        self.assertTrue(refund.explain())


class Catalogs(unittest.TestCase):
    def test_the_built_in_price_lists_are_there(self):
        self.assertLessEqual({"intl-2022", "intl-2024", "cn-dau"}, {catalog.id() for catalog in pg.catalogs()})

    def test_a_price_list_is_read_back_from_its_json(self):
        catalog = pg.Catalog.built_in("intl-2024")
        self.assertEqual(catalog.price_per_month("standard"), usd(399))
        self.assertEqual(catalog.limit("standard", pg.LimitId.FREE_MAU), pg.Max.OF(10_000))
        self.assertEqual(catalog.support("standard", pg.Feature.COMMUNITY), pg.Support.UNSUPPORTED)
        self.assertIn("premium", catalog.editions())
        self.assertIn("intl-2024", catalog.to_json())

    def test_two_editions_are_compared(self):
        comparison = pg.compare(pg.Catalog.built_in("intl-2024"), "standard", "premium")
        self.assertIn(pg.Feature.COMMUNITY, comparison.features_gained)
        self.assertEqual(comparison.extra_per_month, usd(300))
        self.assertTrue(comparison.explain())


class Guards(Case):
    async def test_a_guard_forecasts_and_previews_a_move(self):
        async with opening(clock=ManualClock()) as guard:
            self.assertEqual(guard.forecast().low.total, usd(399))
            preview = guard.preview_change("premium")
            self.assertEqual((preview.from_, preview.to), ("standard", "premium"))
            self.assertEqual(preview.path, pg.ChangePath.UPGRADE)
            with self.assertRaises(pg.PlanguardError):
                guard.preview_change("no edition")

    async def test_the_version_is_that_of_the_package(self):
        from importlib.metadata import version

        self.assertEqual(pg.version(), pg.__version__)
        self.assertEqual(version("planguard"), pg.__version__)
