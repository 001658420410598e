"""The app's own code on any thread and any loop, and the kit that stands in for it."""

import asyncio
import threading
import unittest

import planguard as pg
from planguard.testing import ManualClock, ScriptedEndpoint, document, json_response
from support import APP, Chat, opening, until
from test_foreign import URL, Quiet


class Threads(Quiet):
    async def test_a_chat_sdk_that_answers_from_its_own_thread_and_twice(self):
        """A callback SDK: its thread reports success, and then success again."""
        loop = asyncio.get_running_loop()
        threads, refused = [], []

        def answer(future):
            try:
                future.set_result(None)
            except asyncio.InvalidStateError as error:
                refused.append(error)

        def call():
            future = loop.create_future()

            def run():
                for _ in range(2):
                    loop.call_soon_threadsafe(answer, future)

            threads.append(threading.Thread(target=run))
            threads[-1].start()
            return future

        async with opening() as guard:
            outcome = await self.within(guard.login("ada", pg.LoginIntent.OPEN_CHAT, call))
            self.assertTrue(outcome.mau.new_in_month)
            await until(lambda: refused)
            self.assertEqual(len((await guard.login_report(guard.billing_month())).deferred), 0)
        threads[0].join()

    async def test_gates_are_read_from_any_thread(self):
        async with opening() as guard:
            answers = await asyncio.gather(
                *(asyncio.to_thread(lambda: [guard.feature("community").granted for _ in range(200)]) for _ in range(8))
            )
            self.assertEqual({granted for answer in answers for granted in answer}, {False})

    async def test_every_thread_may_have_its_own_loop(self):
        async with opening() as guard:
            chats = []

            async def one(number):
                chats.append(chat := Chat())
                return await guard.login(f"user{number}", pg.LoginIntent.PUSH_WAKE, chat)

            outcomes = await asyncio.gather(*(asyncio.to_thread(lambda n=n: asyncio.run(one(n))) for n in range(8)))
            self.assertTrue(all(isinstance(outcome, pg.LoginOutcome.DEFERRED) for outcome in outcomes))

    async def test_the_library_may_call_from_a_thread_without_a_loop(self):
        """The call then runs on the loop of the guard that was opened last."""
        from planguard import _loading

        async with opening():
            loop = await asyncio.to_thread(_loading._event_loop)
            self.assertIs(loop, asyncio.get_running_loop())

    async def test_cancellation_may_come_from_a_foreign_thread(self):
        """The library drops a call of the app's code on whichever thread it likes."""
        from planguard import _loading

        g = _loading._generated
        loop, chat = asyncio.get_running_loop(), Chat(hangs=True)
        task = asyncio.run_coroutine_threadsafe(chat(), loop)
        await chat.started.wait()
        handle = g._UNIFFI_FOREIGN_FUTURE_HANDLE_MAP.insert((loop, task))
        await asyncio.to_thread(g._uniffi_future_dropped_callback, handle)
        await until(lambda: chat.cancelled == 1)


class Loops(unittest.TestCase):
    def test_a_call_outside_a_loop_says_so(self):
        with self.assertRaisesRegex(RuntimeError, "event loop"):
            pg.open(APP).__await__().send(None)

    def test_ctrl_c_in_a_handler_ends_the_loop_as_ever(self):
        async def main():
            async with opening() as guard:
                await guard.login("ada", pg.LoginIntent.OPEN_CHAT, Chat(raises=KeyboardInterrupt()))
                await asyncio.get_running_loop().create_future()

        with self.assertRaises(KeyboardInterrupt):
            asyncio.run(main())

    def test_ctrl_c_in_a_clock_ends_the_loop_as_ever(self):
        class Clock(ManualClock):
            interrupted = False

            def now(self):
                if self.interrupted:
                    raise KeyboardInterrupt
                return super().now()

        async def main():
            clock = Clock()
            async with opening(clock=clock) as guard:
                before = guard.now()
                clock.interrupted = True
                self.assertEqual(guard.now(), before, "the last answer holds")
                clock.interrupted = False
                await asyncio.get_running_loop().create_future()

        with self.assertRaises(KeyboardInterrupt):
            asyncio.run(main())


class Kit(Quiet):
    async def test_the_scripted_endpoint_shows_what_was_asked(self):
        entitled = document(APP, catalog="intl-2024", edition="premium")
        endpoint = ScriptedEndpoint(json_response(entitled, etag='"1"'))
        options = {"endpoint": URL, "transport": endpoint, "clock": ManualClock(), "credential": "secret"}
        async with opening(**options) as guard:
            outcome = await guard.sync(pg.FetchPolicy.FETCH)
            self.assertIsInstance(outcome, pg.SyncOutcome.UPDATED_TO)
            self.assertTrue(guard.feature("community").granted)
        (request,) = endpoint.requests
        self.assertIn(pg.Header(name="authorization", value="Bearer secret"), request.headers)
        self.assertNotIn("secret", repr(request))

    async def test_without_an_answer_the_fallback_stays(self):
        async with opening(endpoint=URL, transport=ScriptedEndpoint(), clock=ManualClock()) as guard:
            with self.assertRaises(pg.PlanguardError.TryLater):
                await guard.sync(pg.FetchPolicy.FETCH)
            self.assertEqual(guard.entitlements().standing, pg.Standing.FALLBACK)
