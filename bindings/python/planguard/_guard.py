"""The guard: the calls of the core, with Python's own values, callables and context managers."""

import datetime
import os
import typing
import weakref

from . import _generated as g
from . import _handlers
from ._events import Events
from ._values import duration

Duration = typing.Union[datetime.timedelta, float]
_T = typing.TypeVar("_T")


def _value(cls: "type[_T]", given: typing.Any, name: str) -> _T:
    """`given` as a value of `cls`; a variant without fields may be named by its class."""
    if isinstance(given, type) and issubclass(given, cls) and given is not cls:
        given = given()
    if not isinstance(given, cls):
        # Its type only: arguments in the wrong order are ids.
        raise TypeError(f"{name}: expected planguard.{cls.__name__}, got {type(given).__name__}")
    return given


def _feature(given: "g.Feature | str") -> g.Feature:
    return g.parse_feature(given) if isinstance(given, str) else _value(g.Feature, given, "feature")


class Planguard:
    """Keeps a chat app inside its plan. Opened by `planguard.open`; one for the whole app.

    Every call raises `PlanguardError.Closed` once the guard was shut down. As a context manager it is shut down at the
    end of the block. Ids that cannot be used raise `PlanguardError.InvalidInput`, values of a wrong type TypeError.
    """

    def __init__(self, guard: g.Planguard, about: str) -> None:
        self._guard = guard
        self._about = about
        _guards.add(self)

    def __repr__(self) -> str:
        if self.is_shut_down():
            return f"Planguard({self._about}, shut down)"
        return f"Planguard({self._about}, {self.lifecycle()!r})"

    async def __aenter__(self) -> "Planguard":
        return self

    async def __aexit__(self, *_: object) -> None:
        self.shutdown()

    def __enter__(self) -> "Planguard":
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()

    # Features and where the plan stands.

    def feature(self, feature: "g.Feature | str") -> g.FeatureDecision:
        """Whether the plan has a feature, whatever its conditions."""
        return self._guard.feature(_feature(feature))

    def feature_in(self, feature: "g.Feature | str", context: g.FeatureContext) -> g.FeatureDecision:
        """Whether the plan has a feature and its conditions hold in `context`."""
        return self._guard.feature_in(_feature(feature), _value(g.FeatureContext, context, "context"))

    def explain_feature(self, feature: "g.Feature | str") -> g.FeatureAssessment:
        """As `feature`, with what the answer rests on and what would lift a denial."""
        return self._guard.explain_feature(_feature(feature))

    def explain_feature_in(self, feature: "g.Feature | str", context: g.FeatureContext) -> g.FeatureAssessment:
        """As `feature_in`, with what the answer rests on and what would lift a denial."""
        return self._guard.explain_feature_in(_feature(feature), _value(g.FeatureContext, context, "context"))

    def feature_table(self) -> g.FeatureTable:
        """What the plan says of every feature and limit, in one call; good while `generation` stays the same."""
        return self._guard.feature_table()

    def generation(self) -> int:
        """The number of what decisions read: another one means that a kept table of features is out of date."""
        return self._guard.generation()

    def lifecycle(self) -> g.Lifecycle:
        """Where the plan stands now."""
        return self._guard.lifecycle()

    def entitlements(self) -> g.Entitlements:
        """What the app is entitled to, as resolved last."""
        return self._guard.entitlements()

    def now(self) -> datetime.datetime:
        """The trusted time decisions are made by, in UTC."""
        return self._guard.now()

    def billing_month(self) -> str:
        """The billing month that is now, such as `2024-08`."""
        return self._guard.billing_month()

    def set_phase(self, phase: g.AppPhase) -> None:
        """Says whether somebody is looking at the app: by that freshness is judged."""
        self._guard.set_phase(_value(g.AppPhase, phase, "phase"))

    # Limits and actions.

    def check(self, action: g.Action) -> g.Verdict:
        """Whether an action fits the plan, in short."""
        return self._guard.check(_value(g.Action, action, "action"))

    def assess(self, action: g.Action) -> g.Assessment:
        """As `check`, with every limit, what the answer rests on and what would lift a denial."""
        return self._guard.assess(_value(g.Action, action, "action"))

    async def record(self, action: g.Action) -> None:
        """Counts an action that has happened. Ends once that is durable."""
        await self._guard.record(_value(g.Action, action, "action"))

    async def record_once(self, key: str, action: g.Action) -> bool:
        """Counts an action once, however often the same `key` comes. Says whether it was counted now."""
        return await self._guard.record_once(key, _value(g.Action, action, "action"))

    async def observe(self, observation: g.Observation) -> None:
        """Says what the chat SDK's lists show. Ends once that is durable."""
        await self._guard.observe(_value(g.Observation, observation, "observation"))

    async def perform(self, action: g.Action, handler: typing.Any, *, timeout: "Duration | None" = None) -> g.Performed:
        """Carries an action out where it fits: holds room, calls `handler`, counts what happened or gives the room
        back, and explains a refusal of the provider.

        `handler` takes no argument and may be asynchronous. It raises `ProviderError.Answered` with the chat SDK's code
        where that refuses, and may return a `Done` that says how much happened (all of it otherwise). It is waited for
        for `timeout` (a timedelta or seconds; a minute by default), then `PlanguardError.TimedOut` is raised and the
        room stays held until the permit expires. Where it raises anything else the room goes back, and
        `PlanguardError.HandlerFailed` is raised, with what the handler raised as its cause.
        """
        action = _value(g.Action, action, "action")
        called = _handlers.action_handler(handler)
        try:
            if timeout is None:
                return await self._guard.perform(action, called)
            return await self._guard.perform_with(action, called, duration(timeout, "timeout"))
        except g.PlanguardError.HandlerFailed as error:
            raise error from called.raised

    async def reserve(self, action: g.Action, *, length: "Duration | None" = None) -> g.Reservation:
        """Holds room for an action that is about to be carried out, for `length` (a timedelta or seconds; at most a
        day). The permit is finished by its own methods, or by its id after a restart."""
        action = _value(g.Action, action, "action")
        if length is None:
            return await self._guard.reserve(action)
        return await self._guard.reserve_for(action, duration(length, "length"))

    async def commit_permit(self, id: str, done: "g.Done | type[g.Done]") -> g.Committed:
        """Finishes a permit by its id: what happened is counted, the rest of its room goes back."""
        return await self._guard.commit_permit(id, _value(g.Done, done, "done"))

    async def release_permit(self, id: str) -> bool:
        """Gives a permit back by its id. Says whether it was still held."""
        return await self._guard.release_permit(id)

    async def report_rejection(
        self, code: int, message: str, *, action: "g.Action | None" = None, feature: "g.Feature | None" = None
    ) -> g.Rejection:
        """Says that the provider refused a call, and gets told what that means. `code` and `message` are the chat
        SDK's, unchanged; `action` or `feature` is what the call was for."""
        context = g.RejectionContext(action=action, feature=feature)
        return await self._guard.report_rejection(code, message, context)

    # Logins.

    async def login(
        self,
        user: str,
        intent: "g.LoginIntent | type[g.LoginIntent]",
        handler: typing.Any,
        *,
        timeout: "Duration | None" = None,
        known_to_provider: bool = True,
    ) -> g.LoginOutcome:
        """Logs a user in through `handler`, unless that is needless, harmful or refused.

        `handler` takes no argument, calls the chat SDK's login and may be asynchronous; it raises
        `ProviderError.Answered` with the chat SDK's code where that refuses. Then, or when `timeout` is over (a
        timedelta or seconds; that of the policy by default), `PlanguardError.Login` is raised, with what the handler
        raised as its cause. A denial is an outcome, not an error.
        """
        request = self._request(user, intent, timeout, known_to_provider, no_wait=False)
        called = _handlers.login_handler(handler)
        try:
            return await self._guard.login_with(request, called)
        except g.PlanguardError.Login as error:
            raise error from called.raised

    async def begin_login(
        self,
        user: str,
        intent: "g.LoginIntent | type[g.LoginIntent]",
        *,
        timeout: "Duration | None" = None,
        known_to_provider: bool = True,
        no_wait: bool = False,
    ) -> g.Begun:
        """The first step of a two-step login: a ticket, to be answered by `succeed`, `fail` or `abandon`, or an
        outcome. Waits for a login of the same user that is under way, unless `no_wait`."""
        request = self._request(user, intent, timeout, known_to_provider, no_wait=no_wait)
        return await self._guard.begin_login_with(request)

    @staticmethod
    def _request(
        user: str, intent: typing.Any, timeout: "Duration | None", known: bool, *, no_wait: bool
    ) -> g.LoginRequest:
        return g.LoginRequest(
            user=user,
            intent=_value(g.LoginIntent, intent, "intent"),
            timeout=None if timeout is None else duration(timeout, "timeout"),
            known_to_provider=known,
            no_wait=no_wait,
        )

    def session(self, user: str) -> g.UserSession:
        """The session of one user in this process: hand the chat SDK's callbacks to the user they are about."""
        return self._guard.session(user)

    async def new_user_sig(self, user: str) -> None:
        """Says that the app has a new `UserSig`: a login refused for the old one may be tried again."""
        await self._guard.new_user_sig(user)

    async def known_active(self, user: str) -> None:
        """Says that the provider has counted this user in the running billing period already."""
        await self._guard.known_active(user)

    async def forget_failures(self, user: str) -> None:
        """Forgets what failed logins of this user left behind: waits, refusals and the loop breaker."""
        await self._guard.forget_failures(user)

    async def login_report(self, month: str) -> g.LoginReport:
        """What the login guard did in `month`, such as `2024-08`."""
        return await self._guard.login_report(month)

    # Ids.

    def user(self, id: str) -> str:
        """Checks a user id, and warns once a month when one is refused: ids cut to fit may collide or change."""
        return self._guard.user(id)

    def group(self, id: str) -> str:
        """Checks a group id."""
        return self._guard.group(id)

    def stable_guest_id(self) -> str:
        """The id for a guest who uses the app without an account; the same for the life of the install."""
        return self._guard.stable_guest_id()

    # The billing endpoint, events and money.

    async def sync(self, policy: g.FetchPolicy) -> g.SyncOutcome:
        """Brings the entitlements up to date. Whatever goes wrong, the last good ones stay."""
        return await self._guard.sync(_value(g.FetchPolicy, policy, "policy"))

    async def flush(self) -> g.Flushed:
        """Writes what is counted in memory, and delivers the usage events that wait."""
        return await self._guard.flush()

    async def keep_fresh(self, every: Duration) -> None:
        """Keeps the guard up to date until it is shut down, syncing at least every `every` (a timedelta or seconds).
        Run it as a task; cancelling the task ends it, too."""
        await self._guard.keep_fresh(duration(every, "every"))

    def events(self) -> Events:
        """Every event from now on, to be read by `async for`. The first one also brings what happened before."""
        return Events(self._guard.subscribe())

    async def on_event(self, listener: typing.Any) -> None:
        """Calls `listener` with every event from now on, one after the other, until the guard is shut down. Run it as
        a task. A listener that raises, or does not return within ten seconds, misses that event only."""
        await self._guard.on_event(_handlers.Listening(listener))

    def is_about(self, event: g.Event, user: str) -> bool:
        """Whether an event is about this user."""
        return self._guard.is_about(_value(g.Event, event, "event"), user)

    def forecast(self) -> g.Forecast:
        """What the running month costs, from what the guard knows."""
        return self._guard.forecast()

    def preview_change(self, to: str) -> g.ChangePreview:
        """What a move to another edition would do to this app."""
        return self._guard.preview_change(to)

    def shutdown(self) -> None:
        """Ends the guard: events and upkeep end, later calls raise `PlanguardError.Closed`. Calls that run are carried
        through. May be called again."""
        self._guard.shutdown()

    def is_shut_down(self) -> bool:
        """Whether `shutdown` was called."""
        return self._guard.is_shut_down()


_guards: "weakref.WeakSet[Planguard]" = weakref.WeakSet()
_left_behind: "list[g.Planguard]" = []


class _Forked:
    """Stands for a guard in a process that was forked off: the threads that work for it are in the other one."""

    def __getattr__(self, _name: str) -> typing.Any:
        raise RuntimeError("planguard: the guard was opened before this process was forked off; open another one here")

    def is_shut_down(self) -> bool:
        return True

    def shutdown(self) -> None:
        pass


def _leave_behind() -> None:
    for guard in list(_guards):
        # Never freed: that would wait for its threads.
        _left_behind.append(guard._guard)
        guard._guard = typing.cast(g.Planguard, _Forked())


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_behind)
