package io.planguard.tests

import io.planguard.Action
import io.planguard.Catalog
import io.planguard.DecisionPolicy
import io.planguard.Done
import io.planguard.Edition
import io.planguard.Feature
import io.planguard.FetchPolicy
import io.planguard.GroupType
import io.planguard.INTL_2024
import io.planguard.LoginIntent
import io.planguard.LoginPolicy
import io.planguard.Observation
import io.planguard.Planguard
import io.planguard.PlanguardException
import io.planguard.RejectionContext
import io.planguard.parseFeature
import io.planguard.testing.FailingStore
import java.nio.file.Path
import java.time.Duration
import java.time.YearMonth
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlinx.coroutines.flow.toList
import org.junit.jupiter.api.io.TempDir

class BadInputTest {
    private suspend fun refused(call: suspend () -> Unit): String? =
        assertFailsWith<PlanguardException.InvalidInput> { call() }.details.fieldName

    @Test
    fun `an error names the field`() = test {
        assertEquals("sdk_app_id", refused { Planguard.open(0) })
        assertEquals("sdk_app_id", refused { Planguard.open(-1) })
        assertEquals("sdk_app_id", refused { Planguard.open(Long.MIN_VALUE) })
        assertEquals("edition", refused { Planguard.open(APP) { fallback(Catalog.INTL_2024, "Standard") } })
        standard().use { guard ->
            assertEquals("user_id", refused { guard.check(Action.AddFriend("", "bob")) })
            assertEquals("user_id", refused { guard.open("") })
            assertEquals("group_id", refused { guard.group("") })
        }
    }

