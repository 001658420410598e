package io.planguard.tests

import io.planguard.Action
import io.planguard.AppPhase
import io.planguard.DecisionPolicy
import io.planguard.Decision
import io.planguard.Enforcement
import io.planguard.Event
import io.planguard.Feature
import io.planguard.FetchPolicy
import io.planguard.GroupType
import io.planguard.Lifecycle
import io.planguard.LimitId
import io.planguard.Locale
import io.planguard.Max
import io.planguard.Performed
import io.planguard.ProviderException
import io.planguard.Remedy
import io.planguard.onDenied
import io.planguard.testing.ManualClock
import io.planguard.testing.ScriptedEndpoint
import java.math.BigDecimal
import java.time.Duration
import java.time.YearMonth
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch

class GateTest {
    @Test
    fun `a feature that the edition lacks comes with a priced way out`() = test {
        standard().use { guard ->
            assertFalse(guard.feature(Feature.COMMUNITY).granted)
            val way = guard.explainFeature(Feature.COMMUNITY).remedies.filterIsInstance<Remedy.ChangeEdition>()
            val premium = way.single { it.to == "premium" }
            // Premium 699 USD less Standard 399 USD a month.
            assertEquals(BigDecimal("300"), premium.extraPerMonth?.amount)
        }
    }

    @Test
    fun `a decision explains itself in both languages`() = test {
        standard().use { guard ->
            val decision = guard.feature(Feature.COMMUNITY)
            assertTrue("communit" in decision.explain(Locale.EN), decision.explain(Locale.EN))
            assertTrue(decision.explain(Locale.ZH_HANS).any { it.code > 0x4E00 })
        }
    }

    @Test
    fun `the table has every feature, and says what the library says`() = test {
        standard().use { guard ->
            val table = guard.featureTable()
            assertEquals(Feature.entries, table.features.map { it.feature })
            for (feature in Feature.entries) assertEquals(table.features[feature.ordinal], guard.feature(feature))
            for (entry in table.limits) assertEquals(entry.effective, guard.limit(entry.limit))
            assertEquals(Max.Of(200L), guard.limit(LimitId.MEMBERS_PER_GROUP)?.max)
        }
    }

    @Test
    fun `a sync replaces the table at once`() = test {
        val endpoint = ScriptedEndpoint().answer(document(1, "premium"), headers = date(AUGUST))
        val clock = ManualClock(AUGUST)
        standard { transport = endpoint; this.endpoint = "https://billing.example.com"; this.clock = clock }.use { guard ->
            assertFalse(guard.feature(Feature.COMMUNITY).granted)
            guard.sync(FetchPolicy.FETCH)
            assertTrue(guard.feature(Feature.COMMUNITY).granted)
        }
    }

    @Test
    fun `a change that nobody here asked for replaces the table, too`() = test {
        val endpoint = ScriptedEndpoint().answer(document(1, "premium"), headers = date(AUGUST))
        val clock = ManualClock(AUGUST)
        standard { transport = endpoint; this.endpoint = "https://billing.example.com"; this.clock = clock }.use { guard ->
            assertFalse(guard.feature(Feature.COMMUNITY).granted)
            val changed = async(start = CoroutineStart.UNDISPATCHED) {
                guard.events.first { it is Event.EntitlementsChanged }
            }
            val upkeep = launch(Dispatchers.Default) { guard.keepFresh(Duration.ofMinutes(5)) }
            changed.await()
            until { guard.feature(Feature.COMMUNITY).granted }
            upkeep.cancelAndJoin()
        }
    }

    @Test
    fun `the table ends when the plan does`() = test {
        val ends = AUGUST.plus(Duration.ofHours(2))
        val seed = document(1, "premium", more = """, "subscription": {"starts_at": "2024-07-10T00:00:00Z", "expires_at": "$ends"}""")
        val clock = ManualClock(AUGUST)
        standard { this.seed = seed.encodeToByteArray(); this.clock = clock }.use { guard ->
            assertTrue(guard.feature(Feature.COMMUNITY).granted)
            assertIs<Lifecycle.ExpiringSoon>(guard.lifecycle())
            // Two hours, and the day of grace.
            clock.advance(Duration.ofHours(27))
            assertFalse(guard.feature(Feature.COMMUNITY).granted)
            assertIs<Lifecycle.Suspended>(guard.lifecycle())
        }
    }

