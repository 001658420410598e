"""Faults that meet: texts that cannot cross, cancellation at every step, calls within calls, a store that fails."""

import asyncio
import contextlib
import datetime
import gc
import random
import traceback

import planguard as pg
from planguard.testing import FailingStore, ManualClock, MemoryStore, ScriptedEndpoint
from support import Chat, befriend, opening, strict, until
from test_foreign import URL, Quiet

OPEN, PUSH = pg.LoginIntent.OPEN_CHAT, pg.LoginIntent.PUSH_WAKE
# Half of a surrogate pair, as a text has that was cut in the middle of a character.
CUT = "ada's token \ud83d"


async def steps(number):
    """Lets the loop run."""
    for _ in range(number):
        await asyncio.sleep(0)


def everything(error):
    """All that a log may show of an error."""
    return repr(error) + "".join(traceback.format_exception(error))


class SlowStore(MemoryStore):
    """Answers a few rounds of the loop later."""

    async def load(self, known):
        await steps(1)
        return await super().load(known)

    async def replace(self, expected, content):
        await steps(2)
        replaced = await super().replace(expected, content)
        await steps(1)
        return replaced


class Texts(Quiet):
    async def test_a_text_that_is_no_unicode_is_a_value_error_without_the_text(self):
        async with opening() as guard:
            calls = [
                lambda: guard.check(befriend(CUT)),
                lambda: guard.session(CUT),
                lambda: guard.group(CUT),
                lambda: guard.login(CUT, OPEN, Chat()),
                lambda: guard.perform(befriend(CUT), Chat()),
                lambda: guard.record_once(CUT, befriend()),
                lambda: guard.report_rejection(30014, CUT),
                lambda: opening(endpoint=URL, credential=CUT).__aenter__(),
                lambda: opening(store=CUT).__aenter__(),
                lambda: pg.bill_of_json(CUT),
            ]
            for call in calls:
                with self.assertRaisesRegex(ValueError, "surrogate pair") as caught:
                    await call()
                self.assertNotIsInstance(caught.exception, UnicodeError)
                self.assertNotIn("token", repr(caught.exception) + repr(caught.exception.__context__))

    async def test_arguments_in_the_wrong_order_do_not_show_the_id(self):
        async with opening() as guard:
            swapped = (lambda: guard.is_about("ada", pg.Event.SYNC_WANTED()), lambda: guard.login(OPEN, "ada", Chat()))
            for call in swapped:
                with self.assertRaises(TypeError) as caught:
                    await call()
                self.assertNotIn("ada", str(caught.exception))

    async def test_an_answer_with_a_cut_text_is_an_answer(self):
        async with opening() as guard:
            refusal = pg.ProviderError.Answered(code=6012, detail=CUT)
            with self.assertRaises(pg.PlanguardError.Login) as caught:
                await guard.login("ada", OPEN, Chat(raises=refusal))
            self.assertEqual(caught.exception.failure.code, 6012)
            self.assertEqual(caught.exception.failure.detail, "ada's token ?")
            performed = await guard.perform(befriend(), Chat(raises=pg.ProviderError.Answered(code=30014, detail=CUT)))
            self.assertEqual(performed.rejection.code, 30014)

    async def test_what_is_raised_may_be_unable_to_say_what_it_is(self):
        class Mute(Exception):
            def __str__(self):
                raise ValueError("ada's token")

        for error in (
            Mute(),
            ValueError(CUT),
            pg.ProviderError(),
            pg.ProviderError.Answered(code=2**40, detail=""),
            pg.ProviderError.Answered(code="70001", detail=""),
            pg.ProviderError.Answered(code=70001, detail=None),
        ):
            async with opening() as guard:
                with self.assertRaises(pg.PlanguardError.Login) as caught:
                    await self.within(guard.login("ada", OPEN, Chat(raises=error)))
                self.assertEqual(caught.exception.failure.code, 0)
                with self.assertRaises(pg.PlanguardError.HandlerFailed):
                    await self.within(guard.perform(befriend(), Chat(raises=error)))
                self.assertEqual(guard.check(befriend()).tightest.reserved, 0)

    async def test_an_amount_that_is_none_is_a_failure_of_the_handler(self):
        wrong = (pg.Done.AMOUNT(-1), pg.Done.AMOUNT(2**64), pg.Done.AMOUNT("all"), pg.Done.CREATED(CUT))
        for done in (*wrong, pg.Done, pg.Done.AMOUNT):
            async with opening(decisions=strict()) as guard:

                async def call(done=done):
                    return done

                with self.assertRaises(pg.PlanguardError.HandlerFailed) as caught:
                    await self.within(guard.perform(befriend(), call))
                self.assertNotIn("token", everything(caught.exception))
                self.assertEqual(guard.check(befriend()).tightest.reserved, 0)

    async def test_an_answer_that_cannot_cross_is_no_answer(self):
        header = pg.Header(name="etag", value=CUT)
        for response in (
            pg.Response(status=70_000, headers=[], body=b""),
            pg.Response(status=-1, headers=[], body=b""),
            pg.Response(status=200, headers=None, body=b""),
            pg.Response(status=200, headers=[header], body=b"{}"),
            pg.Response(status=200, headers=[], body="{}"),
            pg.TransportError.TooLarge(limit=-1),
            pg.TransportError(),
        ):
            endpoint = ScriptedEndpoint(response)
            async with opening(endpoint=URL, transport=endpoint, credential="secret") as guard:
                with self.assertRaises(pg.PlanguardError.TryLater) as caught:
                    await self.within(guard.sync(pg.FetchPolicy.FETCH))
                self.assertNotIn("secret", everything(caught.exception))
        async with opening(endpoint=URL, transport=ScriptedEndpoint(), credential=lambda: CUT) as guard:
            with self.assertRaises(pg.PlanguardError.Credential):
                await self.within(guard.sync(pg.FetchPolicy.FETCH))

    async def test_an_image_that_cannot_cross_is_a_failure_of_the_store(self):
        for image in (pg.HostImage(version=-1, content=b""), pg.HostImage(version=1, content=None)):

            class Store(MemoryStore):
                async def load(self, known, image=image):
                    return image

            with self.assertRaises(pg.PlanguardError.Store):
                await self.within(opening(store=Store()).__aenter__())


    async def test_a_text_of_a_class_that_writes_itself_otherwise(self):
        class Text(str):
            def encode(self, *_):
                return b"\xff\xfe"

        async with opening() as guard:
            self.assertEqual(guard.user(Text("ada")), "ada")

    async def test_a_number_that_is_no_duration_names_the_argument(self):
        async with opening() as guard:
            for wrong in (float("nan"), float("inf"), 1e300, -1):
                with self.assertRaisesRegex(ValueError, "timeout"):
                    await guard.perform(befriend(), Chat(), timeout=wrong)


