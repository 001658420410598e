package io.planguard.tests

import io.planguard.Catalog
import io.planguard.Edition
import io.planguard.INTL_2024
import io.planguard.LoginIntent
import io.planguard.LoginOutcome
import io.planguard.OpenSettings
import io.planguard.Planguard
import io.planguard.testing.ManualClock
import java.time.Duration
import java.time.Instant
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield

internal const val APP = 1_400_000_001L

/** Ten days into August 2024, in the billing zone, too. */
internal val AUGUST: Instant = Instant.parse("2024-08-10T04:00:00Z")

/** A guard on 2024 Standard as the fallback. */
internal suspend fun standard(configure: OpenSettings.() -> Unit = {}): Planguard = Planguard.open(APP) {
    fallback(Catalog.INTL_2024, Edition.STANDARD)
    configure()
}

/** Runs a test that may suspend. What hangs is a failure, not a build that never ends. */
internal fun <T> test(body: suspend CoroutineScope.() -> T) {
    runBlocking { withTimeout(120.seconds) { body() } }
}

/** A call of the app that never returns. */
internal class Hang : () -> Boolean {
    private val calls = AtomicInteger()

    suspend fun forever(): Nothing = suspendCancellableCoroutine { call ->
        calls.incrementAndGet()
        // By whoever gives the call up, and before that one goes on.
        call.invokeOnCancellation { calls.decrementAndGet() }
    }

    /** Whether such a call is under way. */
    override fun invoke(): Boolean = calls.get() > 0
}

/**
 * Runs [call] while the clock turns. It turns only while something is [hanging] and something sleeps by the clock. Were time
 * to pass while other code of the app runs, that would be given up as well, depending on how busy the machine is.
 */
internal suspend fun <T> CoroutineScope.turning(clock: ManualClock, hanging: () -> Boolean, call: suspend () -> T): T {
    val running = async(Dispatchers.Default) { runCatching { call() } }
    while (!running.isCompleted) {
        if (hanging() && clock.sleeping() > 0) clock.advance(Duration.ofSeconds(1))
        yield()
    }
    return running.await().getOrThrow()
}

/** Waits until [holds], without sleeping. */
internal suspend fun until(holds: () -> Boolean) {
    while (!holds()) yield()
}

/** The chat SDK's stand-in: counts how often it was really called. */
internal class Chat {
    private val count = AtomicInteger()
    val calls: Int get() = count.get()

    suspend fun login() {
        count.incrementAndGet()
        yield()
    }
}

internal suspend fun Planguard.open(user: String): LoginOutcome = login(user, LoginIntent.OpenChat) {}

/** An entitlements document as the endpoint serves it. */
internal fun document(revision: Int, edition: String, issuedAt: Instant = AUGUST, more: String = ""): String =
    """{"schema": 1, "revision": $revision, "sdk_app_id": $APP, "catalog": "intl-2024", "edition": "$edition",
        "issued_at": "$issuedAt", "fresh_for_secs": 300 $more}"""

/** As an HTTP date, which teaches the guard the time. */
internal fun date(at: Instant): Map<String, String> = mapOf(
    "date" to java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME.format(at.atZone(java.time.ZoneOffset.UTC)),
)
