package io.planguard

import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionStage
import java.util.function.Consumer
import java.util.function.Supplier
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
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

    /** [Planguard.perform]; [call] starts the chat SDK's own call. */
    public fun perform(action: Action, call: Supplier<out CompletionStage<*>>): CompletableFuture<Performed> =
        scope.future { guard.perform(action) { finish(call) } }

    /** [Planguard.record]. */
    public fun record(action: Action): CompletableFuture<Void?> = done { guard.record(action) }

    /** [Planguard.recordOnce]. */
    public fun recordOnce(key: String, action: Action): CompletableFuture<Boolean> =
        scope.future { guard.recordOnce(key, action) }

    /** [Planguard.observe]. */
    public fun observe(observation: Observation): CompletableFuture<Void?> = done { guard.observe(observation) }

    /** [Planguard.reserve]. */
    public fun reserve(action: Action): CompletableFuture<Reservation> = scope.future { guard.reserve(action) }

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

    /** Closes the guard, and gives up the calls that run. */
    override fun close() {
        scope.cancel()
        guard.close()
    }

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
