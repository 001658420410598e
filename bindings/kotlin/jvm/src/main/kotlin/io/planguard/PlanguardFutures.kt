package io.planguard

import java.time.Duration
import java.time.YearMonth
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionStage
import java.util.function.Consumer
import java.util.function.Supplier
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancelChildren
import kotlinx.coroutines.future.await
import kotlinx.coroutines.future.future
import kotlinx.coroutines.launch

/**
 * A guard for Java: futures instead of suspend functions. Cancelling a future gives its call up. What needs no future
 * (`feature`, `check`, `explain` and so on) is called on [guard] itself.
 */
public class PlanguardFutures(
    /** The guard. */
    public val guard: Planguard,
) : AutoCloseable {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)

    /** [Planguard.login]; [call] starts the chat SDK's own login. */
    public fun login(
        userId: String,
        intent: LoginIntent,
        call: Supplier<out CompletionStage<*>>,
    ): CompletableFuture<LoginOutcome> = scope.future { guard.login(userId, intent) { finish(call) } }

    /** [login] of a chat SDK that answers a callback. What it answers after its first answer is not heard. */
    public fun loginByCallback(
        userId: String,
        intent: LoginIntent,
        call: Consumer<ChatCallback>,
    ): CompletableFuture<LoginOutcome> = login(userId, intent) { ChatCallback.asked(call) }

    /** [Planguard.perform]; [call] starts the chat SDK's own call. */
    public fun perform(action: Action, call: Supplier<out CompletionStage<*>>): CompletableFuture<Performed> =
        scope.future { guard.perform(action) { finish(call) } }

    /** [perform] of a chat SDK that answers a callback. What it answers after its first answer is not heard. */
    public fun performByCallback(action: Action, call: Consumer<ChatCallback>): CompletableFuture<Performed> =
        perform(action) { ChatCallback.asked(call) }

    /** [Planguard.performPart]: [call] says how much happened. */
    public fun performPart(action: Action, call: Supplier<out CompletionStage<Done>>): CompletableFuture<Performed> =
        scope.future { guard.performPart(action) { call.get().await() } }

    /** [Planguard.record]. */
    public fun record(action: Action): CompletableFuture<Void?> = done { guard.record(action) }

    /** [Planguard.recordOnce]. */
    public fun recordOnce(key: String, action: Action): CompletableFuture<Boolean> =
        scope.future { guard.recordOnce(key, action) }

    /** [Planguard.observe]. */
    public fun observe(observation: Observation): CompletableFuture<Void?> = done { guard.observe(observation) }

    /** [Planguard.reserve]. */
    public fun reserve(action: Action): CompletableFuture<Reservation> = scope.future { guard.reserve(action) }

    /** [Permit.commit]. */
    public fun commit(permit: Permit): CompletableFuture<Committed> = scope.future { permit.commit() }

    /** [Planguard.beginLogin]. */
    public fun beginLogin(userId: String, intent: LoginIntent): CompletableFuture<Begun> =
        scope.future { guard.beginLogin(userId, intent) }

    /** [LoginTicket.succeed]. */
    public fun succeed(ticket: LoginTicket): CompletableFuture<LoginOutcome> = scope.future { ticket.succeed() }

    /** [LoginTicket.fail]. */
    public fun fail(ticket: LoginTicket, code: Int, detail: String): CompletableFuture<LoginOutcome> =
        scope.future { ticket.fail(code, detail) }

    /** [UserSession.connected]. */
    public fun connected(userId: String): CompletableFuture<Void?> = session(userId) { it.connected() }

    /** [UserSession.disconnected]. */
    public fun disconnected(userId: String): CompletableFuture<Void?> = session(userId) { it.disconnected() }

    /** [UserSession.kickedOff]. */
    public fun kickedOff(userId: String): CompletableFuture<Void?> = session(userId) { it.kickedOff() }

    /** [UserSession.userSigExpired]. */
    public fun userSigExpired(userId: String): CompletableFuture<Void?> = session(userId) { it.userSigExpired() }

    /** [UserSession.loggedOut]. */
    public fun loggedOut(userId: String): CompletableFuture<Void?> = session(userId) { it.loggedOut() }

    /** [Planguard.newUserSig]. */
    public fun newUserSig(userId: String): CompletableFuture<Void?> = done { guard.newUserSig(userId) }

    /** [Planguard.loginReport]. */
    public fun loginReport(month: YearMonth): CompletableFuture<LoginReport> =
        scope.future { guard.loginReport(month) }

    /** [Planguard.keepFresh]: it runs until it is cancelled, or the guard is closed. */
    public fun keepFresh(every: Duration): CompletableFuture<Void?> = done { guard.keepFresh(every) }

    /** [Planguard.sync]. */
    public fun sync(policy: FetchPolicy): CompletableFuture<SyncOutcome> = scope.future { guard.sync(policy) }

    /** [Planguard.flush]. */
    public fun flush(): CompletableFuture<Flushed> = scope.future { guard.flush() }

    /** [Planguard.reportRejection]. */
    public fun reportRejection(code: Int, message: String, context: RejectionContext): CompletableFuture<Rejection> =
        scope.future { guard.reportRejection(code, message, context) }

    /** Calls [listener] for every event from now on; closing what is returned ends that. */
    public fun onEvent(listener: Consumer<Event>): AutoCloseable {
        val job = scope.launch { guard.events.collect { listener.accept(it) } }
        return AutoCloseable { job.cancel() }
    }

    /** Closes the guard, and gives up the calls that run. A later call ends in [PlanguardException.Closed]. */
    override fun close() {
        guard.close()
        scope.coroutineContext.cancelChildren()
    }

    private fun session(userId: String, call: suspend (UserSession) -> Unit): CompletableFuture<Void?> =
        done { guard.session(userId).use { call(it) } }

    private fun done(call: suspend () -> Unit): CompletableFuture<Void?> = scope.future {
        call()
        null
    }

    private suspend fun finish(call: Supplier<out CompletionStage<*>>) {
        call.get().await()
    }

    public companion object {
        /** [Planguard.open]. */
        @JvmStatic
        public fun open(sdkAppId: Long, configure: Consumer<OpenSettings>): CompletableFuture<PlanguardFutures> =
            CoroutineScope(Dispatchers.Default).future {
                PlanguardFutures(Planguard.open(sdkAppId) { configure.accept(this) })
            }
    }
}

/** What the chat SDK answers, in the way that its callbacks have it. Only the first answer counts; any thread may give it. */
public class ChatCallback private constructor(private val answer: CompletableFuture<Void?>) {
    /** The call succeeded. */
    public fun onSuccess() {
        answer.complete(null)
    }

    /** The SDK refused, or failed. [text] is for the app only. */
    public fun onError(code: Int, text: String?) {
        answer.completeExceptionally(ProviderException.Answered(code, text.orEmpty()))
    }

    internal companion object {
        fun asked(call: Consumer<ChatCallback>): CompletionStage<*> =
            CompletableFuture<Void?>().also { call.accept(ChatCallback(it)) }
    }
}
