package io.planguard

import java.time.Duration

/** What the plan says of every feature and limit, kept on this side: crossing into the library costs microseconds. */
internal class AnswerTable(private val time: HostTime, private val fetch: () -> FeatureTable) {
    @Volatile
    private var answers: Answers? = null

    /** How often the answers became out of date. Guarded by this object. */
    private var changes = 0L

    /** The answers that hold now. */
    fun now(): Answers {
        val held = answers
        return if (held != null && held.hold(time)) held else ask()
    }

    /** Something changed: the next read asks the library. */
    fun outdated() {
        synchronized(this) {
            changes += 1
            answers = null
        }
    }

    private fun ask(): Answers {
        val seen = synchronized(this) { changes }
        // Before the library is asked: so the answers end early rather than late.
        val (elapsed, wall) = time.elapsedNanos() to time.wallMillis()
        val fetched = Answers(fetch(), elapsed, wall)
        synchronized(this) {
            // What was fetched before a change must not outlive it.
            if (seen == changes) answers = fetched
        }
        return fetched
    }
}

/** One generation of answers, and for how long they hold. */
internal class Answers(table: FeatureTable, private val elapsed: Long, private val wall: Long) {
    private val features = arrayOfNulls<FeatureDecision>(Feature.entries.size)
    private val limits = arrayOfNulls<EffectiveLimit>(LimitId.entries.size)
    private val nanos: Long

    /** When the time of day was looked at last, counted from [elapsed]. A race only looks twice. */
    @Volatile
    private var looked = 0L
    private val millis: Long

    val lifecycle: Lifecycle = table.lifecycle

    init {
        for (decision in table.features) features[decision.feature.ordinal] = decision
        for (entry in table.limits) limits[entry.limit.ordinal] = entry.effective
        val longest = minOf(table.validFor, Duration.ofDays(1))
        nanos = longest.toNanos()
        millis = longest.toMillis()
    }

    fun feature(feature: Feature): FeatureDecision =
        features[feature.ordinal] ?: error("the library has no answer for $feature")

    fun limit(limit: LimitId): EffectiveLimit? = limits[limit.ordinal]

    /**
     * By the monotonic clock; and now and then by the time of day, because the monotonic clock of a JVM stands still while
     * the machine sleeps. Where either has moved beyond, or the time of day has gone back, the library is asked again,
     * which is never wrong.
     */
    fun hold(time: HostTime): Boolean {
        val passed = time.elapsedNanos() - elapsed
        if (passed - looked < LOOK_NANOS) return passed < nanos
        looked = passed
        return passed < nanos && time.wallMillis() - wall in 0..<millis.coerceAtLeast(1)
    }

    private companion object {
        /** How often the time of day is looked at. */
        const val LOOK_NANOS = 100_000_000L
    }
}

/** The clocks of the host, as the table reads them. */
internal interface HostTime {
    fun elapsedNanos(): Long

    fun wallMillis(): Long
}

/** The machine's. */
internal object MachineTime : HostTime {
    override fun elapsedNanos(): Long = System.nanoTime()

    override fun wallMillis(): Long = System.currentTimeMillis()
}

/** A clock that the app gave. Where it throws, its last time holds, as in the library. */
internal class ClockTime(private val clock: Clock) : HostTime {
    @Volatile
    private var elapsed = 0L

    @Volatile
    private var wall = 0L

    override fun elapsedNanos(): Long {
        try {
            elapsed = clock.elapsed().toNanos()
        } catch (_: Throwable) {
            // The last one holds.
        }
        return elapsed
    }

    override fun wallMillis(): Long {
        try {
            wall = clock.now().toEpochMilli()
        } catch (_: Throwable) {
            // The last one holds.
        }
        return wall
    }
}