class Steps(Quiet):
    async def test_an_action_cancelled_at_any_step_holds_no_room_for_nobody(self):
        for number in range(40):
            clock = ManualClock()
            async with opening(store=SlowStore(), clock=clock, decisions=strict()) as guard:
                chat = Chat()
                performing = asyncio.ensure_future(guard.perform(befriend(), chat))
                await steps(number)
                performing.cancel()
                await asyncio.gather(performing, return_exceptions=True)
                await self.within(guard.flush())
                evidence = guard.assess(befriend()).checks[0].evidence
                self.assertLessEqual(evidence.used + evidence.reserved, chat.calls, number)
                clock.advance(3600)
                self.assertEqual(guard.assess(befriend()).checks[0].evidence.reserved, 0, number)

    async def test_a_login_cancelled_at_any_step_leaves_the_others_theirs(self):
        for number in range(40):
            async with opening(store=SlowStore(), clock=ManualClock()) as guard:
                first = asyncio.ensure_future(guard.login("ada", OPEN, Chat()))
                others = [asyncio.ensure_future(guard.login("ada", OPEN, Chat())) for _ in range(5)]
                await steps(number)
                first.cancel()
                await asyncio.gather(first, return_exceptions=True)
                outcomes = await self.within(asyncio.gather(*others))
                self.assertTrue(all(outcome.is_logged_in() for outcome in outcomes), number)

    async def test_a_reader_cancelled_at_any_step_loses_no_event(self):
        for number in range(30):
            for after in (False, True):
                async with opening(clock=ManualClock()) as guard:
                    events, read = guard.events(), []
                    events.waiting()

                    async def reading(events=events, read=read):
                        read.append(await anext(events))

                    reader = asyncio.ensure_future(reading())
                    await steps(3)
                    login = asyncio.ensure_future(guard.login("ada", PUSH, Chat()))
                    if after:
                        await login
                    await steps(number)
                    reader.cancel()
                    await asyncio.gather(reader, return_exceptions=True)
                    await login
                    self.assertEqual(len(read + events.waiting()), 1, number)

    async def test_three_readers_share_a_stream(self):
        async with opening(session_mode=pg.SessionMode.MULTI_USER, clock=ManualClock()) as guard:
            events, read = guard.events(), []
            events.waiting()

            async def reading():
                async for event in events:
                    read.append(event)

            readers = [asyncio.ensure_future(reading()) for _ in range(3)]
            for number in range(50):
                await guard.login(f"user{number}", PUSH, Chat())
                await steps(number % 3)
            readers[0].cancel()
            await until(lambda: len(read) == 50)
            events.stop()
            await self.within(asyncio.gather(*readers[1:]))

    async def test_the_first_reader_hears_how_much_it_missed(self):
        async with opening(session_mode=pg.SessionMode.MULTI_USER, clock=ManualClock()) as guard:
            for number in range(400):
                await guard.login(f"user{number}", PUSH, Chat())
            events = guard.events()
            self.assertEqual(len(events.waiting()), 256)
            self.assertGreaterEqual(events.lost, 400 - 256)


