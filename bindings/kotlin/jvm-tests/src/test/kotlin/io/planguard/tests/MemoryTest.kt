package io.planguard.tests

import io.planguard.Action
import io.planguard.AppPhase
import io.planguard.Begun
import io.planguard.Catalog
import io.planguard.Done
import io.planguard.Edition
import io.planguard.Event
import io.planguard.Feature
import io.planguard.FeatureContext
import io.planguard.FetchPolicy
import io.planguard.INTL_2024
import io.planguard.LimitId
import io.planguard.LoginIntent
import io.planguard.LoginPolicy
import io.planguard.Observation
import io.planguard.Planguard
import io.planguard.RejectionContext
import io.planguard.Reservation
import io.planguard.SessionMode
import io.planguard.testing.ScriptedEndpoint
import java.io.File
import java.time.Duration
import java.time.YearMonth
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.TestFactory

/**
 * 100,000 calls of each method of each object leave the process as large as a fifth of them did. `PLANGUARD_CALLS` makes
 * it another number. `PLANGUARD_CALL_SECONDS` is how long one method is called at most, for a machine that must be quick;
 * each test says how many calls those were.
 */
class MemoryTest {
    private val most = (System.getenv("PLANGUARD_CALLS") ?: "100000").toInt()
    private val seconds = System.getenv("PLANGUARD_CALL_SECONDS")?.toDouble() ?: Double.MAX_VALUE

    /** So many in any case. */
    private val fewest = minOf(most, 5_000)

    /** Calls by which the cost of one is known, once as many were made. */
    private val sample = minOf(most, 1_000)

    private val guard: Planguard = runBlocking { standard() }
    private val online: Planguard = runBlocking {
        standard {
            endpoint = "https://billing.example.com"
            transport = ScriptedEndpoint()
        }
    }
    private val friend = Action.AddFriend("ada", "bob")

    /** Resident memory; the heap is of one size from the start, so what grows is native. */
    private fun resident(): Long {
        repeat(2) { System.gc() }
        val pages = File("/proc/self/statm").readText().split(' ')[1].toLong()
        return pages * 4096
    }

    private suspend fun affordable(call: suspend () -> Unit): Int {
        repeat(sample) { call() }
        val started = System.nanoTime()
        repeat(sample) { call() }
        val each = (System.nanoTime() - started) / 1e9 / sample
        return minOf(most.toDouble(), seconds / each).toInt().coerceAtLeast(fewest)
    }

    private fun flat(name: String, call: suspend () -> Unit): DynamicTest = DynamicTest.dynamicTest(name) {
        runBlocking {
            val calls = affordable(call)
            repeat(calls / 5) { call() }
            val stretch = calls * 2 / 5
            // A leak grows in every stretch; what the virtual machine compiles and caches does not.
            val grown = (1..2).minOf {
                val before = resident()
                repeat(stretch) { number ->
                    call()
                    if (number % 20_000 == 0) System.gc()
                }
                resident() - before
            }
            println("memory: $name: $calls calls, ${grown / 1024} KiB more")
            // What a stretch may leave behind: less than a buffer each. The rest is the noise of the allocator.
            check(grown < 16L * stretch + 4 * 1024 * 1024) { "$name: ${grown / 1024} KiB more after $calls calls" }
        }
    }

