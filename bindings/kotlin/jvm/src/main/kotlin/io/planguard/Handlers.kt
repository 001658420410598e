package io.planguard

import kotlin.coroutines.CoroutineContext
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Job
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.withContext

/**
 * Code of the app that the library calls: in the caller's context, and whatever it throws is an answer. An `Error` that
 * got through would leave the library waiting.
 */
internal class AppCall<T>(private val context: CoroutineContext, private val call: suspend () -> T) {
    /** What the app's code threw, if it was nothing that the chat SDK answered. */
    @Volatile
    var thrown: Throwable? = null
        private set

    suspend fun run(): T = try {
        withContext(context) { call() }
    } catch (answered: ProviderException) {
        thrown = answered
        throw answered.crossing()
    } catch (other: Throwable) {
        // The library no longer waits: this is its cancellation, not the app's.
        if (other is CancellationException) currentCoroutineContext().ensureActive()
        thrown = other
        throw ProviderException.Unexpected(other.said())
    }

    /** With its text as it can cross. An answer is an answer, however its text was cut. */
    private fun ProviderException.crossing(): ProviderException = when (this) {
        is ProviderException.Answered -> ProviderException.Answered(code, detail.mended())
        is ProviderException.Unexpected -> ProviderException.Unexpected(detail.mended())
    }

    /** What it says of itself, which is the app's own code and may throw as well. */
    private fun Throwable.said(): String = try {
        toString().mended()
    } catch (_: Throwable) {
        javaClass.name
    }

    /** With a question mark for each half of a surrogate pair. */
    private fun String.mended(): String = String(toByteArray(Charsets.UTF_8), Charsets.UTF_8)

    companion object {
        suspend fun <T> of(call: suspend () -> T): AppCall<T> =
            AppCall(currentCoroutineContext().minusKey(Job), call)
    }
}

/** The login call of the app. */
internal class LoginCall(private val call: AppCall<Unit>) : LoginHandler {
    override suspend fun login(user: UserId): Unit = call.run()

    /** The failure, with what the app's own code threw as its cause. */
    fun explaining(failure: PlanguardException): PlanguardException {
        val thrown = call.thrown
        if (failure is PlanguardException.Login && thrown != null && failure.cause == null) failure.initCause(thrown)
        return failure
    }

    companion object {
        suspend fun of(call: suspend () -> Unit): LoginCall = LoginCall(AppCall.of(call))
    }
}

/** The action of the app. */
internal class ActionCall(private val call: AppCall<Done>) : ActionHandler {
    override suspend fun perform(): Done = call.run()

    /** What the app's own code threw; the failure of a handler that threw what it may not. */
    fun explaining(failure: PlanguardException.HandlerFailed): Throwable {
        val thrown = call.thrown ?: return failure
        if (thrown !is ProviderException) return thrown
        if (failure.cause == null) failure.initCause(thrown)
        return failure
    }

    companion object {
        suspend fun of(call: suspend () -> Done): ActionCall = ActionCall(AppCall.of { crossing(call()) })

        /** What cannot cross, such as an amount below zero, is an error of the app's code, and no answer. */
        private fun crossing(done: Done): Done {
            when (done) {
                is Done.Amount -> Argument.of("amount") { Count.checked(done.v1, Long.MAX_VALUE) }
                is Done.Created -> Argument.of("group_id") { Argument.utf8(done.v1) }
                is Done.All -> {}
            }
            return done
        }
    }
}
