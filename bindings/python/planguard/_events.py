"""Events as an asynchronous iterator."""

import typing

from . import _generated as g


class Events(typing.AsyncIterator[g.Event]):
    """Every event from the moment it was asked for; the first one also brings what happened before.

    `async for event in guard.events(): …` ends when the guard is shut down or `stop` is called. Cancelling the task
    that waits loses nothing. A reader that falls behind loses the oldest events: `lost` says how many.
    """

    def __init__(self, stream: g.EventStream) -> None:
        self._stream = stream
        self.lost = 0

    def __aiter__(self) -> "Events":
        return self

    async def __anext__(self) -> g.Event:
        while True:
            # Waiting takes nothing: a task that is cancelled while it is about to go on loses no event.
            is_ready = await self._stream.ready()
            following = self._stream.try_next()
            if following is None:
                if is_ready:
                    continue  # Another reader was faster.
                raise StopAsyncIteration
            event = self._event(following)
            if event is not None:
                return event

    def waiting(self) -> "list[g.Event]":
        """The events that are there already, without waiting."""
        events = []
        while (following := self._stream.try_next()) is not None:
            event = self._event(following)
            if event is not None:
                events.append(event)
        return events

    def stop(self) -> None:
        """Ends whoever waits for the next event."""
        self._stream.stop()

    def __enter__(self) -> "Events":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"Events(lost={self.lost})"

    def _event(self, following: g.Next) -> "g.Event | None":
        if isinstance(following, g.Next.HAPPENED):
            return following.event
        if isinstance(following, g.Next.LAGGED):
            self.lost += following.lost
        return None
