"""What calls cost, beside an empty exported call: the fastest of several rounds, in microseconds.

`python bindings/python/benches/calls.py`

An empty call is a function of the library without arguments and answer of its own, called through ctypes as the
generated module does. A call of Python is the floor of everything. Figures are for the machine and the library that it
ran with: a debug library is several times slower.
"""

import asyncio
import platform
import sys
import time
import typing

import planguard as pg
from planguard import _generated as g

ROUNDS = 7


def best(call: typing.Callable[[], object], times: int) -> float:
    """Microseconds a call, of the fastest round."""
    fastest = float("inf")
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for _ in range(times):
            call()
        fastest = min(fastest, time.perf_counter() - started)
    return fastest / times * 1e6


async def best_async(call: typing.Callable[[], typing.Awaitable[object]], times: int) -> float:
    """As `best`, for a call that is awaited."""
    fastest = float("inf")
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for _ in range(times):
            await call()
        fastest = min(fastest, time.perf_counter() - started)
    return fastest / times * 1e6


async def nothing() -> None:
    """A coroutine that is done at once."""


async def main(times: int) -> None:
    """Measures and prints."""
    action = pg.Action.add_friend("ada", "bob")
    empty = g._UniffiLib.ffi_planguard_uniffi_contract_version
    rows: "list[tuple[str, float]]" = []
    async with pg.open(1_400_000_001, fallback=("intl-2024", "standard")) as guard:
        await guard.login("ada", pg.LoginIntent.OPEN_CHAT, nothing)
        rows.append(("a Python function that returns at once", best(lambda: None, times)))
        rows.append(("an empty exported call", best(lambda: empty(), times)))
        rows.append(("guard.is_shut_down()", best(guard.is_shut_down, times)))
        rows.append(("guard.generation()", best(guard.generation, times)))
        rows.append(("guard.feature(Feature.COMMUNITY)", best(lambda: guard.feature(pg.Feature.COMMUNITY), times)))
        rows.append(("guard.check(add_friend)", best(lambda: guard.check(action), times)))
        rows.append(("guard.assess(add_friend)", best(lambda: guard.assess(action), times)))
        rows.append(("guard.feature_table()", best(guard.feature_table, max(times // 10, 1))))
        rows.append(("await of a coroutine that is done", await best_async(nothing, times)))
        few = max(times // 10, 1)
        login = await best_async(lambda: guard.login("ada", pg.LoginIntent.OPEN_CHAT, nothing), few)
        rows.append(("await guard.login(...), logged in already", login))
        perform = await best_async(lambda: guard.perform(action, nothing), few)
        rows.append(("await guard.perform(add_friend, ...)", perform))
    python = f"Python {platform.python_version()}, planguard {pg.version()}, {platform.machine()}"
    print(f"{python}: microseconds a call, the fastest of {ROUNDS} rounds of {times} (awaited: {few})")
    for name, cost in rows:
        print(f"{name:<44} {cost:>10.2f}")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000))
