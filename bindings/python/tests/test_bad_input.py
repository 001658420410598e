"""Bad input: a typed error that names the field, and never a crash or a hang."""

import copy
import datetime
import decimal
import pickle

import planguard as pg
from support import Case, Chat, befriend, opening


class Opening(Case):
    async def refused(self, field, **options):
        with self.assertRaises(pg.PlanguardError.InvalidInput) as caught:
            await opening(**options)
        self.assertEqual(caught.exception.field_name, field)
        self.assertTrue(caught.exception.explain())
        self.assertTrue(caught.exception.explain(pg.Locale.ZH_HANS))
        return caught.exception

    async def test_no_app_has_the_number_zero(self):
        with self.assertRaises(pg.PlanguardError.InvalidInput) as caught:
            await pg.open(0)
        self.assertEqual(caught.exception.field_name, "sdk_app_id")

    async def test_no_app_has_a_number_below_zero(self):
        for wrong in (-1, -(2**63)):
            with self.assertRaises(pg.PlanguardError.InvalidInput) as caught:
                await pg.open(wrong)
            self.assertEqual(caught.exception.field_name, "sdk_app_id")
            self.assertIn("below zero", caught.exception.reason)
        for wrong in (-(2**63) - 1, 2**64):
            with self.assertRaisesRegex(ValueError, "sdk_app_id"):
                await pg.open(wrong)

    async def test_an_edition_is_spelled_as_in_the_price_list(self):
        with self.assertRaises(pg.PlanguardError.InvalidInput) as caught:
            await opening(fallback=("intl-2024", "Standard"))
        self.assertIn("edition: 'S' at byte 0", caught.exception.reason)

    async def test_an_endpoint_is_a_url(self):
        await self.refused("endpoint", endpoint="billing.example.com")

    async def test_a_zone_is_known(self):
        await self.refused("billing_zone", billing_zone="Moon/Tycho")

    async def test_an_unknown_price_list_is_refused(self):
        error = await self.refused("fallback", fallback=("intl-2031", "standard"))
        self.assertIn("intl-2024", error.reason)

    async def test_a_seed_is_an_entitlements_document(self):
        with self.assertRaises(pg.PlanguardError.InvalidInput):
            await opening(seed="{}")

    async def test_a_store_that_cannot_be_written_is_an_error_of_the_store(self):
        with self.assertRaises(pg.PlanguardError.Store) as caught:
            await opening(store="/proc/no/such/place.db")
        self.assertTrue(caught.exception.reason)

    async def test_a_fallback_is_a_pair(self):
        for wrong in ("standard", ("intl-2024",), ("a", "b", "c")):
            with self.assertRaisesRegex(TypeError, "fallback"):
                opening(fallback=wrong)

    async def test_a_clock_is_a_clock(self):
        with self.assertRaisesRegex(TypeError, "clock"):
            opening(clock=datetime.datetime.now)

    async def test_durations_are_not_negative(self):
        with self.assertRaisesRegex(ValueError, "permit_ttl"):
            opening(permit_ttl=-1)


