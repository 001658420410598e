"""Two processes on one store: an app and its notification extension."""

import asyncio
import json
import sys
import tempfile
from pathlib import Path

import planguard as pg
from support import APP, Case, Chat, befriend, opening

# Answers a line with a line: opens, logs in, records, and says what it did.
OTHER = """
import asyncio, datetime, json, sys
import planguard as pg

async def main():
    options = {"fallback": ("intl-2024", "standard"), "process_role": pg.ProcessRole.EXTENSION}
    policy = pg.LoginPolicy(debounce=datetime.timedelta(minutes=10))
    guard = await pg.open(APP, store=sys.argv[1], logins=policy, **options)
    calls = 0

    async def chat():
        nonlocal calls
        calls += 1

    print("open", flush=True)
    for line in sys.stdin:
        user = line.strip()
        outcome = await guard.login(user, pg.LoginIntent.PUSH_WAKE, chat)
        used = guard.assess(pg.Action.add_friend(user, "zed")).checks[0].evidence.used
        answer = {"outcome": type(outcome).__name__, "calls": calls, "used": used, "guest": guard.stable_guest_id()}
        print(json.dumps(answer), flush=True)
        await guard.record(pg.Action.add_friend(user, "eve"))
        await guard.flush()
        print("counted", flush=True)

asyncio.run(main())
"""


class Other:
    """The other process."""

    def __init__(self, store):
        self.store = store

    async def __aenter__(self):
        pipe = asyncio.subprocess.PIPE
        script = OTHER.replace("APP", str(APP))
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", script, str(self.store), stdin=pipe, stdout=pipe
        )
        assert await self.line() == "open"
        return self

    async def __aexit__(self, *_):
        self.process.stdin.close()
        await self.process.wait()

    async def line(self):
        """What it says next."""
        return (await asyncio.wait_for(self.process.stdout.readline(), 60)).decode().strip()

    async def ask(self, user):
        """Has it log a user in."""
        self.process.stdin.write(f"{user}\n".encode())
        await self.process.stdin.drain()
        answer = json.loads(await self.line())
        assert await self.line() == "counted"
        return answer


class TwoProcesses(Case):
    def opening(self, store):
        """The app's own guard."""
        return opening(store=store, process_role=role("APP"))

    async def test_what_one_counts_the_other_knows(self):
        with tempfile.TemporaryDirectory() as folder:
            store = Path(folder) / "planguard.db"
            async with self.opening(store) as guard, Other(store) as other:
                first = await other.ask("ada")
                self.assertEqual(first["outcome"], "LoginOutcome.DEFERRED", "a push makes no active user")
                self.assertEqual(first["calls"], 0)
                await guard.login("ada", pg.LoginIntent.OPEN_CHAT, Chat())
                await guard.record(befriend())
                await guard.flush()
                second = await other.ask("ada")
                self.assertIn(second["outcome"], ("LoginOutcome.JOINED", "LoginOutcome.ALREADY_LOGGED_IN"))
                self.assertEqual(second["calls"], 0, "the app has just logged her in")
                self.assertEqual(second["used"], 2, "one friend counted by each process")
                self.assertEqual(second["guest"], guard.stable_guest_id())

    async def test_a_killed_process_takes_nothing_along(self):
        with tempfile.TemporaryDirectory() as folder:
            store = Path(folder) / "planguard.db"
            async with self.opening(store) as guard:
                async with Other(store) as other:
                    await other.ask("ada")
                    other.process.kill()
                    await other.process.wait()
                self.assertTrue((await guard.login("ada", pg.LoginIntent.OPEN_CHAT, Chat())).is_logged_in())
                self.assertEqual(guard.assess(befriend(peer="zed")).checks[0].evidence.used, 1)


def role(name):
    """A role of a process."""
    return getattr(pg.ProcessRole, name)
