"""Everything an app's own code may do to the library: raise, not return, answer twice or wrong, from any thread."""

import asyncio
import contextlib
import datetime
import io

import planguard as pg
from planguard.testing import FailingStore, ManualClock, ScriptedEndpoint
from support import Case, Chat, befriend, opening, until

URL = "https://billing.example.com"
BUG = "a bug that knows ada's token"


class Quiet(Case):
    """Whatever is raised, nothing of it is printed."""

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.printed = io.StringIO()
        self.capture = contextlib.ExitStack()
        self.capture.enter_context(contextlib.redirect_stderr(self.printed))
        self.capture.enter_context(contextlib.redirect_stdout(self.printed))

    async def asyncTearDown(self):
        self.capture.close()
        self.assertEqual(self.printed.getvalue(), "")
        await super().asyncTearDown()


class Odd(BaseException):
    """An exception that is no `Exception`."""


ERRORS = [
    ValueError(BUG),
    Odd(BUG),
    asyncio.CancelledError(BUG),
    GeneratorExit(BUG),
    StopIteration(BUG),
    MemoryError(BUG),
]


class Raising(Quiet):
    async def test_a_login_handler_raises(self):
        for error in ERRORS:
            async with opening() as guard:
                with self.assertRaises(pg.PlanguardError.Login) as caught:
                    await self.within(guard.login("ada", pg.LoginIntent.OPEN_CHAT, Chat(raises=error)))
                self.assertEqual(caught.exception.failure.code, 0)

    async def test_a_handler_that_is_a_class_raises(self):
        class Handler(pg.LoginHandler):
            async def login(self, user):
                raise ValueError(user)

        async with opening() as guard:
            with self.assertRaises(pg.PlanguardError.Login) as caught:
                await guard.login("ada", pg.LoginIntent.OPEN_CHAT, Handler())
            self.assertEqual(caught.exception.failure.detail, "ValueError: ada")

    async def test_an_action_handler_raises(self):
        for error in ERRORS:
            async with opening() as guard:
                with self.assertRaises(pg.PlanguardError.HandlerFailed) as caught:
                    await self.within(guard.perform(befriend(), Chat(raises=error)))
                self.assertIsNotNone(caught.exception.__cause__)
                self.assertNotIn("bug", repr(caught.exception) + caught.exception.explain())
                self.assertEqual(guard.check(befriend()).tightest.reserved, 0)

    async def test_a_transport_raises(self):
        for error in [*ERRORS, pg.TransportError.Tls()]:

            async def send(_request, _limit, error=error):
                raise error

            async with opening(endpoint=URL, transport=send) as guard:
                with self.assertRaises(pg.PlanguardError.TryLater) as caught:
                    await self.within(guard.sync(pg.FetchPolicy.FETCH))
                self.assertNotIn("bug", repr(caught.exception) + caught.exception.explain())

    async def test_a_transport_answers_wrong(self):
        for wrong in (None, "200", pg.Response(status=99, headers=[], body=b"")):
            async with opening(endpoint=URL, transport=lambda _request, _limit, wrong=wrong: wrong) as guard:
                with self.assertRaises(pg.PlanguardError.TryLater):
                    await self.within(guard.sync(pg.FetchPolicy.FETCH))

    async def test_a_credential_provider_raises_or_answers_wrong(self):
        def raising(error):
            def give():
                raise error

            return give

        for give in [raising(error) for error in [*ERRORS, pg.CredentialError.Unavailable()]] + [lambda: 7]:
            endpoint = ScriptedEndpoint()
            async with opening(endpoint=URL, transport=endpoint, credential=give) as guard:
                with self.assertRaises(pg.PlanguardError.Credential):
                    await self.within(guard.sync(pg.FetchPolicy.FETCH))
            self.assertEqual(endpoint.requests, [])

    async def test_a_store_raises(self):
        for error in [*ERRORS, pg.HostError.Unavailable()]:

            class Store(FailingStore):
                async def _obey(self, error=error):
                    if self.failing:
                        raise error

            store = Store()
            async with opening(store=store) as guard:
                store.failing = True
                outcome = await self.within(guard.login("ada", pg.LoginIntent.OPEN_CHAT, Chat()))
                self.assertTrue(outcome.is_logged_in(), "a store that fails keeps nobody out")
                await guard.flush()
                events = guard.events().waiting()
                self.assertTrue(any(isinstance(event, pg.Event.STORE_FAILED) for event in events), events)

    async def test_a_store_that_fails_at_first_is_an_error_of_opening_or_memory(self):
        with self.assertRaises(pg.PlanguardError.Store) as caught:
            await self.within(opening(store=FailingStore(failing=True)))
        self.assertTrue(caught.exception.explain())

    async def test_a_store_answers_wrong(self):
        class Store(pg.HostStore):
            async def load(self, known):
                return "an image"

            async def replace(self, expected, content):
                return True

        with self.assertRaises(pg.PlanguardError.Store):
            await self.within(opening(store=Store()))

    async def test_a_clock_raises_or_answers_wrong(self):
        class Clock(ManualClock):
            broken = None

            def now(self):
                return self.broken(super().now()) if self.broken else super().now()

            elapsed_broken = None

            def elapsed(self):
                return self.broken(super().elapsed()) if self.broken else super().elapsed()

        def raising(error):
            def answer(_):
                raise error

            return answer

        naive = lambda at: at.replace(tzinfo=None) if isinstance(at, datetime.datetime) else "soon"  # noqa: E731
        for broken in [raising(error) for error in ERRORS] + [naive, lambda _: None]:
            clock = Clock()
            async with opening(clock=clock) as guard:
                before = guard.now()
                clock.broken = broken
                self.assertEqual(guard.now(), before, "the last answer holds")
                clock.broken = None

    async def test_a_sleep_that_raises_is_over(self):
        class Clock(ManualClock):
            async def sleep(self, length):
                raise ValueError(BUG)

        async with opening(clock=Clock()) as guard:
            outcome = self.within(guard.login("ada", pg.LoginIntent.OPEN_CHAT, Chat(hangs=True)))
            with self.assertRaises(pg.PlanguardError.Login):
                await outcome

    async def test_a_listener_raises_and_hears_of_the_next_event(self):
        heard = []

        def listen(event):
            heard.append(event)
            raise ERRORS[len(heard) % len(ERRORS)]

        async with opening() as guard:
            listening = asyncio.ensure_future(guard.on_event(listen))
            for user in ("ada", "bob", "cyd"):
                await guard.login(user, pg.LoginIntent.PUSH_WAKE, Chat())
            await until(lambda: sum(isinstance(event, pg.Event.LOGIN_DEFERRED) for event in heard) == 3)
        await self.within(listening)