    @TestFactory
    fun reads(): List<DynamicTest> = listOf(
        flat("feature") { guard.feature(Feature.COMMUNITY) },
        flat("limit") { guard.limit(LimitId.FREE_MAU) },
        flat("featureTable") { guard.featureTable() },
        flat("featureIn") { guard.featureIn(Feature.COMMUNITY, context) },
        flat("explainFeature") { guard.explainFeature(Feature.COMMUNITY) },
        flat("explainFeatureIn") { guard.explainFeatureIn(Feature.COMMUNITY, context) },
        flat("check") { guard.check(friend) },
        flat("assess") { guard.assess(friend) },
        flat("lifecycle") { guard.lifecycle() },
        flat("entitlements") { guard.entitlements() },
        flat("generation") { guard.generation() },
        flat("now") { guard.now() },
        flat("billingMonth") { guard.billingMonth() },
        flat("stableGuestId") { guard.stableGuestId() },
        flat("user") { guard.user("ada") },
        flat("group") { guard.group("g1") },
        flat("setPhase") { guard.setPhase(AppPhase.FOREGROUND) },
        flat("isShutDown") { guard.isShutDown() },
        flat("isAbout") { guard.isAbout(Event.SyncWanted, "ada") },
        flat("forecast") { guard.forecast() },
        flat("previewChange") { guard.previewChange(Edition.PREMIUM) },
        flat("subscribe") { guard.subscribe().use { it.tryNext() } },
        flat("session") { guard.session("ada").use { it.state() } },
    )

    @TestFactory
    fun writes(): List<DynamicTest> = listOf(
        flat("login") { guard.open("ada") },
        flat("beginLogin") { check(guard.beginLogin("ada", LoginIntent.OpenChat) is Begun.Outcome) },
        flat("perform") { guard.perform(Action.Search) {} },
        flat("record") { guard.record(Action.Search) },
        flat("recordOnce") { guard.recordOnce("once", Action.Search) },
        flat("observe") { guard.observe(Observation.Friends("ada", 3L)) },
        flat("reserve and release") { (guard.reserve(friend) as Reservation.Held).permit.use { it.release() } },
        flat("reserveFor and commit") {
            val held = guard.reserveFor(Action.Search, Duration.ofMinutes(1)) as Reservation.Held
            held.permit.use { it.commit() }
        },
        flat("permit") {
            (guard.reserve(friend) as Reservation.Held).permit.use {
                it.id()
                it.expires()
                it.assessment()
                it.commitAmount(0L)
            }
        },
        flat("commitPermit and releasePermit") {
            val id = (guard.reserve(friend) as Reservation.Held).permit.use { it.keep() }
            guard.commitPermit(id, Done.Amount(0L))
            guard.releasePermit(id)
        },
        flat("session callbacks") {
            guard.session("eve").use {
                it.connected()
                it.disconnected()
            }
        },
        flat("knownActive") { guard.knownActive("ada") },
        flat("newUserSig") { guard.newUserSig("ada") },
        flat("forgetFailures") { guard.forgetFailures("ada") },
        flat("loginReport") { guard.loginReport(YearMonth.of(2024, 8)) },
        flat("reportRejection") { guard.reportRejection(10007, "no", RejectionContext()) },
        flat("sync") { online.sync(FetchPolicy.CACHE_ONLY) },
        flat("flush") { guard.flush() },
        flat("next event") {
            guard.subscribe().use {
                it.stop()
                it.next()
            }
        },
    )

    @TestFactory
    fun tickets(): List<DynamicTest> {
        // Nothing holds the next login back, and what is kept of the last ones is kept for a moment only.
        val free = LoginPolicy(
            loopMax = Int.MAX_VALUE,
            loopWindow = Duration.ofMillis(1),
            backoffBase = Duration.ZERO,
            backoffMax = Duration.ZERO,
        )
        val server = runBlocking { standard { logins = free; sessionMode = SessionMode.MULTI_USER } }
        return listOf(
            flat("ticket and session") {
                val begun = server.beginLogin("ada", LoginIntent.OpenChat) as Begun.Ticket
                begun.ticket.use { it.succeed() }
                server.session("ada").use { it.ended() }
            },
        )
    }

    @TestFactory
    fun others(): List<DynamicTest> {
        val catalog = Catalog.builtIn(Catalog.INTL_2024)
        return listOf(
            flat("catalog") {
                catalog.id()
                catalog.title()
                catalog.limit(Edition.STANDARD, LimitId.FREE_MAU)
                catalog.support(Edition.STANDARD, Feature.COMMUNITY)
                catalog.pricePerMonth(Edition.STANDARD)
            },
        )
    }

    private val context = FeatureContext()
}
