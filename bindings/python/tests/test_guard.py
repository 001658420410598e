"""The UniFFI face, driven from Python: open, feature, check, login with an async handler, sync."""

import asyncio
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

    async def login(self, user_id):
        self.calls.append(user_id)
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure


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
        answer = (await pg.Guard.open(fallback())).feature(pg.Feature.COMMUNITY)
        self.assertFalse(answer.granted)
        self.assertEqual(answer.reason, "not_in_edition")
        premium = next(r for r in answer.remedies if r.edition == "premium")
        # Premium 699 USD less Standard 399 USD a month.
        self.assertEqual((premium.price.amount, premium.price.currency), ("300", "USD"))

    async def test_a_bulk_action_says_how_much_of_it_fits(self):
        answer = (await pg.Guard.open(fallback())).check(
            pg.PlannedAction.ADD_MEMBERS(group="g1", kind=pg.GroupType.WORK, count=260)
        )
        # 200 members a group on Standard.
        self.assertEqual(answer.limits[0].max, 200)
        self.assertEqual(answer.limits[0].fits, 200)

    async def test_what_is_recorded_counts_at_once(self):
        guard = await pg.Guard.open(fallback())
        await guard.record(pg.PlannedAction.ADD_FRIEND(user="ada", peer="bob"))
        answer = guard.check(pg.PlannedAction.ADD_FRIEND(user="ada", peer="eve"))
        # The tightest first, which is Ada's.
        self.assertEqual([limit.used for limit in answer.limits], [1, 0])

    async def test_bad_input_names_the_field(self):
        with self.assertRaises(pg.GuardError.InvalidInput) as caught:
            await pg.Guard.open(pg.OpenOptions(sdk_app_id=0))
        self.assertIn("sdk_app_id", caught.exception.reason)
        with self.assertRaises(pg.GuardError.InvalidInput) as caught:
            await pg.Guard.open(
                pg.OpenOptions(sdk_app_id=APP, fallback_catalog="intl-2024", fallback_edition="Standard")
            )
        self.assertIn("edition: 'S' at byte 0", caught.exception.reason)
        guard = await pg.Guard.open(fallback())
        with self.assertRaises(pg.GuardError.InvalidInput) as caught:
            guard.check(pg.PlannedAction.ADD_FRIEND(user="", peer="bob"))
        self.assertIn("user_id", caught.exception.reason)

    async def test_a_store_that_cannot_be_written_is_an_error(self):
        with self.assertRaises(pg.GuardError.Store):
            await pg.Guard.open(fallback(store_path="/proc/no/such/place.db"))


class Logins(unittest.IsolatedAsyncioTestCase):
    async def test_a_storm_makes_one_call_and_a_relaunch_remembers(self):
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "planguard.db")
            guard, handler = await pg.Guard.open(fallback(store_path=path)), Handler()
            answers = await asyncio.gather(
                *(guard.login("ada", pg.LoginPurpose.OPEN_CHAT, handler) for _ in range(100))
            )
            self.assertEqual(handler.calls, ["ada"])
            executed = [a for a in answers if a.result == pg.LoginResult.EXECUTED]
            self.assertEqual([a.new_active_user for a in executed], [True])
            del guard
            again, handler = await pg.Guard.open(fallback(store_path=path)), Handler()
            answer = await again.login("ada", pg.LoginPurpose.APP_LAUNCH, handler)
            self.assertEqual(answer.result, pg.LoginResult.EXECUTED)
            self.assertFalse(answer.new_active_user, "counted before the relaunch")
            again, handler = await pg.Guard.open(fallback(store_path=path)), Handler()
            answer = await again.login("bob", pg.LoginPurpose.PUSH_WAKE, handler)
            self.assertEqual(answer.result, pg.LoginResult.DEFERRED)
            self.assertEqual(handler.calls, [])

    async def test_the_provider_s_code_and_a_bug_in_the_handler_arrive_typed(self):
        guard = await pg.Guard.open(fallback())
        refused = Handler(pg.UpstreamFailure.Provider(code=70003, detail="bad UserSig"))
        with self.assertRaises(pg.GuardError.Login) as caught:
            await guard.login("ada", pg.LoginPurpose.OPEN_CHAT, refused)
        self.assertEqual(caught.exception.code, 70003)
        with self.assertRaises(pg.GuardError.Login) as caught:
            await guard.login("bob", pg.LoginPurpose.OPEN_CHAT, Handler(ValueError("a bug")))
        self.assertEqual(caught.exception.code, 0)


class Sync(unittest.IsolatedAsyncioTestCase):
    async def test_a_sync_replaces_the_fallback(self):
        server = ThreadingHTTPServer(("127.0.0.1", 0), Billing)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            url = f"http://127.0.0.1:{server.server_address[1]}"
            guard = await pg.Guard.open(fallback(endpoint=url))
            answer = await guard.sync(pg.FetchMode.FETCH)
            self.assertEqual((answer.result, answer.revision), (pg.SyncResult.UPDATED, 42))
            self.assertTrue(guard.feature(pg.Feature.COMMUNITY).granted)
        finally:
            server.shutdown()
            server.server_close()

    async def test_without_an_endpoint_it_says_what_to_configure(self):
        with self.assertRaises(pg.GuardError.InvalidInput) as caught:
            await (await pg.Guard.open(fallback())).sync(pg.FetchMode.FETCH)
        self.assertIn("endpoint", caught.exception.reason)


if __name__ == "__main__":
    unittest.main()
