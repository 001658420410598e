"""The app's own code as the objects that the library calls.

Every method answers in the terms of the library whatever the app's code does: an exception that is not declared, a
cancellation or a result of the wrong type becomes the declared error. Nothing is printed: what was raised may hold ids.
"""

import _thread
import inspect
import typing

from . import _generated as g
from ._loading import _event_loop
from ._values import duration, is_unicode

Call = typing.Callable[[], typing.Any]


async def answer(call: "typing.Callable[..., typing.Any]", *arguments: typing.Any) -> typing.Any:
    """Calls the app's code and waits for it where it is asynchronous."""
    result = call(*arguments)
    return await result if inspect.isawaitable(result) else result


def pass_on(error: BaseException) -> None:
    """Ctrl-C and `sys.exit` in the app's code end the loop as ever, after the library has its answer."""
    if isinstance(error, (KeyboardInterrupt, SystemExit)):

        def again() -> None:
            raise error

        try:
            loop = _event_loop()
        except RuntimeError:
            _thread.interrupt_main()  # The loop is closed: what is left is the program.
        else:
            loop.call_soon_threadsafe(again)


def unexpected(error: BaseException) -> g.ProviderError:
    """What the app's code raised, for the app only."""
    name = type(error).__name__
    try:
        text = _mended(str(error))
    except Exception:
        text = ""
    return g.ProviderError.Unexpected(detail=f"{name}: {text}" if text else name)


def answered(error: g.ProviderError) -> g.ProviderError:
    """An answer of the chat SDK as it can cross: its text may be cut in the middle of a character."""
    if isinstance(error, g.ProviderError.Answered) and isinstance(error.detail, str):
        error = g.ProviderError.Answered(code=error.code, detail=_mended(error.detail))
    return error if crosses(g.ProviderError, error) else unexpected(TypeError("it holds what is no code or text"))