    @Test
    fun `the table ends when the phase of the app does`() = test {
        val clock = ManualClock(AUGUST)
        val endpoint = ScriptedEndpoint().answer(
            """{"schema": 1, "revision": 1, "sdk_app_id": $APP, "catalog": "intl-2024", "edition": "standard",
                "issued_at": "$AUGUST"}""",
            headers = date(AUGUST),
        )
        standard { transport = endpoint; this.endpoint = "https://billing.example.com"; this.clock = clock }.use { guard ->
            guard.sync(FetchPolicy.FETCH)
            guard.setPhase(AppPhase.BACKGROUND)
            clock.advance(Duration.ofHours(1))
            assertFalse(guard.feature(Feature.COMMUNITY).stale)
            guard.setPhase(AppPhase.FOREGROUND)
            assertTrue(guard.feature(Feature.COMMUNITY).stale)
        }
    }

    @Test
    fun `a bulk action says how much of it fits`() = test {
        standard().use { guard ->
            val assessment = guard.assess(Action.AddMembers("g1", GroupType.WORK, 260L))
            assertEquals(200L, assessment.checks.first().fits)
        }
    }

    @Test
    fun `a denied action does not reach the chat SDK`() = test {
        val strict = DecisionPolicy(allLimits = Enforcement.ENFORCE, onStale = Enforcement.ENFORCE)
        standard { decisions = strict }.use { guard ->
            var called = false
            var denied: String? = null
            val add = Action.AddMembers("g1", GroupType.WORK, 260L)
            guard.perform(add) { called = true }.onDenied { denied = it.explain(Locale.EN) }
            assertFalse(called)
            assertTrue("200" in denied.orEmpty(), denied)
            assertEquals(Decision.DENIED, guard.check(add).decision)
        }
    }

    @Test
    fun `an action is counted once it has happened`() = test {
        standard().use { guard ->
            assertEquals(Performed.Done, guard.perform(Action.AddFriend("ada", "bob")) {})
            assertEquals(1L, guard.check(Action.AddFriend("ada", "eve")).tightest?.atLeast)
        }
    }

    @Test
    fun `a refusal of the provider is explained`() = test {
        standard().use { guard ->
            val performed = guard.perform(Action.AddFriend("ada", "bob")) {
                throw ProviderException.Answered(30010, "friend count at limit")
            }
            val rejection = assertIs<Performed.ByProvider>(performed).rejection
            assertEquals(LimitId.FRIENDS_PER_USER, rejection.limit)
        }
    }

    @Test
    fun `the running month can be forecast, in exact amounts`() = test {
        val endpoint = ScriptedEndpoint().answer(
            document(1, "standard", more = """, "usage": {"as_of": "$AUGUST", "mau": 10010}"""),
            headers = date(AUGUST),
        )
        val clock = ManualClock(AUGUST)
        standard { transport = endpoint; this.endpoint = "https://billing.example.com"; this.clock = clock }.use { guard ->
            guard.sync(FetchPolicy.FETCH)
            val forecast = guard.forecast()
            assertEquals(YearMonth.of(2024, 8), forecast.low.month)
            assertTrue(forecast.low.total!!.amount >= BigDecimal("399"), forecast.low.toString())
        }
    }

    @Test
    fun `a clock that is turned wakes its sleepers at once`() = test {
        val clock = ManualClock(AUGUST)
        val sleeping = launch(start = CoroutineStart.UNDISPATCHED) { clock.sleep(Duration.ofSeconds(2)) }
        clock.advance(Duration.ofSeconds(1))
        assertEquals(1, clock.sleeping())
        clock.advance(Duration.ofSeconds(1))
        assertEquals(0, clock.sleeping())
        sleeping.join()
    }
}
