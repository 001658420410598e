"""The end of a guard, cancellation, and calls after the end."""

import asyncio
import datetime
import inspect
import tempfile
from pathlib import Path

import planguard as pg
from support import APP, Case, Chat, ManualClock, befriend, opening, until

ARGUMENTS = {
    "feature": "community",
    "context": pg.FeatureContext(),
    "action": befriend(),
    "observation": pg.Observation.friends("ada", 3),
    "handler": lambda: None,
    "user": "ada",
    "intent": pg.LoginIntent.OPEN_CHAT,
    "key": "message 7",
    "code": 30014,
    "message": "",
    "phase": pg.AppPhase.BACKGROUND,
    "policy": pg.FetchPolicy.CACHE_ONLY,
    "every": 60,
    "listener": print,
    "event": pg.Event.SYNC_WANTED(),
    "to": "premium",
    "month": "2024-08",
    "done": pg.Done.ALL,
}
STILL_ANSWER = {"shutdown", "is_shut_down"}


def methods():
    """Every public method of a guard."""
    found = inspect.getmembers(pg.Planguard, inspect.isfunction)
    return [(name, method) for name, method in found if not name.startswith("_")]


async def call(guard, name, method, **other):
    """Calls a method with arguments that are right."""
    parameters = list(inspect.signature(method).parameters.values())[1:]
    needed = [parameter.name for parameter in parameters if parameter.default is parameter.empty]
    given = {**ARGUMENTS, "id": "ada", **other}
    answer = getattr(guard, name)(**{parameter: given[parameter] for parameter in needed})
    return await answer if inspect.isawaitable(answer) else answer


class Ending(Case):
    async def test_after_its_end_every_call_says_that_the_guard_is_closed(self):
        async with opening() as guard:
            reservation = await guard.reserve(befriend())
            permit = reservation.permit.keep()
        for name, method in methods():
            if name in STILL_ANSWER:
                await call(guard, name, method)
                continue
            with self.assertRaises(pg.PlanguardError.Closed, msg=name):
                await self.within(call(guard, name, method, id=permit if "permit" in name else "ada"))
        self.assertTrue(guard.is_shut_down())
        self.assertEqual(repr(guard), f"Planguard({APP}, shut down)")

    async def test_what_a_guard_gave_is_closed_with_it(self):
        async with opening() as guard:
            session, events = guard.session("ada"), guard.events()
            events.waiting()
        self.assertEqual([event async for event in events], [])
        for late in (session.connected, session.disconnected, session.kicked_off, session.ended):
            with self.assertRaises(pg.PlanguardError.Closed):
                await late()
        with self.assertRaises(pg.PlanguardError.Closed):
            session.state()

    async def test_what_waits_ends_with_the_guard(self):
        guard = await opening()
        waiting = [
            asyncio.ensure_future(guard.keep_fresh(datetime.timedelta(minutes=5))),
            asyncio.ensure_future(guard.on_event(lambda _: None)),
            asyncio.ensure_future(anext(self.drained(guard.events()), None)),
        ]
        await asyncio.sleep(0)
        guard.shutdown()
        guard.shutdown()
        self.assertEqual(await self.within(asyncio.gather(*waiting)), [None, None, None])

    def drained(self, events):
        events.waiting()
        return events

    async def test_a_block_without_async_ends_it_too(self):
        with await opening() as guard:
            self.assertIn("Lifecycle", repr(guard))
        self.assertTrue(guard.is_shut_down())

    async def test_a_block_that_raises_ends_it(self):
        with self.assertRaises(ZeroDivisionError):
            async with opening() as guard:
                1 / 0
        self.assertTrue(guard.is_shut_down())

    async def test_a_call_under_way_is_carried_through(self):
        async with opening() as guard:
            chat, go = Chat(), asyncio.Event()

            async def login():
                chat.calls += 1
                await go.wait()

            task = asyncio.ensure_future(guard.login("ada", pg.LoginIntent.OPEN_CHAT, login))
            await until(lambda: chat.calls == 1)
        go.set()
        self.assertTrue((await self.within(task)).is_logged_in())

    async def test_the_store_is_free_again(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "planguard.db"
            for _ in range(3):
                async with opening(store=str(path)) as guard:
                    await guard.record(befriend())
            self.assertTrue(path.is_file())


class Cancelling(Case):
    async def test_a_cancelled_login_cancels_its_handler(self):
        async with opening() as guard:
            chat = Chat(hangs=True)
            task = asyncio.ensure_future(guard.login("ada", pg.LoginIntent.OPEN_CHAT, chat))
            await chat.started.wait()
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task
            await until(lambda: chat.cancelled == 1)
            self.assertTrue((await guard.login("bob", pg.LoginIntent.OPEN_CHAT, Chat())).is_logged_in())

    async def test_a_cancelled_action_keeps_no_handler(self):
        async with opening() as guard:
            chat = Chat(hangs=True)
            task = asyncio.ensure_future(guard.perform(befriend(), chat))
            await chat.started.wait()
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task
            await until(lambda: chat.cancelled == 1)

    async def test_cancelling_a_wait_for_events_loses_none(self):
        async with opening() as guard:
            events = guard.events()
            events.waiting()
            waiting = asyncio.ensure_future(anext(events))
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            await guard.login("ada", pg.LoginIntent.PUSH_WAKE, Chat())
            self.assertIsInstance(await self.within(anext(events)), pg.Event.LOGIN_DEFERRED)

    async def test_upkeep_ends_when_its_task_is_cancelled(self):
        clock = ManualClock()
        async with opening(clock=clock) as guard:
            upkeep = asyncio.ensure_future(guard.keep_fresh(300))
            await until(lambda: clock.sleepers() > 0)
            upkeep.cancel()
            await asyncio.gather(upkeep, return_exceptions=True)
            self.assertTrue(upkeep.cancelled())
            await until(lambda: clock.sleepers() == 0)

    async def test_a_loop_may_end_while_calls_are_under_way(self):
        def abandoned():
            async def main():
                guard = await opening()
                chat = Chat(hangs=True)
                asyncio.ensure_future(guard.login("ada", pg.LoginIntent.OPEN_CHAT, chat))
                await chat.started.wait()
                return guard

            return asyncio.run(main())

        guard = await asyncio.to_thread(abandoned)
        self.assertFalse(guard.feature("community").granted)
        guard.shutdown()