class Within(Quiet):
    """The guard called from code that it has called."""

    async def passing(self, clock, task, most):
        """Lets time pass until a task is over."""
        for _ in range(most):
            await steps(20)
            if task.done():
                return
            clock.advance(1)
        self.fail(f"it is not over after {most} seconds")

    async def test_a_login_that_waits_for_itself_ends_with_its_time(self):
        clock = ManualClock()
        async with opening(clock=clock) as guard:
            outer = asyncio.ensure_future(guard.login("ada", OPEN, lambda: guard.login("ada", OPEN, Chat())))
            await self.passing(clock, outer, 61)
            with self.assertRaises(pg.PlanguardError.Login):
                await outer
            self.assertTrue((await self.within(guard.login("bob", OPEN, Chat()))).is_logged_in())

    async def test_an_action_may_hold_another(self):
        async with opening(store=SlowStore(), decisions=strict()) as guard:

            async def call():
                await guard.perform(befriend(peer="cyd"), Chat())
                await guard.login("ada", OPEN, Chat())
                await guard.record(befriend(peer="dan"))

            self.assertTrue((await self.within(guard.perform(befriend(), call))).is_done())
            evidence = guard.assess(befriend(peer="eve")).checks[0].evidence
            self.assertEqual((evidence.used, evidence.reserved), (3, 0))

    async def test_a_store_that_asks_the_guard_is_waited_for_so_long(self):
        clock = ManualClock()

        class Store(MemoryStore):
            guard = None

            async def replace(self, expected, content):
                guard, self.guard = self.guard, None
                if guard is not None:
                    guard.check(befriend())
                    await guard.record(befriend(peer="within"))
                return await super().replace(expected, content)

        store = Store()
        async with opening(clock=clock, store=store) as guard:
            store.guard = guard
            login = asyncio.ensure_future(guard.login("ada", OPEN, Chat()))
            await self.passing(clock, login, 30)
            self.assertTrue(login.result().is_logged_in())

    async def test_a_guard_shut_down_from_within(self):
        async with opening() as guard:

            async def shut():
                guard.shutdown()

            self.assertTrue((await self.within(guard.login("ada", OPEN, shut))).is_logged_in())
        async with opening() as guard:
            listening = asyncio.ensure_future(guard.on_event(lambda _: guard.shutdown()))
            await steps(3)
            with contextlib.suppress(pg.PlanguardError.Closed):
                await guard.login("ada", PUSH, Chat())
            await self.within(listening)
            self.assertTrue(guard.is_shut_down())