class Silent(Quiet):
    """Code of the app that does not return."""

    async def advance(self, clock, task, seconds):
        await until(lambda: clock.sleepers() > 0)
        clock.advance(seconds)
        return await self.within(task)

    async def test_a_transport_does_not_return(self):
        clock, asked = ManualClock(), asyncio.Event()

        async def send(_request, _limit):
            asked.set()
            await asyncio.get_running_loop().create_future()

        async with opening(clock=clock, endpoint=URL, transport=send) as guard:
            task = asyncio.ensure_future(guard.sync(pg.FetchPolicy.FETCH))
            await asked.wait()
            with self.assertRaises(pg.PlanguardError.TryLater):
                await self.advance(clock, task, 60)

    async def test_a_credential_provider_does_not_return(self):
        clock, asked = ManualClock(), asyncio.Event()

        async def give():
            asked.set()
            await asyncio.get_running_loop().create_future()

        async with opening(clock=clock, endpoint=URL, transport=ScriptedEndpoint(), credential=give) as guard:
            task = asyncio.ensure_future(guard.sync(pg.FetchPolicy.FETCH))
            await asked.wait()
            with self.assertRaises(pg.PlanguardError.Credential):
                await self.advance(clock, task, 10)

    async def test_a_store_does_not_return(self):
        clock, store = ManualClock(), FailingStore()
        async with opening(clock=clock, store=store) as guard:
            store.hanging = True
            task = asyncio.ensure_future(guard.login("ada", pg.LoginIntent.OPEN_CHAT, Chat()))
            for _ in range(20):
                await until(lambda: clock.sleepers() > 0 or task.done())
                if task.done():
                    break
                clock.advance(5)
                for _ in range(50):
                    await asyncio.sleep(0)
            self.assertTrue((await self.within(task)).is_logged_in())
            store.hanging = False

    async def test_a_listener_does_not_return(self):
        clock, heard = ManualClock(), []

        async def listen(event):
            heard.append(event)
            if len(heard) == 1:
                await asyncio.get_running_loop().create_future()

        async with opening(clock=clock) as guard:
            listening = asyncio.ensure_future(guard.on_event(listen))
            await guard.login("ada", pg.LoginIntent.PUSH_WAKE, Chat())
            await until(lambda: len(heard) == 1 and clock.sleepers() > 0)
            clock.advance(10)
            await until(lambda: len(heard) > 1)
        await self.within(listening)


    async def test_a_store_does_not_return_at_the_start(self):
        clock, store = ManualClock(), FailingStore(hanging=True)
        task = asyncio.ensure_future(opening(clock=clock, store=store).__aenter__())
        with self.assertRaises(pg.PlanguardError.Store):
            await self.advance(clock, task, 60)

    async def test_a_sleep_does_not_return(self):
        class Clock(ManualClock):
            async def sleep(self, length):
                await asyncio.get_running_loop().create_future()

        async with opening(clock=Clock()) as guard:
            outcome = await self.within(guard.login("ada", pg.LoginIntent.OPEN_CHAT, Chat()))
            self.assertTrue(outcome.is_logged_in())
            self.assertEqual(await self.within(guard.perform(befriend(), Chat())), pg.Performed.DONE())

    async def test_a_listener_raises_or_does_not_return_where_events_were_lost(self):
        for hanging in (False, True):
            clock, go, lost, heard = ManualClock(), asyncio.Event(), [], []

            class Listener(pg.Listener):
                async def on_event(self, event, go=go, heard=heard):
                    heard.append(event)
                    await go.wait()

                async def on_lagged(self, number, lost=lost, hanging=hanging):
                    lost.append(number)
                    if hanging:
                        await asyncio.get_running_loop().create_future()
                    raise Odd(BUG)

            async with opening(clock=clock, session_mode=pg.SessionMode.MULTI_USER) as guard:
                listening = asyncio.ensure_future(guard.on_event(Listener()))
                await guard.login("first", pg.LoginIntent.PUSH_WAKE, Chat())
                await until(lambda heard=heard: heard)
                for number in range(600):
                    await guard.login(f"user{number}", pg.LoginIntent.PUSH_WAKE, Chat())
                go.set()
                await until(lambda lost=lost: lost)
                await guard.login("last", pg.LoginIntent.PUSH_WAKE, Chat())

                def came(clock=clock, guard=guard, heard=heard):
                    if clock.sleepers():
                        clock.advance(1)
                    return any(guard.is_about(event, "last") for event in heard[-9:])

                await until(came)
            await self.within(listening)

    async def test_a_cancelled_sync_cancels_its_request(self):
        asked, cancelled = asyncio.Event(), []

        async def send(_request, _limit):
            if asked.is_set():
                raise pg.TransportError.Unreachable()
            asked.set()
            try:
                await asyncio.get_running_loop().create_future()
            except asyncio.CancelledError:
                cancelled.append(True)
                raise

        async with opening(endpoint=URL, transport=send) as guard:
            task = asyncio.ensure_future(guard.sync(pg.FetchPolicy.FETCH))
            await asked.wait()
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task
            await until(lambda: cancelled)
            with self.assertRaises(pg.PlanguardError.TryLater):
                await self.within(guard.sync(pg.FetchPolicy.FETCH))
