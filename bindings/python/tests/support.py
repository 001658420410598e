"""What the tests share: guards, and a chat SDK that counts its calls."""

import asyncio
import datetime
import os
import unittest
from pathlib import Path

import planguard
from planguard.testing import ManualClock

APP = 1_400_000_001
PACKAGE = Path(__file__).resolve().parents[1]
ROOT = PACKAGE.parents[1]
# The most that anything under test may take; a test that waits for it has failed.
PATIENCE = 60


def opening(**options):
    """A guard on the Standard edition of the 2024 price list."""
    options.setdefault("fallback", ("intl-2024", "standard"))
    return planguard.open(APP, **options)


def strict():
    """Every limit is enforced, although an assumed plan is never fresh."""
    enforce = planguard.Enforcement.ENFORCE
    return planguard.DecisionPolicy(all_limits=enforce, on_stale=enforce)


def befriend(user="ada", peer="bob"):
    """Adds a friend."""
    return planguard.Action.add_friend(user, peer)


def at(text):
    """An instant."""
    return datetime.datetime.fromisoformat(text)


class Chat:
    """The chat SDK: counts its calls, refuses with a code, raises, or does not return."""

    def __init__(self, code=0, raises=None, hangs=False):
        self.code, self.raises, self.hangs = code, raises, hangs
        self.calls = 0
        self.cancelled = 0
        self.started = asyncio.Event()

    async def __call__(self, *_):
        self.calls += 1
        self.started.set()
        try:
            await (asyncio.get_running_loop().create_future() if self.hangs else asyncio.sleep(0))
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.raises is not None:
            raise self.raises
        if self.code:
            raise planguard.ProviderError.Answered(code=self.code, detail="the provider's own text")


def program(variable):
    """A program of the workspace that the suite has built."""
    path = os.environ.get(variable)
    if not path or not Path(path).is_file():
        raise AssertionError(f"{variable} names no program: run the tests by `cargo xtask test --only python`")
    return path


async def until(condition):
    """Lets the loop run until a condition holds, without waiting for time."""
    for _ in range(100_000):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came to be")


class Case(unittest.IsolatedAsyncioTestCase):
    """A test with a time-out, so that a call without an end is a failure."""

    async def asyncSetUp(self):
        loop = asyncio.get_running_loop()
        # Its debug mode would report slow steps of a busy machine.
        loop.set_debug(False)
        self._late = loop.call_later(PATIENCE, asyncio.current_task().cancel)
        self.complaints = []
        loop.set_exception_handler(lambda _, context: self.complaints.append(context))

    async def asyncTearDown(self):
        self._late.cancel()
        self.assertEqual(self.complaints, [], "the loop has nothing to complain of")

    async def within(self, awaitable):
        """Awaits with a bound of real time."""
        return await asyncio.wait_for(awaitable, PATIENCE)


__all__ = ["APP", "PACKAGE", "PATIENCE", "ROOT", "Case", "Chat", "ManualClock", "at", "befriend", "opening", "program"]
