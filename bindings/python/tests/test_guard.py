"""The UniFFI face, driven from Python: gates, limits, actions, logins with an async handler, sync."""

import asyncio
import datetime
import json
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import planguard as pg

APP = 1_400_000_001


def fallback(**options):
    return pg.OpenOptions(
        sdk_app_id=APP,
        fallback_catalog="intl-2024",
        fallback_edition="standard",
        **options,
    )


class Handler(pg.LoginHandler):
    """Stands in for the chat SDK and counts how often it was really called."""

    def __init__(self, failure=None):
        self.calls = []
        self.failure = failure

    async def login(self, user):
        self.calls.append(user)
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure


class Adding(pg.ActionHandler):
    """The chat SDK's call of an action."""

    def __init__(self, failure=None):
        self.failure = failure

    async def perform(self):
        if self.failure is not None:
            raise self.failure
        return pg.Done.ALL()


def befriend(user, peer):
    return pg.Action.ADD_FRIEND(user=user, peer=peer)


class Billing(BaseHTTPRequestHandler):
    """The smallest endpoint that speaks the contract of docs/openapi.yaml."""

    def do_GET(self):
        body = json.dumps(
            {
                "schema": 1,
                "revision": 42,
                "sdk_app_id": APP,
                "catalog": "intl-2024",
                "edition": "premium",
                "issued_at": "2024-08-01T00:00:00Z",
                "fresh_for_secs": 300,
            }
        ).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Gates(unittest.IsolatedAsyncioTestCase):
    async def test_a_feature_that_the_edition_lacks_comes_with_a_priced_remedy(self):
        guard = await pg.Planguard.open(fallback())
        decision = guard.feature(pg.Feature.COMMUNITY)
        self.assertFalse(decision.granted)
        self.assertTrue(decision.reason.is_NOT_IN_EDITION())
        ways = guard.explain_feature(pg.Feature.COMMUNITY).remedies
        premium = next(way for way in ways if way.is_CHANGE_EDITION() and way.to == "premium")
        # Premium 699 USD less Standard 399 USD a month.
        self.assertEqual(premium.extra_per_month, pg.Money(amount="300", currency=pg.Currency.USD))
        self.assertIn("300 USD", premium.explain(pg.Locale.EN))
        self.assertIn("300", premium.explain(pg.Locale.ZH_HANS))

    async def test_the_table_holds_the_answers_of_every_gate(self):
        guard = await pg.Planguard.open(fallback())
        table = guard.feature_table()
        self.assertEqual(table.generation, guard.generation())
        for decision in table.features:
            self.assertEqual(decision, guard.feature(decision.feature))
        self.assertEqual(len(table.features), len(pg.Feature))

    async def test_a_bulk_action_says_how_much_of_it_fits(self):
        guard = await pg.Planguard.open(fallback())
        action = pg.Action.ADD_MEMBERS(group="g1", kind=pg.GroupType.WORK, count=260)
        tightest = guard.check(action).tightest
        # 200 members a group on Standard.
        self.assertEqual((tightest.max[0], tightest.fits), (200, 200))
        self.assertIn("200", guard.assess(action).explain(pg.Locale.EN))

    async def test_what_is_recorded_counts_at_once(self):
        guard = await pg.Planguard.open(fallback())
        await guard.record(befriend("ada", "bob"))
        self.assertTrue(await guard.record_once("message 7", befriend("ada", "cyd")))
        self.assertFalse(await guard.record_once("message 7", befriend("ada", "cyd")))
        checks = guard.assess(befriend("ada", "eve")).checks
        # The tightest first, which is Ada's.
        self.assertEqual([check.evidence.used for check in checks], [2, 0])

    async def test_bad_input_names_the_field(self):
        with self.assertRaises(pg.PlanguardError.InvalidInput) as caught:
            await pg.Planguard.open(pg.OpenOptions(sdk_app_id=0))
        self.assertEqual(caught.exception.details.field_name, "sdk_app_id")
        with self.assertRaises(pg.PlanguardError.InvalidInput) as caught:
            await pg.Planguard.open(
                pg.OpenOptions(sdk_app_id=APP, fallback_catalog="intl-2024", fallback_edition="Standard")
            )
        self.assertIn("edition: 'S' at byte 0", caught.exception.details.reason)
        guard = await pg.Planguard.open(fallback())
        with self.assertRaises(pg.PlanguardError.InvalidInput) as caught:
            guard.check(befriend("", "bob"))
        self.assertEqual(caught.exception.details.field_name, "user_id")
        self.assertTrue(caught.exception.explain(pg.Locale.ZH_HANS))
        with self.assertRaises(pg.PlanguardError.InvalidInput) as caught:
            pg.parse_feature("communities")
        self.assertEqual(pg.parse_feature(pg.Feature.COMMUNITY.as_str()), pg.Feature.COMMUNITY)

    async def test_a_store_that_cannot_be_written_is_an_error(self):
        with self.assertRaises(pg.PlanguardError.Store):
            await pg.Planguard.open(fallback(store_path="/proc/no/such/place.db"))

    async def test_after_its_end_a_guard_says_that_it_is_closed(self):
        guard = await pg.Planguard.open(fallback())
        stream = guard.subscribe()
        upkeep = asyncio.ensure_future(guard.keep_fresh(datetime.timedelta(minutes=5)))
        waiting = asyncio.ensure_future(stream.next())
        await asyncio.sleep(0)
        guard.shutdown()
        await upkeep
        while await waiting is not None:
            waiting = asyncio.ensure_future(stream.next())
        with self.assertRaises(pg.PlanguardError.Closed):
            guard.feature(pg.Feature.COMMUNITY)
        with self.assertRaises(pg.PlanguardError.Closed):
            await guard.login("ada", pg.LoginIntent.OPEN_CHAT(), Handler())


