"""The login guard: one call of the chat SDK for a storm, none where none is needed."""

import asyncio
import tempfile
from pathlib import Path

import planguard as pg
from planguard.testing import MemoryStore
from support import Case, Chat, ManualClock, at, opening, until

OPEN_CHAT = pg.LoginIntent.OPEN_CHAT


class Storms(Case):
    async def test_a_thousand_tasks_make_one_call(self):
        async with opening() as guard:
            chat = Chat()
            outcomes = await asyncio.gather(*(guard.login("ada", OPEN_CHAT, chat) for _ in range(1000)))
            self.assertEqual(chat.calls, 1)
            executed = [outcome for outcome in outcomes if isinstance(outcome, pg.LoginOutcome.EXECUTED)]
            self.assertEqual([outcome.mau.new_in_month for outcome in executed], [True])
            self.assertTrue(all(outcome.is_logged_in() for outcome in outcomes))
            report = await guard.login_report(guard.billing_month())
            self.assertEqual((report.asked, report.executed, report.active_users), (1000, 1, 1))

    async def test_a_failure_reaches_every_task_of_the_storm(self):
        async with opening() as guard:
            chat = Chat(code=70003)
            outcomes = await asyncio.gather(
                *(guard.login("ada", OPEN_CHAT, chat) for _ in range(50)), return_exceptions=True
            )
            self.assertEqual(chat.calls, 1)
            for outcome in outcomes:
                self.assertFalse(isinstance(outcome, pg.LoginOutcome) and outcome.is_logged_in())
            self.assertTrue(any(isinstance(outcome, pg.PlanguardError.Login) for outcome in outcomes))

    async def test_who_goes_away_does_not_take_the_others_login_along(self):
        async with opening() as guard:
            chat = Chat(hangs=True)
            first = asyncio.ensure_future(guard.login("ada", OPEN_CHAT, chat))
            await chat.started.wait()
            second = asyncio.ensure_future(guard.login("ada", OPEN_CHAT, later := Chat()))
            await asyncio.sleep(0)
            first.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await first
            self.assertTrue((await self.within(second)).is_logged_in())
            await until(lambda: chat.cancelled == 1)
            self.assertEqual(later.calls, 1)


