"""For an app's own tests: a clock turned by hand, a scripted billing endpoint, a store that fails on demand.

None of them waits for real time or talks to a network.
"""

import asyncio
import contextlib
import datetime
import json
import threading
import typing

from . import _generated as g
from ._values import duration

_START = datetime.datetime(2024, 8, 10, 4, tzinfo=datetime.timezone.utc)


class ManualClock(g.Clock):
    """A clock turned by hand: time passes in `advance` only. Several guards may share one."""

    def __init__(self, now: datetime.datetime = _START) -> None:
        if now.tzinfo is None:
            raise ValueError("now: a datetime without a time zone is no instant")
        self._now = now
        self._elapsed = datetime.timedelta(0)
        self._sleepers: "list[tuple[datetime.timedelta, asyncio.Future[None]]]" = []
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"ManualClock({self._now.isoformat()}, elapsed={self._elapsed}, sleepers={self.sleepers()})"

    def now(self) -> datetime.datetime:
        """The time of day."""
        return self._now

    def elapsed(self) -> datetime.timedelta:
        """The time since the clock was made."""
        return self._elapsed

    def sleepers(self) -> int:
        """How many calls wait for time to pass."""
        with self._lock:
            return len(self._sleepers)

    def advance(self, length: "datetime.timedelta | float") -> None:
        """Lets time pass (a timedelta or seconds), and wakes who waited for it. From any thread."""
        length = duration(length, "length")
        with self._lock:
            self._now += length
            self._elapsed += length
            due = [one for one in self._sleepers if one[0] <= self._elapsed]
            self._sleepers = [one for one in self._sleepers if one[0] > self._elapsed]
        for _, sleeper in due:
            # On a loop that is closed nobody waits.
            with contextlib.suppress(RuntimeError):
                sleeper.get_loop().call_soon_threadsafe(_wake, sleeper)

    def set(self, now: datetime.datetime) -> None:
        """Sets the time of day, as a user may. No time passes."""
        if now.tzinfo is None:
            raise ValueError("now: a datetime without a time zone is no instant")
        self._now = now

    async def sleep(self, length: datetime.timedelta) -> None:
        """Waits until `length` has been advanced."""
        sleeper = asyncio.get_running_loop().create_future()
        one = (self._elapsed + length, sleeper)
        with self._lock:
            self._sleepers.append(one)
        try:
            await sleeper
        finally:
            with self._lock:
                self._sleepers = [other for other in self._sleepers if other is not one]


def _wake(sleeper: "asyncio.Future[None]") -> None:
    if not sleeper.done():
        sleeper.set_result(None)


Scripted = typing.Union[g.Response, Exception, typing.Callable[[g.Request], typing.Any]]


class ScriptedEndpoint(g.Transport):
    """A billing endpoint that answers what it was told, in order, and keeps what it was asked.

    Pass it to `planguard.open` as `transport`, with any URL as `endpoint`. Without an answer there is no connection.
    """

    def __init__(self, *answers: Scripted) -> None:
        self._answers = list(answers)
        self.requests: "list[g.Request]" = []

    def __repr__(self) -> str:
        return f"ScriptedEndpoint(asked={len(self.requests)}, scripted={len(self._answers)})"

    def answer(self, *answers: Scripted) -> None:
        """Adds answers: a response, an exception to raise, or a function of the request."""
        self._answers.extend(answers)

    async def send(self, request: g.Request, max_body_bytes: int) -> g.Response:
        """Takes the next answer."""
        self.requests.append(request)
        if not self._answers:
            raise g.TransportError.Unreachable()
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, g.Response):
            return answer
        made = answer(request)
        return typing.cast(g.Response, await made if asyncio.iscoroutine(made) else made)


def json_response(body: typing.Any, status: int = 200, **headers: str) -> g.Response:
    """A response with a JSON body; `etag="…"` and the like become headers."""
    fields = [g.Header(name="content-type", value="application/json")]
    fields += [g.Header(name=name.replace("_", "-"), value=value) for name, value in headers.items()]
    return g.Response(status=status, headers=fields, body=json.dumps(body).encode())


def document(
    sdk_app_id: int,
    *,
    catalog: str,
    edition: str,
    revision: int = 1,
    issued_at: datetime.datetime = _START,
    **more: typing.Any,
) -> "dict[str, typing.Any]":
    """An entitlements document as the billing endpoint serves it; `more` is added as it is."""
    given = {"catalog": catalog, "edition": edition, "revision": revision, "issued_at": issued_at.isoformat()}
    return {"schema": 1, "sdk_app_id": sdk_app_id, **given, **more}


class MemoryStore(g.HostStore):
    """A store in memory. Guards that are given the same one share it, one after the other or at once."""

    def __init__(self) -> None:
        self._version = 0
        self._content = b""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(version={self._version}, bytes={len(self._content)})"

    async def load(self, known: int) -> "g.HostImage | None":
        """What is held."""
        return None if known == self._version else g.HostImage(version=self._version, content=self._content)

    async def replace(self, expected: int, content: bytes) -> g.Replaced:
        """Keeps a new content."""
        if expected != self._version:
            return g.Replaced.CONFLICT
        self._version, self._content = self._version + 1, content
        return g.Replaced.REPLACED


class FailingStore(MemoryStore):
    """A store in memory that fails while `failing` is true, and does not return while `hanging` is."""

    def __init__(self, *, failing: bool = False, hanging: bool = False) -> None:
        super().__init__()
        self.failing = failing
        self.hanging = hanging
        self.refused = 0

    async def load(self, known: int) -> "g.HostImage | None":
        """What is held."""
        await self._obey()
        return await super().load(known)

    async def replace(self, expected: int, content: bytes) -> g.Replaced:
        """Keeps a new content."""
        await self._obey()
        return await super().replace(expected, content)

    async def _obey(self) -> None:
        if self.hanging:
            await asyncio.get_running_loop().create_future()
        if self.failing:
            self.refused += 1
            raise g.HostError.Unavailable()
