"""Feature gates, limits, and where the plan stands."""

import datetime
import decimal

import planguard as pg
from support import Case, ManualClock, befriend, opening, strict


class Features(Case):
    async def test_a_missing_feature_comes_with_a_priced_remedy(self):
        async with opening() as guard:
            self.assertFalse(guard.feature(pg.Feature.COMMUNITY).granted)
            ways = guard.explain_feature(pg.Feature.COMMUNITY).remedies
        premium = next(way for way in ways if isinstance(way, pg.Remedy.CHANGE_EDITION) and way.to == "premium")
        # Premium 699 USD less Standard 399 USD a month.
        self.assertEqual(premium.extra_per_month, pg.Money(amount=decimal.Decimal(300), currency=pg.Currency.USD))
        self.assertIn("300 USD", premium.explain())
        self.assertIn("300", premium.explain(pg.Locale.ZH_HANS))

    async def test_a_feature_may_be_named_by_its_word(self):
        async with opening() as guard:
            self.assertEqual(guard.feature("community"), guard.feature(pg.Feature.COMMUNITY))
            self.assertEqual(str(pg.Feature.COMMUNITY), "community")

    async def test_a_wrong_word_names_the_field_and_the_known_words(self):
        async with opening() as guard:
            with self.assertRaises(pg.PlanguardError.InvalidInput) as caught:
                guard.feature("communities")
        self.assertEqual(caught.exception.field_name, "feature")
        self.assertIn("group_read_receipts", caught.exception.reason)
        self.assertTrue(caught.exception.explain(pg.Locale.ZH_HANS))

    async def test_every_word_is_read_back(self):
        for enum, parse in (
            (pg.Feature, pg.parse_feature),
            (pg.LimitId, pg.parse_limit_id),
            (pg.GroupType, pg.parse_group_type),
        ):
            for value in enum:
                self.assertIs(parse(str(value)), value)
            with self.assertRaises(pg.PlanguardError.InvalidInput):
                parse("no such word")
        self.assertIs(pg.parse_locale("zh-CN"), pg.Locale.ZH_HANS)

    async def test_a_tag_in_place_of_a_locale_is_refused_by_name(self):
        async with opening() as guard:
            with self.assertRaisesRegex(TypeError, "locale: expected planguard.Locale, got 'zh-CN'; "):
                guard.feature(pg.Feature.COMMUNITY).explain("zh-CN")

    async def test_the_context_of_a_feature_is_asked_for(self):
        async with opening(fallback=("intl-2024", "premium")) as guard:
            web = pg.FeatureContext(platform=pg.Platform.WEB)
            wide, narrow = guard.feature("local_message_search"), guard.feature_in("local_message_search", web)
            why = guard.explain_feature_in("local_message_search", web)
        self.assertTrue(wide.granted)
        self.assertFalse(narrow.granted)
        self.assertIsInstance(narrow.reason, pg.FeatureReason.CONDITION_UNMET)
        self.assertEqual(why.reason, narrow.reason)

    async def test_the_table_holds_the_answer_of_every_gate(self):
        async with opening() as guard:
            table = guard.feature_table()
            self.assertEqual(table.generation, guard.generation())
            self.assertEqual(len(table.features), len(pg.Feature))
            for decision in table.features:
                self.assertEqual(decision, guard.feature(decision.feature))
            self.assertGreater(table.valid_for, datetime.timedelta(0))

    async def test_time_is_a_datetime_in_utc(self):
        clock = ManualClock()
        async with opening(clock=clock) as guard:
            self.assertEqual(guard.now(), clock.now())
            self.assertEqual(guard.now().tzinfo, datetime.timezone.utc)
            clock.advance(3600)
            self.assertEqual(guard.now(), clock.now())
            self.assertEqual(guard.billing_month(), "2024-08")

    async def test_nothing_known_is_not_no_plan(self):
        async with opening(fallback=None) as guard:
            self.assertEqual(guard.lifecycle(), pg.Lifecycle.UNKNOWN())
            self.assertEqual(guard.entitlements().standing, pg.Standing.UNKNOWN)
            self.assertEqual(guard.feature(pg.Feature.COMMUNITY).reason, pg.FeatureReason.UNKNOWN())
            with self.assertRaises(pg.PlanguardError.PlanUnknown):
                guard.forecast()

    async def test_the_phase_is_kept(self):
        async with opening() as guard:
            guard.set_phase(pg.AppPhase.BACKGROUND)
            self.assertEqual(guard.entitlements().phase, pg.AppPhase.BACKGROUND)


class Limits(Case):
    async def test_a_bulk_action_says_how_much_of_it_fits(self):
        async with opening() as guard:
            action = pg.Action.add_members("g1", "work", 260)
            tightest = guard.check(action).tightest
            self.assertIn("200", guard.assess(action).explain())
        # 200 members a group on Standard.
        self.assertEqual((tightest.max[0], tightest.fits), (200, 200))

    async def test_what_is_recorded_counts_at_once(self):
        async with opening() as guard:
            await guard.record(befriend())
            self.assertTrue(await guard.record_once("message 7", befriend(peer="cyd")))
            self.assertFalse(await guard.record_once("message 7", befriend(peer="cyd")))
            checks = guard.assess(befriend(peer="eve")).checks
        # The tightest first, which is Ada's.
        self.assertEqual([check.evidence.used for check in checks], [2, 0])

    async def test_a_list_of_the_chat_sdk_corrects_the_count(self):
        async with opening(decisions=strict()) as guard:
            await guard.observe(pg.Observation.friends("ada", 3000))
            assessment = guard.assess(befriend())
        self.assertFalse(assessment.may_proceed())
        self.assertEqual(assessment.reason, pg.VerdictReason.LIMIT_REACHED())
        self.assertTrue(assessment.remedies)

    async def test_a_negative_or_huge_number_is_refused(self):
        async with opening() as guard:
            for count in (-1, 2**64):
                with self.assertRaisesRegex(ValueError, "count: u64 requires 0 <= value"):
                    guard.check(pg.Action.add_members("g1", pg.GroupType.WORK, count))