class Actions(unittest.IsolatedAsyncioTestCase):
    async def test_an_action_is_carried_out_and_counted(self):
        guard = await pg.Planguard.open(fallback())
        self.assertTrue((await guard.perform(befriend("ada", "bob"), Adding())).is_done())
        self.assertEqual(guard.assess(befriend("ada", "eve")).checks[0].evidence.used, 1)

    async def test_a_refusal_of_the_provider_is_explained(self):
        guard = await pg.Planguard.open(fallback())
        full = Adding(pg.ProviderError.Answered(code=30014, detail="friends full"))
        refused = await guard.perform(befriend("ada", "bob"), full)
        self.assertTrue(refused.is_BY_PROVIDER())
        self.assertEqual(refused.rejection.rejection_class, pg.RejectionClass.LIMIT_REACHED)
        self.assertTrue(refused.explain(pg.Locale.EN))

    async def test_a_permit_is_finished_once(self):
        guard = await pg.Planguard.open(fallback())
        permit = (await guard.reserve(befriend("ada", "bob"))).permit
        self.assertEqual(await permit.commit(), pg.Committed.IN_TIME)
        with self.assertRaises(pg.PlanguardError.Finished):
            permit.release()


class Logins(unittest.IsolatedAsyncioTestCase):
    async def test_a_storm_makes_one_call_and_a_relaunch_remembers(self):
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "planguard.db")
            guard, handler = await pg.Planguard.open(fallback(store_path=path)), Handler()
            outcomes = await asyncio.gather(
                *(guard.login("ada", pg.LoginIntent.OPEN_CHAT(), handler) for _ in range(100))
            )
            self.assertEqual(handler.calls, ["ada"])
            executed = [outcome for outcome in outcomes if outcome.is_EXECUTED()]
            self.assertEqual([outcome.mau.new_in_month for outcome in executed], [True])
            guard.shutdown()
            again, handler = await pg.Planguard.open(fallback(store_path=path)), Handler()
            outcome = await again.login("ada", pg.LoginIntent.APP_LAUNCH(), handler)
            self.assertTrue(outcome.is_EXECUTED())
            self.assertFalse(outcome.mau.new_in_month, "counted before the relaunch")
            again.shutdown()
            again, handler = await pg.Planguard.open(fallback(store_path=path)), Handler()
            outcome = await again.login("bob", pg.LoginIntent.PUSH_WAKE(), handler)
            self.assertTrue(outcome.is_DEFERRED())
            self.assertTrue(outcome.explain(pg.Locale.EN))
            self.assertEqual(handler.calls, [])

    async def test_the_provider_s_code_and_a_bug_in_the_handler_arrive_typed(self):
        guard = await pg.Planguard.open(fallback())
        refused = Handler(pg.ProviderError.Answered(code=70003, detail="bad UserSig"))
        with self.assertRaises(pg.PlanguardError.Login) as caught:
            await guard.login("ada", pg.LoginIntent.OPEN_CHAT(), refused)
        self.assertEqual(caught.exception.failure.code, 70003)
        with self.assertRaises(pg.PlanguardError.Login) as caught:
            await guard.login("bob", pg.LoginIntent.OPEN_CHAT(), Handler(ValueError("a bug")))
        self.assertEqual(caught.exception.failure.code, 0)
        self.assertIn("a bug", caught.exception.failure.detail)

    async def test_a_ticket_is_answered_once(self):
        guard = await pg.Planguard.open(fallback())
        begun = await guard.begin_login("ada", pg.LoginIntent.OPEN_CHAT())
        outcome = await begun.ticket.succeed()
        self.assertTrue(outcome.is_logged_in())
        self.assertEqual(guard.session("ada").state(), pg.SessionState.LOGGED_IN)
        with self.assertRaises(pg.PlanguardError.Finished):
            await begun.ticket.succeed()


class Sync(unittest.IsolatedAsyncioTestCase):
    async def test_a_sync_replaces_the_fallback(self):
        server = ThreadingHTTPServer(("127.0.0.1", 0), Billing)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            url = f"http://127.0.0.1:{server.server_address[1]}"
            guard = await pg.Planguard.open(fallback(endpoint=url))
            outcome = await guard.sync(pg.FetchPolicy.FETCH)
            self.assertTrue(outcome.is_UPDATED_TO())
            self.assertEqual(outcome.document.revision, 42)
            self.assertTrue(guard.feature(pg.Feature.COMMUNITY).granted)
        finally:
            server.shutdown()
            server.server_close()

    async def test_without_an_endpoint_it_says_what_to_configure(self):
        guard = await pg.Planguard.open(fallback())
        with self.assertRaises(pg.PlanguardError.InvalidInput) as caught:
            await guard.sync(pg.FetchPolicy.FETCH)
        self.assertEqual(caught.exception.details.field_name, "endpoint")


if __name__ == "__main__":
    unittest.main()
