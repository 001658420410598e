"""Processes that end, or fork, while a guard is at work."""

import subprocess
import sys
import unittest

from support import PATIENCE


class Ends(unittest.TestCase):
    """Other processes, whose end is a part of the test."""

    def clean(self, script):
        run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        # That tasks were left pending is all that Python says.
        self.assertNotIn("Traceback", run.stderr)
        self.assertNotIn("Exception ignored", run.stderr)

    def test_a_process_ends_while_everything_is_under_way(self):
        self.clean("""
import asyncio, threading
import planguard as pg
from planguard.testing import FailingStore, ManualClock

async def main():
    global kept
    guard = await pg.open(1400000001, store=FailingStore(), clock=ManualClock(), fallback=("intl-2024", "standard"))
    never = lambda: asyncio.get_running_loop().create_future()
    action = pg.Action.add_friend("ada", "bob")
    calls = guard.login("ada", pg.LoginIntent.OPEN_CHAT, never), guard.keep_fresh(60), guard.perform(action, never)
    kept = [asyncio.ensure_future(call) for call in (*calls, guard.on_event(print))]
    kept += [await guard.reserve(action), await guard.begin_login("bob", pg.LoginIntent.OPEN_CHAT), guard]
    for _ in range(20):
        await asyncio.sleep(0)

thread = threading.Thread(target=lambda: asyncio.run(main()))
thread.start()
thread.join()
del kept
""")

    def test_a_guard_of_the_process_before_a_fork_says_so(self):
        self.clean("""
import asyncio, os
import planguard as pg

async def main():
    return await pg.open(1400000001, fallback=("intl-2024", "standard"))

guard = asyncio.run(main())
child = os.fork()
if child == 0:
    try:
        guard.feature("community")
    except RuntimeError as error:
        os._exit(0 if "forked" in str(error) and "shut down" in repr(guard) else 3)
    os._exit(4)
assert os.waitpid(child, 0)[1] == 0
guard.feature("community")
""")
