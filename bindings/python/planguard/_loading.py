"""Loads the generated module and its library, and corrects what the generator leaves to the caller.

Everything here is about the runtime of the generated module; nothing is about planguard.
"""

# mypy: ignore-errors
# It changes classes at run time; what comes of it is typed by the stub.

import asyncio
import threading
import weakref

from . import _values
from ._version import PACKAGE_VERSION

try:
    from . import _generated
except Exception as error:
    # No library, a library that lacks a function, or one of another generator: an error of ctypes or of the module.
    raise ImportError(
        f"planguard: the native library cannot be used with planguard {PACKAGE_VERSION} ({error}); "
        "install a wheel of planguard for this platform again, whole"
    ) from error


def check_library() -> None:
    """Raises ImportError where the library was built from another version than the generated module.

    The generator leaves this check out at import, since it costs a call per function: about a millisecond.
    """
    # This one call is the same in every version of planguard.
    version = _generated.version()
    if version != PACKAGE_VERSION:
        _refuse(f"is of planguard {version}, and the package is planguard {PACKAGE_VERSION}")
    try:
        _generated._uniffi_check_api_checksums(_generated._UniffiLib)
    except (_generated.InternalError, AttributeError):
        _refuse(f"says that it is planguard {version}, as the package does, and differs from it in its calls")


def _refuse(reason: str) -> None:
    raise ImportError(f"planguard: the native library {reason}; install a wheel of planguard again, whole") from None


_last_loop = lambda: None  # noqa: E731
_lock = threading.Lock()


def use_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Says on which loop callbacks run that come from a thread without one."""
    global _last_loop
    with _lock:
        _last_loop = weakref.ref(loop)


def _event_loop() -> asyncio.AbstractEventLoop:
    """The running loop; in a thread without one, that of the guard opened last."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        loop = _last_loop()
        if loop is None or loop.is_closed():
            raise RuntimeError("planguard: call it from a coroutine, on the event loop of asyncio") from None
        return loop


@_generated._UNIFFI_FOREIGN_FUTURE_DROPPED_CALLBACK
def _dropped(handle):
    """A callback whose result is no longer wanted is cancelled. May come from any thread."""
    (loop, task) = _generated._UNIFFI_FOREIGN_FUTURE_HANDLE_MAP.remove(handle)
    if loop.is_closed():
        return
    try:
        # Hands the cancellation over to the loop of the task by itself.
        task.cancel()
    except RuntimeError:
        pass  # The loop is closed, and the task with it.


@_generated._UNIFFI_RUST_FUTURE_CONTINUATION_CALLBACK
def _continue(handle, poll_code):
    """A future of the library can go on. May come from any thread."""
    (loop, future) = _generated._UniffiContinuationHandleMap.remove(handle)
    try:
        loop.call_soon_threadsafe(_resolve, future, poll_code)
    except RuntimeError:
        pass  # The loop is closed: nobody waits.


def _resolve(future, poll_code):
    if not future.done():
        future.set_result(poll_code)


def _read_duration(buffer):
    return _values.span(buffer.read_u64(), buffer.read_u32())


def _check_text(value):
    if not isinstance(value, str):
        raise TypeError(f"argument must be str, not {type(value).__name__}")
    if not value.isascii() and not _values.is_unicode(value):
        raise ValueError("a text holds half of a surrogate pair, which is no character: pass whole Unicode text")
    return value


# As `str` writes it, whatever a class of the app that derives from it says: bytes that are no text end the process.
def _write_text(value, buffer):
    text = str.encode(value)
    buffer.write_i32(len(text))
    buffer.write(text)


def _lower_text(value):
    with _generated._UniffiRustBuffer.alloc_with_builder() as builder:
        builder.write(str.encode(value))
        return builder.finalize()


_call_async = _generated._uniffi_trait_interface_call_async_with_error


def _call_on_loop(make_call, out_dropped, handle_success, handle_error, error_type, lower_error):
    """Calls the app's code on the loop; where there is none any more, the call has failed, and nobody waits for it."""
    try:
        _event_loop()
    except RuntimeError as error:
        status = _generated._UniffiRustCallStatus.CALL_UNEXPECTED_ERROR
        handle_error(status, _generated._UniffiFfiConverterString.lower(str(error)))
        return
    _call_async(make_call, out_dropped, handle_success, handle_error, error_type, lower_error)


check_library()
_generated._UniffiFfiConverterString.check_lower = staticmethod(_check_text)
_generated._UniffiFfiConverterString.write = staticmethod(_write_text)
_generated._UniffiFfiConverterString.lower = staticmethod(_lower_text)
_generated._uniffi_trait_interface_call_async_with_error = _call_on_loop
_generated._uniffi_get_event_loop = _event_loop
_generated._uniffi_future_dropped_callback = _dropped
_generated._uniffi_continuation_callback = _continue
_generated._UniffiFfiConverterDuration.read = staticmethod(_read_duration)