    @Test
    fun `settings of signing name their field and nothing unsigned is believed`() = test {
        val key = mapOf("2026-11" to "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
        assertEquals("trusted_keys", refused { standard { trustedKeys = mapOf("2026-11" to "no key") } })
        assertEquals("audience", refused { standard { audience = "production" } })
        assertEquals("max_document_age", refused { standard { trustedKeys = key; maxDocumentAge = Duration.ZERO } })
        val unsigned = document(1, "premium").encodeToByteArray()
        assertEquals("seed", refused { standard { trustedKeys = key; seed = unsigned } })
    }

    @Test
    fun `a number that is out of range names its field`() = test {
        assertEquals("outbox_capacity", refused { standard { outboxCapacity = -1 } })
        assertEquals("hysteresis", refused { standard { decisions = DecisionPolicy(hysteresis = 256) } })
        assertEquals("loop_max", refused { standard { logins = LoginPolicy(loopMax = -1) } })
        standard().use { guard ->
            assertEquals("count", refused { guard.check(Action.AddMembers("g1", GroupType.WORK, -1)) })
            assertEquals("members", refused { guard.observe(Observation.Group("g1", -1, null)) })
            assertEquals("amount", refused { guard.performPart(Action.Search) { Done.Amount(-1) } })
            val permit = (guard.reserve(Action.Search) as io.planguard.Reservation.Held).permit
            assertEquals("amount", refused { permit.commitAmount(Long.MIN_VALUE) })
        }
    }

    @Test
    fun `a length of time that is negative names its field`() = test {
        val negative = Duration.ofMillis(-1)
        assertEquals("permit_ttl", refused { standard { permitTtl = negative } })
        assertEquals("max_document_age", refused { standard { maxDocumentAge = negative } })
        assertEquals("lease_ttl", refused { standard { logins = LoginPolicy(leaseTtl = negative) } })
        standard().use { guard ->
            assertEquals("length", refused { guard.reserveFor(Action.Search, negative) })
            assertEquals("timeout", refused { guard.performPart(Action.Search, negative) { Done.All } })
            assertEquals("every", refused { guard.keepFresh(negative) })
        }
    }

    @Test
    fun `an error names the remedy, in both languages`() = test {
        val error = assertFailsWith<PlanguardException.InvalidInput> {
            Planguard.open(APP) { endpoint = "http://billing.example.com" }
        }
        assertTrue("https" in error.details.reason, error.details.reason)
        assertTrue(error.details.explanation.zhHans.isNotBlank())
        assertTrue(error.details.reason in error.message, error.message)
    }

    @Test
    fun `two stores, or two sources of the credential, are refused`() = test {
        assertEquals("credential", refused { standard { credential = "a"; credentials { "b" } } })
    }

    @Test
    fun `a wrong word lists the known ones`() {
        val error = assertFailsWith<PlanguardException.InvalidInput> { parseFeature("communities") }
        assertTrue("community" in error.details.reason, error.details.reason)
        assertEquals(Feature.COMMUNITY, parseFeature("community"))
    }

    @Test
    fun `a store that cannot be written is an error`(@TempDir folder: Path) = test {
        assertFailsWith<PlanguardException.Store> { standard { store = file("$folder/no/such/folder/planguard.db") } }
        val foreign = folder.resolve("notes.txt").toFile().apply { writeText("not a store") }
        assertFailsWith<PlanguardException.Store> { standard { store = file(foreign) } }
        assertEquals("not a store", foreign.readText())
    }

    @Test
    fun `without an endpoint a sync is an error, not a hang`() = test {
        standard().use { guard ->
            assertFailsWith<PlanguardException.InvalidInput> { guard.sync(FetchPolicy.FETCH) }
        }
    }

    @Test
    fun `after closing every call says so`() = test {
        val guard = standard { store = host(FailingStore()) }
        val session = guard.session("ada")
        val permit = (guard.reserve(Action.AddFriend("ada", "bob")) as io.planguard.Reservation.Held).permit
        guard.close()
        guard.close()
        val month = YearMonth.of(2024, 8)
        val calls = listOf<suspend () -> Any?>(
            { guard.feature(Feature.COMMUNITY) },
            { guard.limit(io.planguard.LimitId.FREE_MAU) },
            { guard.lifecycle() },
            { guard.explainFeature(Feature.COMMUNITY) },
            { guard.check(Action.Search) },
            { guard.assess(Action.Search) },
            { guard.perform(Action.Search) {} },
            { guard.record(Action.Search) },
            { guard.recordOnce("key", Action.Search) },
            { guard.reserve(Action.Search) },
            { guard.reserveFor(Action.Search, Duration.ofMinutes(1)) },
            { guard.open("ada") },
            { guard.beginLogin("ada", LoginIntent.OpenChat) },
            { guard.session("ada") },
            { session.kickedOff() },
            { session.state() },
            { guard.newUserSig("ada") },
            { guard.knownActive("ada") },
            { guard.forgetFailures("ada") },
            { guard.loginReport(month) },
            { guard.reportRejection(10037, "", RejectionContext()) },
            { guard.sync(FetchPolicy.CACHE_ONLY) },
            { guard.flush() },
            { guard.forecast() },
            { guard.previewChange(Edition.PREMIUM) },
            { guard.entitlements() },
            { guard.generation() },
            { guard.now() },
            { guard.billingMonth() },
            { guard.stableGuestId() },
            { guard.user("ada") },
            { guard.group("g1") },
            { guard.setPhase(io.planguard.AppPhase.BACKGROUND) },
            { guard.keepFresh(Duration.ofMinutes(5)) },
            { guard.subscribe() },
            { guard.featureTable() },
        )
        for ((number, call) in calls.withIndex()) {
            assertFailsWith<PlanguardException.Closed>("call $number") { call() }
        }
        assertTrue(guard.isShutDown())
        // A permit that was given carries its action through.
        permit.commit()
    }

    @Test
    fun `closing ends the flows and the upkeep`() = test {
        val guard = standard()
        guard.open("ada")
        val events = guard.events
        guard.close()
        assertTrue(events.toList().isNotEmpty())
    }
}
