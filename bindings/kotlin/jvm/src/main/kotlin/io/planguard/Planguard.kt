package io.planguard

import java.time.Duration
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.Flow

/**
 * Keeps a chat app inside its plan. Open one per app id and process, at start, and [close] it at the end.
 *
 * Every call of the library is here under the name that it has in Rust; those written out below take a lambda where the
 * library takes an object, or answer without crossing into it. A denial is a value; what could not be done at all is a
 * [PlanguardException] that names the field and the remedy. All methods may be called from any thread.
 */
public class Planguard internal constructor(
    private val native: NativePlanguardInterface,
    time: HostTime,
) : NativePlanguardInterface by native, AutoCloseable {
    private val table = AnswerTable(time, native::featureTable)
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    private val streams = Streams(native)

    /**
     * Everything the guard reports without being asked. Each collector gets every event from when it began to collect; the
     * first one also gets what happened before. It ends when the guard is closed.
     *
     * A collector that falls 256 events behind loses some; [eventsAndLoss] says how many.
     */
    public val events: Flow<Event> get() = streams.events()

    /** As [events], with a [Next.Lagged] where events were lost. */
    public val eventsAndLoss: Flow<Next> get() = streams.all()

    init {
        streams.watch(scope, table)
    }

    /**
     * Whether the plan has a feature, whatever its conditions. Free to call: it reads a table on this side of the library.
     *
     * @throws PlanguardException.Closed after [close]
     */
    override fun feature(feature: Feature): FeatureDecision = table.now().feature(feature)

    /**
     * A limit as the plan has it; `null` where it is not known. Free to call, as [feature].
     *
     * @throws PlanguardException.Closed after [close]
     */
    public fun limit(limit: LimitId): EffectiveLimit? = table.now().limit(limit)

    /** Where the plan stands now. Free to call, as [feature]. */
    override fun lifecycle(): Lifecycle = table.now().lifecycle

    /**
     * Logs a user in through [call], unless that is needless, harmful or refused. The intent is what decides: only
     * [LoginIntent.OpenChat] makes a new active user.
     *
     * [call] is the chat SDK's own login. It runs in the caller's context, at most once per user at a time, and throws
     * [ProviderException.Answered] where the SDK said that it failed.
     *
     * @param timeout how long this caller waits; `null` for the policy's, 60 seconds by default
     * @throws PlanguardException.Login if the login was sent and failed, with what [call] threw as its cause
     */
    public suspend fun login(
        userId: String,
        intent: LoginIntent,
        timeout: Duration? = null,
        call: suspend () -> Unit,
    ): LoginOutcome = loginWith(LoginRequest(userId, intent, timeout), call)

    /** As [login], with everything that can be said of a request. */
    public suspend fun loginWith(request: LoginRequest, call: suspend () -> Unit): LoginOutcome {
        val handler = LoginCall.of(call)
        return changing {
            try {
                native.loginWith(request, handler)
            } catch (failure: PlanguardException) {
                throw handler.explaining(failure)
            }
        }
    }

    /** [login] with a handler object; what it throws arrives as its cause, as with a lambda. */
    override suspend fun login(user: UserId, intent: LoginIntent, handler: LoginHandler): LoginOutcome =
        login(user, intent) { handler.login(user) }

    /** [loginWith] with a handler object. */
    override suspend fun loginWith(request: LoginRequest, handler: LoginHandler): LoginOutcome =
        loginWith(request) { handler.login(request.user) }

    /**
     * Carries an action out where it fits: holds room, runs [call], counts what happened or gives the room back, and
     * explains a refusal of the provider.
     *
     * [call] is the chat SDK's own call. It runs in the caller's context and throws [ProviderException.Answered] where the
     * SDK said that it failed. Anything else that it throws is thrown here again, once the guard has given the room back:
     * the action is taken as one that did not happen.
     *
     * @param timeout how long [call] may take; the room stays held if it takes longer
     * @throws PlanguardException.TimedOut if [call] did not return in time
     */
    public suspend fun perform(
        action: Action,
        timeout: Duration = Duration.ofMinutes(1),
        call: suspend () -> Unit,
    ): Performed = performPart(action, timeout) {
        call()
        Done.All
    }

    /** As [perform], for an action of which only a part may happen, or that creates a group whose id [call] learns. */
    public suspend fun performPart(
        action: Action,
        timeout: Duration = Duration.ofMinutes(1),
        call: suspend () -> Done,
    ): Performed {
        val handler = ActionCall.of(call)
        return changing {
            try {
                native.performWith(action, handler, timeout)
            } catch (failure: PlanguardException.HandlerFailed) {
                throw handler.explaining(failure)
            }
        }
    }

    /** [performPart] with a handler object. */
    override suspend fun perform(action: Action, handler: ActionHandler): Performed =
        performPart(action) { handler.perform() }

    /** [performPart] with a handler object. */
    override suspend fun performWith(action: Action, handler: ActionHandler, timeout: Duration): Performed =
        performPart(action, timeout) { handler.perform() }

    override suspend fun onEvent(listener: Listener): Unit = native.onEvent(ShieldedListener(listener))

    override suspend fun sync(policy: FetchPolicy): SyncOutcome = changing { native.sync(policy) }

    override suspend fun reportRejection(code: Int, message: String, context: RejectionContext): Rejection =
        changing { native.reportRejection(code, message, context) }

    /** As [reportRejection], of a call about which nothing else is known. */
    public suspend fun reportRejection(code: Int, message: String): Rejection =
        reportRejection(code, message, RejectionContext())

    override fun setPhase(phase: AppPhase) {
        native.setPhase(phase)
        table.outdated()
    }

    override fun shutdown() {
        native.shutdown()
        table.outdated()
        scope.cancel()
    }

    /**
     * Ends the guard: flows and upkeep end, every later call throws [PlanguardException.Closed]. Calls that run are
     * carried through. May be called again.
     */
    override fun close(): Unit = shutdown()

    override fun toString(): String = "Planguard(open=${!isShutDown()})"

    /** Whatever came of it, the table may be out of date. */
    private inline fun <T> changing(call: () -> T): T = try {
        call()
    } finally {
        table.outdated()
    }

    public companion object {
        /**
         * Opens a guard: reads the store, makes no request, so it works offline.
         *
         * ```
         * val guard = Planguard.open(sdkAppId = 1_400_000_001) {
         *     store = file("planguard.db")
         *     endpoint = "https://billing.example.com"
         *     fallback(Catalog.INTL_2024, Edition.STANDARD)
         * }
         * ```
         *
         * @param sdkAppId the provider's number for the app (`SDKAppID`)
         * @throws PlanguardException.InvalidInput if a setting cannot be used
         * @throws PlanguardException.Store if the store cannot
         */
        public suspend fun open(sdkAppId: Long, configure: OpenSettings.() -> Unit = {}): Planguard =
            OpenSettings(sdkAppId).apply(configure).open()
    }
}
