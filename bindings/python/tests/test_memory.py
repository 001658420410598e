"""Memory stays flat: 100,000 calls of each method of each object.

`PLANGUARD_CALLS` makes it another number. `PLANGUARD_CALL_SECONDS` is how long one method is called at most, for a machine
that must be quick; each test says how many calls those were.
"""

import asyncio
import gc
import inspect
import os
import sys
import time
import unittest

import planguard as pg
from support import Chat, ManualClock, befriend, opening
from test_lifetime import ARGUMENTS, methods

CALLS = int(os.environ.get("PLANGUARD_CALLS", "100000"))
SECONDS = float(os.environ.get("PLANGUARD_CALL_SECONDS", "inf"))
# So many in any case.
FEWEST = min(CALLS, 5000)
# Calls by which the cost of one is known.
SAMPLE = min(CALLS, 1000)
# What memory may grow by in that many calls: less than one small block in a hundred calls, and what allocators keep.
ROOM = 2**20 + 2 * CALLS
# Long-lived ones, and those that end the guard.
APART = {"keep_fresh", "on_event", "shutdown"}


def resident():
    """The memory of this process in bytes; where /proc does not say, the most that it ever was."""
    if sys.platform == "linux":
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


async def repeat(call, times):
    """Calls as often, and waits for the answer where it is asynchronous."""
    for _ in range(times):
        try:
            answer = call()
            if inspect.isawaitable(answer):
                await answer
        except (pg.PlanguardError, StopAsyncIteration):
            pass


class Memory(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        # The loop's debug mode keeps the origin of everything.
        asyncio.get_running_loop().set_debug(False)

    async def flat(self, name, call):
        """Memory after all calls is that after the first tenth."""
        started = time.perf_counter()
        await repeat(call, SAMPLE)
        each = (time.perf_counter() - started) / SAMPLE
        calls = max(FEWEST, int(min(CALLS, SECONDS / each)))
        await repeat(call, max(calls // 10 - SAMPLE, 0))
        gc.collect()
        before = resident()
        await repeat(call, calls)
        gc.collect()
        grown = resident() - before
        print(f"\nmemory: {name}: {calls} calls, {grown // 1024} KiB more", file=sys.stderr)
        self.assertLess(grown, ROOM, f"{name}: {grown} bytes more after {calls} calls")

    def guard(self):
        """A guard whose time stands still and whose endpoint is not reached."""

        def unreachable(_request, _limit):
            raise pg.TransportError.Unreachable()

        return opening(clock=ManualClock(), endpoint="https://billing.example.com", transport=unreachable)

    def bound(self, guard, name, method, **given):
        """A call with arguments that are right."""
        needed = [p.name for p in list(inspect.signature(method).parameters.values())[1:] if p.default is p.empty]
        arguments = {key: {**ARGUMENTS, **given}[key] for key in needed}
        return lambda: getattr(guard, name)(**arguments)

    async def test_repr(self):
        async with self.guard() as guard:
            await self.flat("Planguard.__repr__", lambda: repr(guard))

    async def test_a_guard_that_is_opened_and_ended(self):
        async def once():
            async with pg.open(1_400_000_001):
                pass

        # Opening costs milliseconds; what it leaves behind would show in fewer.
        await self.flat_of("open", once, max(CALLS // 100, 10))

    async def flat_of(self, name, call, times):
        """As `flat`, for so many calls."""
        await repeat(call, times)
        gc.collect()
        before = resident()
        await repeat(call, times)
        gc.collect()
        self.assertLess(resident() - before, ROOM, name)

    async def test_objects_of_a_guard(self):
        async with self.guard() as guard:
            session = guard.session("ada")
            for name in ("connected", "disconnected", "state", "ended", "user_sig_expired", "logged_out", "kicked_off"):
                await self.flat(f"UserSession.{name}", getattr(session, name))
            events = guard.events()
            await self.flat("Events.waiting", events.waiting)
            permit = (await guard.reserve(befriend("eve"))).permit
            for name in ("id", "expires", "assessment", "commit", "release", "keep"):
                await self.flat(f"Permit.{name}", getattr(permit, name))
            await self.flat("Permit.commit_amount", lambda: permit.commit_amount(1))
            await self.flat("Permit.commit_as", lambda: permit.commit_as("g1"))
            ticket = (await guard.begin_login("eve", pg.LoginIntent.OPEN_CHAT)).ticket
            await ticket.succeed()
            for name in ("succeed", "abandon"):
                await self.flat(f"LoginTicket.{name}", getattr(ticket, name))
            await self.flat("LoginTicket.fail", lambda: ticket.fail(70003, "late"))
            events.stop()
            await self.flat("Events.__anext__", lambda: anext(events))
            await self.flat("Events.stop", events.stop)

    async def test_price_lists(self):
        catalog = pg.Catalog.built_in("intl-2024")
        for name in ("id", "title", "currency", "billing_model", "editions", "services"):
            await self.flat(f"Catalog.{name}", getattr(catalog, name))
        await self.flat("Catalog.price_per_month", lambda: catalog.price_per_month("standard"))
        await self.flat("Catalog.limit", lambda: catalog.limit("standard", pg.LimitId.FREE_MAU))
        await self.flat("Catalog.support", lambda: catalog.support("standard", pg.Feature.COMMUNITY))
        await self.flat("Catalog.built_in", lambda: pg.Catalog.built_in("intl-2024"))


def _add(name, method):
    async def run(self):
        async with self.guard() as guard:
            permit = (await guard.reserve(befriend("eve"))).permit.keep()
            given = {"id": permit if "permit" in name else "ada", "handler": Chat(), "month": "2024-08"}
            await self.flat(f"Planguard.{name}", self.bound(guard, name, method, **given))

    setattr(Memory, f"test_guard_{name}", run)


def _add_long_lived(name):
    async def run(self):
        async with self.guard() as guard:
            argument = 60 if name == "keep_fresh" else (lambda _: None)

            async def once():
                task = asyncio.ensure_future(getattr(guard, name)(argument))
                await asyncio.sleep(0)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

            await self.flat(f"Planguard.{name}", once)

    setattr(Memory, f"test_guard_{name}", run)


for _name, _method in methods():
    if _name not in APART:
        _add(_name, _method)
for _name in ("keep_fresh", "on_event"):
    _add_long_lived(_name)