class Remembering(Case):
    async def test_a_relaunch_remembers_who_was_counted(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "planguard.db"
            async with opening(store=path) as guard:
                outcome = await guard.login("ada", OPEN_CHAT, Chat())
                self.assertTrue(outcome.mau.new_in_month)
                guest = guard.stable_guest_id()
            async with opening(store=path) as guard:
                chat = Chat()
                outcome = await guard.login("ada", pg.LoginIntent.APP_LAUNCH, chat)
                self.assertIsInstance(outcome, pg.LoginOutcome.EXECUTED)
                self.assertFalse(outcome.mau.new_in_month, "counted before the relaunch")
                self.assertEqual((chat.calls, guard.stable_guest_id()), (1, guest))
            async with opening(store=path) as guard:
                chat = Chat()
                outcome = await guard.login("bob", pg.LoginIntent.PUSH_WAKE, chat)
                self.assertIsInstance(outcome, pg.LoginOutcome.DEFERRED)
                self.assertEqual(chat.calls, 0)

    async def test_the_month_turns_in_the_billing_zone(self):
        clock = ManualClock(at("2024-08-31T23:30:00+08:00"))
        async with opening(clock=clock) as guard:
            chat = Chat()
            await guard.login("ada", OPEN_CHAT, chat)
            self.assertEqual(guard.billing_month(), "2024-08")
            await guard.session("ada").ended()
            clock.advance(3600)
            self.assertEqual(guard.billing_month(), "2024-09")
            outcome = await guard.login("ada", pg.LoginIntent.PUSH_WAKE, chat)
            self.assertEqual(outcome.reason, pg.DeferReason.WOULD_CREATE_ACTIVE_USER)
            outcome = await guard.login("ada", OPEN_CHAT, chat)
            self.assertTrue(outcome.mau.new_in_month)
            self.assertEqual(chat.calls, 2)

    async def test_known_users_are_logged_in_by_a_push(self):
        async with opening() as guard:
            await guard.known_active("ada")
            outcome = await guard.login("ada", pg.LoginIntent.PUSH_WAKE, Chat())
            self.assertFalse(outcome.mau.new_in_month)

    async def test_a_store_of_the_app_remembers(self):
        store = MemoryStore()
        async with opening(store=store) as guard:
            await guard.login("ada", OPEN_CHAT, Chat())
            await guard.flush()
        async with opening(store=store) as guard:
            outcome = await guard.login("ada", pg.LoginIntent.PUSH_WAKE, Chat())
            self.assertFalse(outcome.mau.new_in_month)


class Sessions(Case):
    async def test_after_a_kick_nobody_is_logged_in_without_asking(self):
        async with opening() as guard:
            chat = Chat()
            await guard.login("ada", OPEN_CHAT, chat)
            session = guard.session("ada")
            self.assertEqual(session.state(), pg.SessionState.LOGGED_IN)
            await session.kicked_off()
            self.assertEqual(session.state(), pg.SessionState.KICKED_OFF)
            outcome = await guard.login("ada", pg.LoginIntent.RECONNECT, chat)
            self.assertEqual(outcome.reason, pg.DenyReason.KICKED_OFF())
            confirmed = pg.LoginIntent.AFTER_KICK(confirmed=True)
            self.assertTrue((await guard.login("ada", confirmed, chat)).is_logged_in())
            self.assertEqual(chat.calls, 2)

    async def test_an_expired_user_sig_waits_for_a_new_one(self):
        async with opening() as guard:
            chat = Chat()
            await guard.login("ada", OPEN_CHAT, chat)
            await guard.session("ada").user_sig_expired()
            self.assertEqual(guard.session("ada").state(), pg.SessionState.SIG_EXPIRED)
            await guard.new_user_sig("ada")
            self.assertTrue((await guard.login("ada", pg.LoginIntent.RENEW_USER_SIG, chat)).is_logged_in())

    async def test_who_logged_out_is_not_logged_in_by_a_machine(self):
        async with opening() as guard:
            await guard.login("ada", OPEN_CHAT, Chat())
            await guard.session("ada").logged_out()
            outcome = await guard.login("ada", pg.LoginIntent.PUSH_WAKE, Chat())
            self.assertEqual(outcome.reason, pg.DeferReason.LOGGED_OUT)

    async def test_a_lost_connection_is_no_end(self):
        async with opening() as guard:
            await guard.login("ada", OPEN_CHAT, chat := Chat())
            await guard.session("ada").disconnected()
            await guard.session("ada").connected()
            self.assertEqual(await guard.login("ada", OPEN_CHAT, chat), pg.LoginOutcome.ALREADY_LOGGED_IN())
            self.assertEqual(chat.calls, 1)


class Failures(Case):
    async def test_the_provider_s_code_arrives_and_is_waited_out(self):
        clock = ManualClock()
        async with opening(clock=clock) as guard:
            chat = Chat(code=70003)
            with self.assertRaises(pg.PlanguardError.Login) as caught:
                await guard.login("ada", OPEN_CHAT, chat)
            failure = caught.exception.failure
            self.assertEqual((failure.code, failure.detail), (70003, "the provider's own text"))
            self.assertIsInstance(caught.exception.__cause__, pg.ProviderError.Answered)
            self.assertNotIn("own text", f"{caught.exception} {caught.exception!r} {failure!r}")
            outcome = await guard.login("ada", OPEN_CHAT, chat)
            self.assertIsInstance(outcome, pg.LoginOutcome.DENIED)
            await guard.forget_failures("ada")
            chat.code = 0
            self.assertTrue((await guard.login("ada", OPEN_CHAT, chat)).is_logged_in())

    async def test_a_bug_in_the_handler_is_the_cause(self):
        async with opening() as guard:
            bug = KeyError("a bug")
            with self.assertRaises(pg.PlanguardError.Login) as caught:
                await guard.login("ada", OPEN_CHAT, Chat(raises=bug))
            self.assertIs(caught.exception.__cause__, bug)
            self.assertEqual(caught.exception.failure.code, 0)
            self.assertIn("a bug", caught.exception.failure.detail)

    async def test_a_handler_that_does_not_return_is_not_waited_for(self):
        clock = ManualClock()
        async with opening(clock=clock) as guard:
            chat = Chat(hangs=True)
            task = asyncio.ensure_future(guard.login("ada", OPEN_CHAT, chat, timeout=5))
            await chat.started.wait()
            await until(lambda: clock.sleepers() > 0)
            clock.advance(5)
            with self.assertRaises(pg.PlanguardError.Login) as caught:
                await self.within(task)
            self.assertEqual(caught.exception.failure.failure_class, pg.FailureClass.TIMED_OUT())


class Tickets(Case):
    async def begin(self, guard, user="ada", **options):
        begun = await guard.begin_login(user, OPEN_CHAT, **options)
        self.assertIsInstance(begun, pg.Begun.TICKET)
        return begun.ticket

    async def test_a_ticket_is_answered_once(self):
        async with opening() as guard:
            ticket = await self.begin(guard)
            self.assertTrue((await ticket.succeed()).is_logged_in())
            for again in (ticket.succeed(), ticket.fail(70003, "late")):
                with self.assertRaises(pg.PlanguardError.Finished):
                    await again
            with self.assertRaises(pg.PlanguardError.Finished):
                ticket.abandon()

    async def test_a_refusal_is_the_login_s_failure(self):
        async with opening() as guard:
            ticket = await self.begin(guard)
            with self.assertRaises(pg.PlanguardError.Login) as caught:
                await ticket.fail(70003, "refused")
            self.assertEqual(caught.exception.failure.code, 70003)

    async def test_who_does_not_wait_hears_that_a_login_runs(self):
        async with opening() as guard:
            ticket = await self.begin(guard)
            self.assertEqual(await guard.begin_login("ada", OPEN_CHAT, no_wait=True), pg.Begun.IN_FLIGHT())
            ticket.abandon()
            await self.begin(guard)

    async def test_a_ticket_that_is_let_go_lets_the_next_login_through(self):
        async with opening() as guard:
            ticket = await self.begin(guard)
            del ticket
            await self.within(self.begin(guard))
