"""Instants and amounts: how they cross, and the Python types they become."""

import datetime
from decimal import Decimal

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
_MILLISECOND = datetime.timedelta(milliseconds=1)
# What a datetime can say. An instant beyond is "never": it becomes the last one.
_FIRST = (datetime.datetime.min.replace(tzinfo=datetime.timezone.utc) - _EPOCH) // _MILLISECOND
_LAST = (datetime.datetime.max.replace(tzinfo=datetime.timezone.utc) - _EPOCH) // _MILLISECOND


def instant(milliseconds: int) -> datetime.datetime:
    """Milliseconds since the epoch as a datetime in UTC."""
    return _EPOCH + datetime.timedelta(milliseconds=min(max(milliseconds, _FIRST), _LAST))


def milliseconds(at: datetime.datetime) -> int:
    """A datetime as milliseconds since the epoch. A naive one is refused: it names no instant."""
    if not isinstance(at, datetime.datetime):
        raise TypeError(f"expected a datetime.datetime, got {type(at).__name__}")
    if at.tzinfo is None:
        raise ValueError("a datetime without a time zone is no instant: give it one, such as datetime.timezone.utc")
    return (at - _EPOCH) // _MILLISECOND


def amount(text: str) -> Decimal:
    """An exact amount."""
    return Decimal(text)


def amount_text(value: Decimal) -> str:
    """An exact amount as text. A float is refused: it is not exact."""
    if isinstance(value, bool) or not isinstance(value, (Decimal, int)):
        raise TypeError(f"expected a decimal.Decimal, got {type(value).__name__}: pass Decimal('449.99')")
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueError(f"{value} is no amount")
    return format(value, "f")


def duration(value: "datetime.timedelta | float | int", name: str) -> datetime.timedelta:
    """A duration, from a timedelta or a number of seconds."""
    if isinstance(value, bool) or not isinstance(value, (datetime.timedelta, int, float)):
        raise TypeError(f"{name}: expected a datetime.timedelta or seconds, got {type(value).__name__}")
    try:
        length = value if isinstance(value, datetime.timedelta) else datetime.timedelta(seconds=value)
    except (OverflowError, ValueError):
        raise ValueError(f"{name}: {value} seconds are no duration") from None
    if length < datetime.timedelta(0):
        raise ValueError(f"{name}: a duration is not negative")
    return length


def span(seconds: int, nanoseconds: int) -> datetime.timedelta:
    """A duration that crossed. One that no timedelta can say becomes the longest there is."""
    try:
        return datetime.timedelta(seconds=seconds, microseconds=nanoseconds // 1000)
    except OverflowError:
        return datetime.timedelta.max


def is_unicode(text: str) -> bool:
    """Whether a text can be written down. The error of Python that says so holds the whole text, which may be an id."""
    try:
        str.encode(text)
    except UnicodeEncodeError:
        return False
    return True
