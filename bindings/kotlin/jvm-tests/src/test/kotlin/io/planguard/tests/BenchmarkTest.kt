package io.planguard.tests

import com.sun.jna.Library
import com.sun.jna.Native
import io.planguard.Feature
import io.planguard.LimitId
import kotlin.test.Test
import kotlin.test.assertTrue

/** An exported function that does nothing, mapped directly: the least that crossing costs. */
internal object Crossing {
    init {
        Native.register(Crossing::class.java, "planguard")
    }

    @JvmStatic
    @Suppress("ktlint:standard:function-naming")
    external fun ffi_planguard_uniffi_contract_version(): Int
}

/** The same through an interface, as most code does it. */
internal interface CrossingByInterface : Library {
    @Suppress("ktlint:standard:function-naming")
    fun ffi_planguard_uniffi_contract_version(): Int
}

class BenchmarkTest {
    @Volatile
    private var sink: Any? = null

    private fun empty(feature: Feature): Any = feature

    /**
     * Nanoseconds a call, the best round of all: what else runs on the machine only adds. A round is far shorter than the time
     * that the system gives one thread before the next, so that some have nothing added.
     */
    private inline fun nanos(times: Int, rounds: Int, call: () -> Any?): Double {
        var best = Double.MAX_VALUE
        repeat(rounds) {
            val started = System.nanoTime()
            for (i in 0 until times) sink = call()
            best = minOf(best, (System.nanoTime() - started).toDouble() / times)
        }
        return best
    }

    @Test
    fun `a feature gate costs at most 100 ns`() = test {
        standard().use { guard ->
            val library = Native.load("planguard", CrossingByInterface::class.java)
            val feature = nanos(2_000, rounds = 1_000) { guard.feature(Feature.COMMUNITY) }
            val limit = nanos(2_000, rounds = 1_000) { guard.limit(LimitId.FREE_MAU) }
            val nothing = nanos(2_000, rounds = 1_000) { empty(Feature.COMMUNITY) }
            val direct = nanos(2_000, rounds = 250) { Crossing.ffi_planguard_uniffi_contract_version() }
            val byInterface = nanos(2_000, rounds = 250) { library.ffi_planguard_uniffi_contract_version() }
            val method = nanos(200, rounds = 250) { guard.isShutDown() }
            val check = nanos(20, rounds = 250) { guard.featureTable() }
            println(
                """
                |nanoseconds a call, the best of many rounds:
                |  feature                               %8.1f
                |  limit                                 %8.1f
                |  an empty Kotlin method                %8.1f
                |  an empty JNA call, mapped directly    %8.1f
                |  an empty JNA call, by interface       %8.1f
                |  isShutDown, through the lower layer   %8.1f
                |  featureTable, which feature reads     %8.1f
                """.trimMargin().format(feature, limit, nothing, direct, byInterface, method, check),
            )
            assertTrue(feature <= 100, "feature takes $feature ns")
            assertTrue(limit <= 100, "limit takes $limit ns")
            // Were it to ask the library, it could not be faster than the least that does.
            assertTrue(feature < method / 10, "feature takes $feature ns, a method of the lower layer $method ns")
        }
    }
}
