"""Events."""

import asyncio

import planguard as pg
from planguard import testing
from support import APP, Case, Chat, ManualClock, opening, strict, until


class Events(Case):
    async def test_the_first_reader_also_hears_what_happened_before(self):
        async with opening() as guard:
            await guard.login("ada", pg.LoginIntent.PUSH_WAKE, Chat())
            with guard.events() as events:
                async for event in events:
                    if isinstance(event, pg.Event.LOGIN_DEFERRED):
                        break
            self.assertEqual(event.as_str(), "login_deferred")
            self.assertIn("put off", event.explain())
            self.assertTrue(guard.is_about(event, "ada"))
            self.assertFalse(guard.is_about(event, "bob"))

    async def test_variants_match_by_position(self):
        async with opening() as guard:
            events = guard.events()
            await guard.login("ada", pg.LoginIntent.OPEN_CHAT, Chat())
            for event in events.waiting():
                match event:
                    case pg.Event.LOGIN_EXECUTED(_, intent, effect):
                        break
            self.assertEqual(intent, pg.LoginIntent.OPEN_CHAT())
            self.assertTrue(effect.new_in_month)

    async def test_a_reader_that_stopped_hears_no_more(self):
        async with opening() as guard:
            events = guard.events()
            events.waiting()
            waiting = asyncio.ensure_future(anext(events, None))
            await asyncio.sleep(0)
            events.stop()
            self.assertIsNone(await self.within(waiting))

    async def test_a_reader_that_falls_behind_knows_how_many_it_lost(self):
        clock = ManualClock()
        async with opening(clock=clock, session_mode=pg.SessionMode.MULTI_USER) as guard:
            events = guard.events()
            events.waiting()
            for number in range(3000):
                await guard.login(f"user{number}", pg.LoginIntent.PUSH_WAKE, Chat())
            heard = len(events.waiting())
            self.assertGreater(events.lost, 0)
            self.assertGreater(heard, 0)

    async def test_a_warning_says_how_far_the_limit_is_used(self):
        async with opening(decisions=strict()) as guard:
            events = guard.events()
            await guard.observe(pg.Observation.friends("ada", 2900))
            await guard.record(pg.Action.add_friend("ada", "bob"))
            warnings = [event for event in events.waiting() if isinstance(event, pg.Event.LIMIT_WARNING)]
            self.assertTrue(warnings)
            self.assertEqual(warnings[0].limit, pg.LimitId.FRIENDS_PER_USER)

    async def test_a_listener_hears_of_new_entitlements(self):
        entitled = testing.document(APP, catalog="intl-2024", edition="premium")
        endpoint = testing.ScriptedEndpoint(testing.json_response(entitled))
        heard = []
        options = {"clock": ManualClock(), "endpoint": "https://billing.example.com", "transport": endpoint}
        async with opening(**options) as guard:
            listening = asyncio.ensure_future(guard.on_event(heard.append))
            await guard.sync(pg.FetchPolicy.FETCH)
            await until(
                lambda: any(isinstance(event, pg.Event.ENTITLEMENTS_CHANGED) and event.revision for event in heard)
            )
        await self.within(listening)

    async def test_a_listener_may_be_a_class(self):
        class Listener(pg.Listener):
            events, lost = [], []

            async def on_event(self, event):
                self.events.append(event)

            async def on_lagged(self, lost):
                self.lost.append(lost)

        listener = Listener()
        async with opening() as guard:
            listening = asyncio.ensure_future(guard.on_event(listener))
            await guard.login("ada", pg.LoginIntent.PUSH_WAKE, Chat())
            await until(lambda: any(isinstance(event, pg.Event.LOGIN_DEFERRED) for event in listener.events))
        await self.within(listening)