class Calls(Case):
    async def test_an_empty_id_names_the_field(self):
        async with opening() as guard:
            with self.assertRaises(pg.PlanguardError.InvalidInput) as caught:
                guard.check(befriend(user=""))
            self.assertEqual(caught.exception.field_name, "user_id")
            with self.assertRaises(pg.PlanguardError.InvalidInput):
                await guard.login("", pg.LoginIntent.OPEN_CHAT, Chat())
            with self.assertRaises(pg.PlanguardError.InvalidInput):
                guard.session("x" * 100)
            self.assertEqual(guard.group("g1"), "g1")
            with self.assertRaises(pg.PlanguardError.InvalidInput):
                guard.group("")

    async def test_a_value_of_a_wrong_type_says_what_is_expected(self):
        async with opening() as guard:
            for call, expected in (
                (lambda: guard.feature(7), "feature: expected planguard.Feature, got int"),
                (lambda: guard.check("add_friend"), "action: expected planguard.Action"),
                (lambda: guard.set_phase("background"), "phase: expected planguard.AppPhase"),
                (lambda: guard.is_about("event", "ada"), "event: expected planguard.Event"),
            ):
                with self.assertRaises(TypeError) as caught:
                    call()
                self.assertIn(expected, str(caught.exception))
            with self.assertRaisesRegex(TypeError, "intent: expected planguard.LoginIntent, got str"):
                await guard.login("ada", "open_chat", Chat())
            with self.assertRaisesRegex(TypeError, "handler: expected a callable"):
                await guard.login("ada", pg.LoginIntent.OPEN_CHAT, "chat")
            with self.assertRaisesRegex(TypeError, "handler: expected a callable"):
                await guard.perform(befriend(), None)
            with self.assertRaisesRegex(TypeError, "listener: expected a callable"):
                await guard.on_event(3)
            with self.assertRaisesRegex(TypeError, "policy: expected planguard.FetchPolicy"):
                await guard.sync("fetch")
            with self.assertRaisesRegex(TypeError, "every: expected a datetime.timedelta or seconds"):
                await guard.keep_fresh("5m")

    async def test_a_wrong_word_lists_the_known_ones(self):
        with self.assertRaises(pg.PlanguardError.InvalidInput) as caught:
            pg.parse_feature("communities")
        self.assertIn("community", caught.exception.reason)
        self.assertTrue(caught.exception.explain(pg.Locale.ZH_HANS))

    async def test_a_wrong_group_type_lists_the_known_ones(self):
        with self.assertRaises(pg.PlanguardError.InvalidInput) as caught:
            pg.Action.create_group("ada", "Work", 3)
        self.assertIn("av_chat_room", caught.exception.reason)

    async def test_a_month_is_a_month(self):
        async with opening() as guard:
            with self.assertRaises(pg.PlanguardError.InvalidInput):
                await guard.login_report("2024-13")

    async def test_an_unknown_permit_is_not_kept(self):
        async with opening() as guard:
            with self.assertRaises(pg.PlanguardError.InvalidInput):
                await guard.release_permit("no permit")

    async def test_money_is_exact(self):
        with self.assertRaisesRegex(TypeError, "expected a decimal.Decimal, got float"):
            pg.refund(_refund(449.99))
        with self.assertRaises(ValueError):
            pg.refund(_refund(decimal.Decimal("NaN")))

    async def test_an_instant_has_a_zone(self):
        request = _refund(decimal.Decimal(1))
        request.now = datetime.datetime(2024, 8, 1)
        with self.assertRaisesRegex(ValueError, "time zone"):
            pg.refund(request)

    async def test_text_that_is_no_json_is_an_error(self):
        for read in (pg.bill_of_json, pg.Catalog.from_json, pg.Catalog.from_toml):
            with self.assertRaises(pg.PlanguardError.InvalidInput):
                read("{ not json")
        with self.assertRaises(pg.PlanguardError.InvalidInput) as caught:
            pg.Catalog.built_in("intl-2031")
        self.assertIn("intl-2024", caught.exception.reason)

    async def test_objects_of_the_library_are_not_copied_or_pickled(self):
        async with opening() as guard:
            for thing in (guard, guard.session("ada"), guard.events(), pg.Catalog.built_in("intl-2024")):
                for copied in (copy.copy, copy.deepcopy, pickle.dumps):
                    if copied is copy.copy and isinstance(thing, (pg.Planguard, pg.Events)):
                        continue  # Another name for the same object of the library.
                    with self.assertRaisesRegex(TypeError, "cannot be copied or pickled"):
                        copied(thing)


def _refund(cash):
    money = pg.Money(amount=cash, currency=pg.Currency.USD)
    nothing = pg.Money(amount=decimal.Decimal(0), currency=pg.Currency.USD)
    start = datetime.datetime(2024, 8, 1, tzinfo=datetime.timezone.utc)
    order = pg.Order(
        item=pg.Ordered.PLAN("standard"), starts_at=start, months=1, cash=money, credit=nothing, voucher=nothing
    )
    return pg.RefundRequest(
        catalog=pg.Catalog.built_in("intl-2024"), orders=[order], basis=None, zone="+08:00", now=start
    )