class Together(Quiet):
    async def test_many_actions_on_a_store_of_the_app_that_comes_and_goes(self):
        chance = random.Random(2)
        clock, store = ManualClock(), FailingStore()
        async with opening(store=store, clock=clock, decisions=strict()) as guard:

            async def call(number):
                await steps(number % 20)
                if number % 3 == 0:
                    raise ValueError("no")

            actions = [
                asyncio.ensure_future(guard.perform(befriend(peer=f"p{number}"), lambda n=number: call(n)))
                for number in range(300)
            ]
            for task in chance.sample(actions, 60):
                store.failing = not store.failing
                task.cancel()
                await steps(1)
            store.failing = False
            ended = await asyncio.gather(*actions, return_exceptions=True)
            sure = sum(isinstance(one, pg.Performed.DONE) for one in ended)
            clock.advance(3600)
            await self.within(guard.flush())
            evidence = guard.assess(befriend()).checks[0].evidence
            self.assertEqual(evidence.reserved, 0)
            self.assertGreaterEqual(evidence.used, sure)

    async def test_a_failing_store_a_clock_set_back_and_a_second_guard(self):
        clock, store = ManualClock(), FailingStore()
        async with opening(store=store, clock=clock) as one, opening(store=store, clock=clock) as two:
            store.failing = True
            await one.perform(befriend(peer="p1"), Chat())
            await two.perform(befriend(peer="p2"), Chat())
            clock.advance(datetime.timedelta(days=40))
            clock.set(clock.now() - datetime.timedelta(days=75))
            await one.perform(befriend(peer="p3"), Chat())
            store.failing = False
            for _ in range(4):
                clock.advance(60)
                await self.within(asyncio.gather(one.flush(), two.flush()))
        async with opening(store=store, clock=clock) as guard:
            self.assertEqual(guard.assess(befriend()).checks[0].evidence.used, 3)

    async def test_a_permit_let_go_by_another_thread_gives_its_room_back(self):
        for store in (None, MemoryStore()):
            async with opening(store=store, decisions=strict()) as guard:
                held = [(await guard.reserve(befriend())).permit]

                def let_go(held=held):
                    held.clear()
                    gc.collect()

                await asyncio.to_thread(let_go)
                self.assertEqual(guard.assess(befriend()).checks[0].evidence.reserved, 0)

    async def test_a_handler_that_does_not_heed_cancellation(self):
        clock, stop = ManualClock(), asyncio.Event()

        async def stubborn():
            while not stop.is_set():
                with contextlib.suppress(asyncio.CancelledError):
                    await stop.wait()

        async with opening(clock=clock) as guard:
            login = asyncio.ensure_future(guard.login("ada", OPEN, stubborn, timeout=5))
            action = asyncio.ensure_future(guard.perform(befriend(), stubborn, timeout=5))
            await until(lambda: clock.sleepers() > 1)
            for _ in range(6):
                clock.advance(1)
                await steps(20)
            with self.assertRaises(pg.PlanguardError.Login):
                await self.within(login)
            with self.assertRaises(pg.PlanguardError.TimedOut):
                await self.within(action)
            stop.set()
