"""Actions and permits."""

import planguard as pg
from support import Case, Chat, ManualClock, befriend, opening, strict, until


class Actions(Case):
    async def used(self, guard, user="ada"):
        return guard.assess(befriend(user=user, peer="zed")).checks[0].evidence.used

    async def test_an_action_is_carried_out_and_counted(self):
        async with opening() as guard:
            chat = Chat()
            self.assertEqual(await guard.perform(befriend(), chat), pg.Performed.DONE())
            self.assertEqual((chat.calls, await self.used(guard)), (1, 1))

    async def test_a_handler_need_not_be_asynchronous(self):
        async with opening() as guard:
            performed = await guard.perform(befriend(), lambda: "what the chat SDK gave back")
            self.assertTrue(performed.is_done())
            self.assertIsNone(performed.explain())

    async def test_a_handler_may_say_how_much_happened(self):
        async with opening() as guard:
            await guard.observe(pg.Observation.group("g1", 10, None))
            adding = pg.Action.add_members("g1", "work", 60)
            await guard.perform(adding, lambda: pg.Done.AMOUNT(47))
            self.assertEqual(guard.assess(adding).checks[0].evidence.used, 57)

    async def test_without_room_the_handler_is_not_called(self):
        async with opening(decisions=strict()) as guard:
            await guard.observe(pg.Observation.friends("ada", 3000))
            chat = Chat()
            denied = await guard.perform(befriend(), chat)
            self.assertIsInstance(denied, pg.Performed.BY_PLAN)
            self.assertFalse(denied.assessment.may_proceed())
            self.assertEqual(chat.calls, 0)

    async def test_a_refusal_of_the_provider_is_explained_and_gives_the_room_back(self):
        async with opening() as guard:
            refused = await guard.perform(befriend(), Chat(code=30014))
            self.assertEqual(refused.rejection.rejection_class, pg.RejectionClass.LIMIT_REACHED)
            self.assertEqual(refused.rejection.detail, "the provider's own text")
            self.assertTrue(refused.explain(pg.Locale.ZH_HANS))
            self.assertNotIn("own text", repr(refused))

    async def test_a_handler_that_does_not_return_is_not_waited_for(self):
        clock = ManualClock()
        async with opening(clock=clock) as guard:
            chat = Chat(hangs=True)
            task = self.start(guard.perform(befriend(), chat, timeout=5))
            await chat.started.wait()
            await until(lambda: clock.sleepers() > 0)
            clock.advance(5)
            with self.assertRaises(pg.PlanguardError.TimedOut):
                await self.within(task)

    async def test_a_refusal_is_reported_by_hand(self):
        async with opening() as guard:
            rejection = await guard.report_rejection(30014, "friends full", action=befriend())
            self.assertEqual(rejection.limit, pg.LimitId.FRIENDS_PER_USER)
            self.assertFalse(rejection.outcome_unknown())
            self.assertTrue(rejection.explain())

    def start(self, awaitable):
        import asyncio

        return asyncio.ensure_future(awaitable)


class Permits(Case):
    async def held(self, guard, **options):
        reservation = await guard.reserve(befriend(), **options)
        self.assertIsInstance(reservation, pg.Reservation.HELD)
        return reservation.permit

    async def test_a_permit_is_finished_once(self):
        async with opening() as guard:
            permit = await self.held(guard)
            self.assertEqual(await permit.commit(), pg.Committed.IN_TIME)
            for finish in (permit.release, permit.keep):
                with self.assertRaises(pg.PlanguardError.Finished):
                    finish()
            for finish in (permit.commit(), permit.commit_amount(1), permit.commit_as("g1")):
                with self.assertRaises(pg.PlanguardError.Finished):
                    await finish

    async def test_a_kept_permit_is_finished_by_its_id(self):
        async with opening() as guard:
            id = (await self.held(guard)).keep()
            self.assertEqual(await guard.commit_permit(id, pg.Done.ALL), pg.Committed.IN_TIME)
            id = (await self.held(guard)).keep()
            self.assertTrue(await guard.release_permit(id))
            self.assertFalse(await guard.release_permit(id))

    async def test_a_permit_expires(self):
        clock = ManualClock()
        async with opening(clock=clock) as guard:
            permit = await self.held(guard, length=30)
            self.assertEqual((permit.expires() - clock.now()).total_seconds(), 30)
            self.assertEqual(guard.assess(befriend()).checks[0].evidence.reserved, 1)
            clock.advance(31)
            self.assertEqual(guard.assess(befriend()).checks[0].evidence.reserved, 0)
            self.assertEqual(await permit.commit(), pg.Committed.AFTER_EXPIRY)

    async def test_a_permit_that_is_let_go_gives_its_room_back(self):
        async with opening() as guard:
            permit = await self.held(guard)
            del permit
            await guard.flush()
            self.assertEqual(guard.assess(befriend()).checks[0].evidence.reserved, 0)
