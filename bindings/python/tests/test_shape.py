"""What Python programmers expect of values: repr, comparison, matching; and that no secret is in a repr."""

import enum
import unittest

import planguard as pg
from planguard import testing
from support import APP, Case, Chat, ManualClock, opening

SECRET = "hunter2"


class Values(unittest.TestCase):
    def test_a_repr_shows_the_fields(self):
        money = pg.Money(amount=1, currency=pg.Currency.USD)
        self.assertEqual(repr(money), "Money(amount=1, currency=Currency.USD)")
        self.assertEqual(repr(pg.Max.OF(5)), "Max.OF(5)")
        self.assertEqual(repr(pg.LoginIntent.after_kick(True)), "LoginIntent.AFTER_KICK(confirmed=True)")
        self.assertEqual(f"{pg.Max.UNLIMITED()}", "Max.UNLIMITED()")

    def test_ids_of_people_are_not_in_a_repr(self):
        self.assertEqual(repr(pg.Action.add_friend("ada", "bob")), "Action.ADD_FRIEND(user=…, peer=…)")
        self.assertEqual(repr(pg.Action.push(7)), "Action.PUSH(messages=7)")
        self.assertNotIn("ada", repr(pg.Observation.friends("ada", 3)))
        self.assertNotIn("g1", repr(pg.Done.CREATED("g1")))

    def test_secrets_and_the_provider_s_texts_are_not_in_a_repr(self):
        from planguard import _generated as g

        header = pg.Header(name="authorization", value=SECRET)
        request = pg.Request(method="GET", url="https://x", headers=[header], body=SECRET.encode())
        response = pg.Response(status=200, headers=[header], body=SECRET.encode())
        image = pg.HostImage(version=1, content=SECRET.encode())
        options = g.OpenOptions(sdk_app_id=APP, credential=SECRET, device_marker=SECRET)
        answered = pg.ProviderError.Answered(code=7, detail=SECRET)
        unexpected = pg.ProviderError.Unexpected(detail=SECRET)
        for value in (header, request, response, image, options, answered, unexpected):
            self.assertNotIn(SECRET, f"{value!r} {value}")

    def test_values_compare_with_anything(self):
        one, same = pg.Action.add_friend("ada", "bob"), pg.Action.ADD_FRIEND(user="ada", peer="bob")
        self.assertEqual(one, same)
        self.assertNotEqual(one, pg.Action.remove_friend("ada", "bob"))
        for other in (None, 7, "ada", pg.Money(amount=1, currency=pg.Currency.USD)):
            self.assertNotEqual(one, other)
            self.assertNotEqual(pg.Header(name="a", value="b"), other)

    def test_variants_match_by_name_and_position(self):
        match pg.LoginOutcome.DENIED(pg.DenyReason.KICKED_OFF(), [], None, None):
            case pg.LoginOutcome.DENIED(reason=pg.DenyReason.KICKED_OFF()):
                pass
            case _:
                self.fail("by name")
        match pg.Action.add_friend("ada", "bob"):
            case pg.Action.ADD_FRIEND(user, peer):
                self.assertEqual((user, peer), ("ada", "bob"))
            case _:
                self.fail("by position")

    def test_every_variant_that_callers_write_has_a_function(self):
        for kind in (pg.Action, pg.Observation, pg.LoginIntent, pg.Done):
            variants = [name for name, value in vars(kind).items() if isinstance(value, type)]
            self.assertTrue(variants)
            for name in variants:
                self.assertTrue(callable(getattr(kind, name.lower())), name)

    def test_every_enum_shows_its_name(self):
        for name in pg.__all__:
            kind = getattr(pg, name)
            if isinstance(kind, type) and issubclass(kind, enum.Enum):
                for member in kind:
                    self.assertEqual(repr(member), f"{name}.{member.name}")

    def test_durations_are_timedeltas_without_overflow(self):
        from planguard import _values

        self.assertEqual(_values.span(1, 500_000_000).total_seconds(), 1.5)
        self.assertEqual(_values.span(2**63, 0), _values.datetime.timedelta.max)

    def test_instants_beyond_the_calendar_are_the_last_one(self):
        from planguard import _values

        for milliseconds in (2**63 - 1, -(2**63), 0, 1_722_470_400_123):
            at = _values.instant(milliseconds)
            self.assertEqual(at.utcoffset().total_seconds(), 0)
            if abs(milliseconds) < 2**60:
                self.assertEqual(_values.milliseconds(at), milliseconds)


class Errors(Case):
    async def test_every_error_is_one_type_and_shows_its_reason(self):
        async with opening() as guard:
            with self.assertRaises(pg.PlanguardError) as caught:
                guard.feature("communities")
        error = caught.exception
        self.assertIsInstance(error, Exception)
        self.assertEqual(str(error), error.reason)
        self.assertEqual(error.details.word, "unknown_id")
        self.assertTrue(repr(error).startswith("PlanguardError.InvalidInput('feature: "))

    async def test_the_kit_says_what_it_is(self):
        clock, endpoint, store = ManualClock(), testing.ScriptedEndpoint(), testing.FailingStore()
        async with opening(clock=clock, endpoint="https://x.example", transport=endpoint, store=store) as guard:
            await guard.login("ada", pg.LoginIntent.OPEN_CHAT, Chat())
            self.assertIn(str(APP), repr(guard))
            self.assertEqual(repr(guard.events()), "Events(lost=0)")
            self.assertEqual(repr(guard.session("ada")), "<planguard.UserSession>")
        self.assertIn("2024-08-10", repr(clock))
        self.assertIn("asked=0", repr(endpoint))
        self.assertIn("FailingStore(version=", repr(store))
