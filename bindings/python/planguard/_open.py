"""Opening a guard."""

import asyncio
import os
import typing

from . import _generated as g
from . import _handlers
from ._guard import Duration, Planguard
from ._loading import use_loop
from ._values import duration


class Opening(typing.Awaitable[Planguard]):
    """A guard that is being opened: `await` it, or enter it with `async with`."""

    def __init__(self, open_: "typing.Callable[[], typing.Coroutine[typing.Any, typing.Any, Planguard]]") -> None:
        self._open = open_
        self._guard: "Planguard | None" = None

    def __await__(self) -> "typing.Generator[typing.Any, None, Planguard]":
        return self._open().__await__()

    async def __aenter__(self) -> Planguard:
        self._guard = await self._open()
        return self._guard

    async def __aexit__(self, *_: object) -> None:
        if self._guard is not None:
            self._guard.shutdown()


def open(
    sdk_app_id: int,
    *,
    store: "str | os.PathLike[str] | g.HostStore | None" = None,
    endpoint: "str | None" = None,
    credential: "str | typing.Callable[[], typing.Any] | g.CredentialProvider | None" = None,
    fallback: "tuple[str, str] | None" = None,
    catalogs: "typing.Sequence[g.Catalog]" = (),
    seed: "bytes | str | None" = None,
    trusted_keys: "typing.Mapping[str, str] | None" = None,
    audience: "str | None" = None,
    max_document_age: "Duration | None" = None,
    billing_zone: "str | None" = None,
    session_mode: "g.SessionMode | None" = None,
    decisions: "g.DecisionPolicy | None" = None,
    logins: "g.LoginPolicy | None" = None,
    permit_ttl: "Duration | None" = None,
    outbox_capacity: "int | None" = None,
    endpoint_timeouts: "g.LinkTimeouts | None" = None,
    phase: "g.AppPhase | None" = None,
    process_role: "g.ProcessRole | None" = None,
    device_marker: "str | None" = None,
    renew_install: bool = False,
    transport: "typing.Callable[..., typing.Any] | g.Transport | None" = None,
    clock: "g.Clock | None" = None,
) -> Opening:
    """Opens a guard: reads the store, makes no request. Await the result, or enter it with `async with`.

    - `sdk_app_id`: the provider's number for the app (`SDKAppID`).
    - `store`: the file that holds the state, or a store of the app; left out, memory, which forgets with the process.
    - `endpoint`: the billing endpoint's URL. `credential`: its bearer credential, or what gives it before each request.
    - `fallback`: the price list and edition to assume while nothing is known of the plan: `("intl-2024", "standard")`.
    - `catalogs`: own price lists. `seed`: an entitlements document (JSON) that ships with the app.
    - `trusted_keys`: the endpoint's Ed25519 public keys (base64url, JWK or a `PUBLIC KEY` file) by `kid`. With one or more
      of them only signed documents and price lists are accepted. `audience`: for whom they must be, the `aud` of their
      header. `max_document_age`: how old the first one may be (a timedelta or seconds), 31 days by default.
    - `billing_zone`: the zone in which billing days and months turn, an offset or an IANA name; `+08:00` by default.
    - `session_mode`: one user at a time (a device, the default) or many (a server).
    - `decisions`, `logins`, `endpoint_timeouts`: policies; what they leave out is as in Rust.
    - `permit_ttl`: how long a permit holds its room (a timedelta or seconds), 60 seconds by default.
    - `outbox_capacity`: how many undelivered usage events are kept, 10,000 by default.
    - `phase`: whether somebody is looking at the app. `process_role`: this process's part, where several share a store.
    - `device_marker`: something that tells this device from others; only a keyed hash of it is kept.
    - `renew_install`: draws a new guest id and install id, for an app that knows its store was copied.
    - `transport`, `clock`: the app's own HTTP stack and clock.

    Raises `PlanguardError.InvalidInput`, which names the field, and `PlanguardError.Store`.
    """
    path = None if store is None or isinstance(store, g.HostStore) else os.fsdecode(store)
    catalog, edition = _fallback(fallback)
    options = g.OpenOptions(
        sdk_app_id=_unsigned(sdk_app_id),
        store_path=path,
        endpoint=endpoint,
        credential=credential if isinstance(credential, str) else None,
        billing_zone=billing_zone,
        session_mode=session_mode,
        decisions=decisions,
        logins=logins,
        catalogs=list(catalogs),
        fallback_catalog=catalog,
        fallback_edition=edition,
        seed=seed.encode() if isinstance(seed, str) else seed,
        trusted_keys=None if trusted_keys is None else dict(trusted_keys),
        audience=audience,
        max_document_age=None if max_document_age is None else duration(max_document_age, "max_document_age"),
        permit_ttl=None if permit_ttl is None else duration(permit_ttl, "permit_ttl"),
        outbox_capacity=outbox_capacity,
        endpoint_timeouts=endpoint_timeouts,
        phase=phase,
        process_role=process_role,
        device_marker=device_marker,
        renew_install=renew_install,
    )
    if clock is not None and not isinstance(clock, g.Clock):
        raise TypeError(f"clock: expected a planguard.Clock, got {type(clock).__name__}")

    async def opened() -> Planguard:
        use_loop(asyncio.get_running_loop())
        builder = g.Builder(options)
        if isinstance(store, g.HostStore):
            builder.store(_handlers.Keeping(store))
        if credential is not None and not isinstance(credential, str):
            builder.credentials(_handlers.Credentials(credential))
        if transport is not None:
            builder.transport(_handlers.Sending(transport))
        if clock is not None:
            builder.clock(_handlers.Timing(clock))
        return Planguard(await builder.open(), str(sdk_app_id))

    return Opening(opened)


def _unsigned(number: int) -> int:
    """A number below zero as other languages pass it, so that the library says what is wrong with it."""
    return number + 2**64 if isinstance(number, int) and -(2**63) <= number < 0 else number


def _fallback(given: "tuple[str, str] | None") -> "tuple[str | None, str | None]":
    if given is None:
        return None, None
    if isinstance(given, str) or len(given) != 2:
        raise TypeError("fallback: expected a price list and an edition, such as ('intl-2024', 'standard')")
    return given[0], given[1]
