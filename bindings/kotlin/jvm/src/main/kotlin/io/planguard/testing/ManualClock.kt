package io.planguard.testing

import io.planguard.Clock
import java.time.Duration
import java.time.Instant
import kotlinx.coroutines.CompletableDeferred

/** A clock turned by hand, for the app's tests: nothing waits for real time. All methods may be called from any thread. */
public class ManualClock(start: Instant) : Clock {
    private class Sleeper(val until: Duration, val over: CompletableDeferred<Unit>)

    private var wall = start
    private var elapsed = Duration.ZERO
    private val sleepers = mutableListOf<Sleeper>()

    override fun now(): Instant = synchronized(this) { wall }

    override fun elapsed(): Duration = synchronized(this) { elapsed }

    override suspend fun sleep(length: Duration) {
        val over = CompletableDeferred<Unit>()
        synchronized(this) {
            if (length <= Duration.ZERO) over.complete(Unit) else sleepers += Sleeper(elapsed + length, over)
        }
        try {
            over.await()
        } finally {
            synchronized(this) { sleepers.removeAll { it.over === over } }
        }
    }

    /** Lets [length] pass, and ends every sleep that is over by then. */
    public fun advance(length: Duration) {
        val over = synchronized(this) {
            wall += length
            elapsed += length
            // They sleep no more, though their coroutines may not have got to run yet.
            sleepers.filter { it.until <= elapsed }.also(sleepers::removeAll)
        }
        over.forEach { it.over.complete(Unit) }
    }

    /** Sets the time of day, as a person does in the settings. No time passes. */
    public fun set(now: Instant): Unit = synchronized(this) { wall = now }

    /** How many sleeps wait. */
    public fun sleeping(): Int = synchronized(this) { sleepers.size }
}