def _mended(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def crosses(kind: type, value: typing.Any) -> bool:
    """Whether the library can be given a value; the generated module would print why not, with what the value holds."""
    converter = getattr(g, f"_UniffiFfiConverterType{kind.__name__}")
    written = g._UniffiRustBufferBuilder()
    try:
        converter.check_lower(value)
        converter.write(value, written)
    except Exception:
        return False
    # A kind without a variant, such as a bare `HostError()`, writes nothing.
    return len(written.written) > 0


class _Provider:
    """A call of the chat SDK, and what it raised: the cause of the error that comes of it."""

    def __init__(self, call: "typing.Callable[..., typing.Any]") -> None:
        self.call = call
        self.raised: "BaseException | None" = None

    async def ask(self, *arguments: typing.Any) -> typing.Any:
        try:
            return await answer(self.call, *arguments)
        except g.ProviderError as error:
            self.raised = error
            raise answered(error) from None
        except BaseException as error:
            self.raised = error
            pass_on(error)
            raise unexpected(error) from None


class Login(_Provider, g.LoginHandler):
    """A login of the chat SDK."""

    async def login(self, user: str) -> None:
        """Logs `user` in to the chat SDK."""
        await self.ask()


class Given(_Provider, g.LoginHandler):
    """A login handler that the app wrote as a class."""

    async def login(self, user: str) -> None:
        """Logs `user` in to the chat SDK."""
        await self.ask(user)


class Perform(_Provider, g.ActionHandler):
    """A call of the chat SDK that carries an action out."""

    async def perform(self) -> g.Done:
        """All of it happened, unless the call says how much."""
        done = await self.ask()
        if isinstance(done, type) and issubclass(done, g.Done) and done is not g.Done.ALL:
            self.raised = TypeError(f"done: expected a value such as Done.amount(3), got the class {done.__name__}")
            raise unexpected(self.raised)
        if not isinstance(done, g.Done):
            return g.Done.ALL()
        if not crosses(g.Done, done):
            self.raised = ValueError("done: no amount from 0 to 2**64 - 1, and no id of a group")
            raise unexpected(self.raised)
        return done


def login_handler(handler: typing.Any) -> "Login | Given":
    """From a callable without arguments, or an object of `LoginHandler`."""
    if isinstance(handler, g.LoginHandler):
        return Given(handler.login)
    return Login(_callable(handler, "handler", "a callable that logs in, or a planguard.LoginHandler"))


def action_handler(handler: typing.Any) -> Perform:
    """From a callable without arguments, or an object of `ActionHandler`."""
    if isinstance(handler, g.ActionHandler):
        return Perform(handler.perform)
    return Perform(
        _callable(handler, "handler", "a callable that carries the action out, or a planguard.ActionHandler")
    )


def _callable(given: typing.Any, name: str, wanted: str) -> "typing.Callable[..., typing.Any]":
    if not callable(given):
        raise TypeError(f"{name}: expected {wanted}, got {type(given).__name__}")
    return typing.cast("typing.Callable[..., typing.Any]", given)


async def _contained(
    error: "type[Exception]", fallback: Exception, call: typing.Any, *arguments: typing.Any
) -> typing.Any:
    try:
        return await answer(call, *arguments)
    except error as declared:
        raise (declared if crosses(error, declared) else fallback) from None
    except BaseException as raised:
        pass_on(raised)
        raise fallback from None


class Listening(g.Listener):
    """A function that hears of events."""

    def __init__(self, given: typing.Any) -> None:
        own = isinstance(given, g.Listener)
        wanted = "a callable that takes an event, or a planguard.Listener"
        self._event = given.on_event if own else _callable(given, "listener", wanted)
        self._lagged = given.on_lagged if own else None

    async def on_event(self, event: g.Event) -> None:
        """An event happened."""
        await _contained(g.HostError, g.HostError.Unexpected(), self._event, event)

    async def on_lagged(self, lost: int) -> None:
        """Events were lost."""
        if self._lagged is not None:
            await _contained(g.HostError, g.HostError.Unexpected(), self._lagged, lost)


class Credentials(g.CredentialProvider):
    """A function that gives the bearer credential."""

    def __init__(self, given: typing.Any) -> None:
        own = isinstance(given, g.CredentialProvider)
        wanted = "text, a callable that gives text, or a planguard.CredentialProvider"
        self._call = given.credential if own else _callable(given, "credential", wanted)

    async def credential(self) -> "str | None":
        """The credential; none where the endpoint asks for none."""
        token = await _contained(g.CredentialError, g.CredentialError.Unexpected(), self._call)
        if token is not None and not (isinstance(token, str) and is_unicode(token)):
            raise g.CredentialError.Unexpected()
        return token


class Sending(g.Transport):
    """A function that carries requests."""

    def __init__(self, given: typing.Any) -> None:
        own = isinstance(given, g.Transport)
        wanted = "a callable that takes a request and a limit, or a planguard.Transport"
        self._call = given.send if own else _callable(given, "transport", wanted)

    async def send(self, request: g.Request, max_body_bytes: int) -> g.Response:
        """Sends a request."""
        unexpected_ = g.TransportError.Unexpected()
        response = await _contained(g.TransportError, unexpected_, self._call, request, max_body_bytes)
        if not isinstance(response, g.Response) or not crosses(g.Response, response):
            raise unexpected_
        return response


class Keeping(g.HostStore):
    """A store of the app."""

    def __init__(self, given: g.HostStore) -> None:
        self._store = given

    async def load(self, known: int) -> "g.HostImage | None":
        """What is held."""
        image = await _contained(g.HostError, g.HostError.Unexpected(), self._store.load, known)
        if image is not None and not (isinstance(image, g.HostImage) and crosses(g.HostImage, image)):
            raise g.HostError.Unexpected()
        return image

    async def replace(self, expected: int, content: bytes) -> g.Replaced:
        """Keeps a new content."""
        call = self._store.replace
        replaced = await _contained(g.HostError, g.HostError.Unexpected(), call, expected, content)
        if not isinstance(replaced, g.Replaced):
            raise g.HostError.Unexpected()
        return replaced


class Timing(g.Clock):
    """A clock of the app. Its methods may raise: the last answer then holds."""

    def __init__(self, given: g.Clock) -> None:
        self._clock = given

    def now(self) -> typing.Any:
        """The time of day."""
        return self._read(self._clock.now, _is_instant)

    def elapsed(self) -> typing.Any:
        """The time since some moment."""
        return self._read(self._clock.elapsed, lambda value: duration(value, "elapsed"))

    async def sleep(self, length: typing.Any) -> None:
        """Waits."""
        await _contained(g.HostError, g.HostError.Unexpected(), self._clock.sleep, length)

    @staticmethod
    def _read(call: Call, check: typing.Callable[[typing.Any], typing.Any]) -> typing.Any:
        try:
            return check(call())
        except BaseException as error:
            pass_on(error)
            raise g.HostError.Unexpected() from None


def _is_instant(value: typing.Any) -> typing.Any:
    g._UniffiFfiConverterTypeTimestamp.check_lower(value)
    return value
