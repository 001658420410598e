"""End to end: a guard, and the reference billing endpoint as a process of its own."""

import asyncio
import json
import subprocess
import tempfile
import urllib.request
from pathlib import Path

import planguard as pg
from support import APP, Case, Chat, befriend, opening, program


class Endpoint:
    """The reference endpoint. It ends with its standard input."""

    def __init__(self, *arguments):
        run = [program("PLANGUARD_ENDPOINT"), "--json", "--until-stdin-closes", *arguments]
        self.process = subprocess.Popen(run, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = json.loads(self.process.stdout.readline())["url"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(60)

    async def control(self, method, path, body=None):
        """A call of the control routes."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=headers)

        def send():
            with urllib.request.urlopen(request, timeout=60) as response:
                return json.loads(response.read() or b"null")

        return await asyncio.to_thread(send)


class EndToEnd(Case):
    async def test_a_sync_replaces_the_fallback_and_survives_a_relaunch_offline(self):
        with tempfile.TemporaryDirectory() as folder:
            options = {"store": Path(folder) / "planguard.db"}
            with Endpoint("--credential", "secret") as endpoint:
                async with opening(endpoint=endpoint.url, credential="secret", **options) as guard:
                    self.assertEqual(guard.entitlements().standing, pg.Standing.FALLBACK)
                    outcome = await guard.sync(pg.FetchPolicy.FETCH)
                    self.assertIsInstance(outcome, pg.SyncOutcome.UPDATED_TO)
                    revision = outcome.document.revision
                    again = await guard.sync(pg.FetchPolicy.FETCH)
                    self.assertIsInstance(again, pg.SyncOutcome.NOT_MODIFIED)
                url = endpoint.url
            async with opening(endpoint=url, credential="secret", **options) as guard:
                self.assertEqual(guard.entitlements().standing, pg.Standing.KNOWN)
                with self.assertRaises(pg.PlanguardError.TryLater) as caught:
                    await guard.sync(pg.FetchPolicy.FETCH)
                self.assertTrue(caught.exception.explain())
                self.assertEqual(guard.entitlements().document.revision, revision)
                self.assertTrue((await guard.login("ada", pg.LoginIntent.OPEN_CHAT, Chat())).is_logged_in())

    async def test_a_change_of_plan_reaches_the_gates_and_the_readers(self):
        with Endpoint() as endpoint:
            async with opening(endpoint=endpoint.url) as guard:
                await guard.sync(pg.FetchPolicy.FETCH)
                events = guard.events()
                events.waiting()
                path = f"/v1/apps/{APP}/entitlements"
                document = await endpoint.control("GET", path)
                document["edition"] = "free_trial" if document["edition"] != "free_trial" else "premium"
                document["catalog"] = "intl-2024"
                document.pop("subscription", None)
                await endpoint.control("PUT", path, document)
                await guard.sync(pg.FetchPolicy.FETCH)
                self.assertEqual(guard.entitlements().edition, document["edition"])
                changed = [event for event in events.waiting() if isinstance(event, pg.Event.ENTITLEMENTS_CHANGED)]
                self.assertEqual(len(changed), 1)

    async def test_usage_events_arrive_once(self):
        with Endpoint() as endpoint:
            async with opening(endpoint=endpoint.url) as guard:
                await guard.sync(pg.FetchPolicy.FETCH)
                await guard.login("ada", pg.LoginIntent.OPEN_CHAT, Chat())
                await guard.perform(befriend(), Chat())
                flushed = await guard.flush()
                self.assertIsNone(flushed.stopped)
                self.assertGreater(flushed.delivered, 0)
                stats = await endpoint.control("GET", "/_stats")
                self.assertEqual(len(stats["events"]["received"]), flushed.delivered)
                self.assertEqual((await guard.flush()).delivered, 0)

    async def test_a_wrong_credential_is_an_error_of_its_own(self):
        with Endpoint("--credential", "secret") as endpoint:
            async with opening(endpoint=endpoint.url, credential=lambda: "wrong") as guard:
                with self.assertRaises(pg.PlanguardError.Credential) as caught:
                    await guard.sync(pg.FetchPolicy.FETCH)
                self.assertNotIn("wrong", repr(caught.exception))

    async def test_what_goes_wrong_on_a_network_is_try_later(self):
        with Endpoint() as endpoint:
            for fault in ({"status": {"code": 503, "retry_after": {"secs": 5}}}, "garbage", "cut_off", "wrong_app"):
                async with opening(endpoint=endpoint.url) as guard:
                    await endpoint.control("PUT", "/_faults", {"fault": fault, "on": "get"})
                    with self.assertRaises(pg.PlanguardError.TryLater, msg=str(fault)):
                        await guard.sync(pg.FetchPolicy.FETCH)
                    self.assertEqual(guard.entitlements().standing, pg.Standing.FALLBACK)

    async def test_without_an_endpoint_it_says_what_to_configure(self):
        async with opening() as guard:
            with self.assertRaises(pg.PlanguardError.InvalidInput) as caught:
                await guard.sync(pg.FetchPolicy.FETCH)
            self.assertEqual(caught.exception.field_name, "endpoint")

    async def test_nothing_is_requested_before_a_sync(self):
        with Endpoint() as endpoint:
            async with opening(endpoint=endpoint.url) as guard:
                guard.feature("community")
            self.assertEqual((await endpoint.control("GET", "/_stats"))["requests"]["total"], 0)
