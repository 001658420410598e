package io.planguard.tests

import io.planguard.DeferReason
import io.planguard.Event
import io.planguard.LoginIntent
import io.planguard.LoginOutcome
import io.planguard.PUSH_WAKE
import io.planguard.PlanguardException
import io.planguard.ProviderException
import io.planguard.explain
import io.planguard.loggedIn
import io.planguard.testing.FailingStore
import io.planguard.testing.ManualClock
import java.time.Duration
import java.time.Instant
import java.time.YearMonth

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertSame
import kotlin.test.assertTrue
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineName
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

class LoginTest {
    @Test
    fun `a thousand coroutines make one call`() = test {
        standard().use { guard ->
            val chat = Chat()
            val outcomes = (1..1_000).map {
                async(Dispatchers.Default) { guard.login("ada", LoginIntent.OpenChat) { chat.login() } }
            }.awaitAll()
            assertEquals(1, chat.calls)
            assertEquals(1, outcomes.count { it is LoginOutcome.Executed })
            assertTrue(outcomes.all { it.loggedIn })
        }
    }

    @Test
    fun `a push makes no active user, and says what to show instead`() = test {
        standard().use { guard ->
            val chat = Chat()
            val outcome = guard.login("ada", LoginIntent.PUSH_WAKE) { chat.login() }
            assertIs<LoginOutcome.Deferred>(outcome)
            assertTrue(outcome.explain().isNotBlank())
            assertEquals(0, chat.calls)
        }
    }

    @Test
    fun `a relaunch remembers who was counted`() = test {
        val kept = FailingStore()
        standard { store = host(kept) }.use { guard ->
            val executed = assertIs<LoginOutcome.Executed>(guard.open("ada"))
            assertTrue(executed.mau.newInMonth)
        }
        standard { store = host(kept) }.use { guard ->
            val again = assertIs<LoginOutcome.Executed>(guard.login("ada", LoginIntent.AppLaunch) {})
            assertEquals(false, again.mau.newInMonth)
            assertIs<LoginOutcome.Deferred>(guard.login("eve", LoginIntent.AppLaunch) {})
        }
    }

    @Test
    fun `in a new month a person counts anew, and a push waits for one`() = test {
        val kept = FailingStore()
        val clock = ManualClock(Instant.parse("2024-08-31T15:59:00Z"))
        standard { store = host(kept); this.clock = clock }.use { guard ->
            assertTrue(assertIs<LoginOutcome.Executed>(guard.open("ada")).mau.newInMonth)
            assertEquals(YearMonth.of(2024, 8), guard.billingMonth())
        }
        // Midnight in the billing zone.
        clock.advance(Duration.ofMinutes(2))
        standard { store = host(kept); this.clock = clock }.use { guard ->
            assertEquals(YearMonth.of(2024, 9), guard.billingMonth())
            val push = assertIs<LoginOutcome.Deferred>(guard.login("ada", LoginIntent.PushWake) {})
            assertEquals(DeferReason.WOULD_CREATE_ACTIVE_USER, push.reason)
            assertTrue(assertIs<LoginOutcome.Executed>(guard.open("ada")).mau.newInMonth)
            assertEquals(1L, guard.loginReport(YearMonth.of(2024, 8)).activeUsers)
        }
    }

    @Test
    fun `a kick outlives a relaunch, until a person asks`() = test {
        val kept = FailingStore()
        standard { store = host(kept) }.use { guard ->
            guard.open("ada")
            guard.session("ada").use { it.kickedOff() }
        }
        standard { store = host(kept) }.use { guard ->
            val chat = Chat()
            val push = guard.login("ada", LoginIntent.PushWake) { chat.login() }
            assertTrue(!push.loggedIn, "$push")
            assertEquals(0, chat.calls)
            assertIs<LoginOutcome.Executed>(guard.login("ada", LoginIntent.AfterKick(confirmed = true)) { chat.login() })
        }
    }

    @Test
    fun `a failure is typed, keeps the SDK's text for the app, and has it as its cause`() = test {
        standard().use { guard ->
            val said = ProviderException.Answered(70001, "the sig of ada is over")
            val failure = assertFailsWith<PlanguardException.Login> {
                guard.login("ada", LoginIntent.OpenChat) { throw said }
            }
            assertEquals(70001, failure.failure.code)
            assertEquals("the sig of ada is over", failure.failure.detail)
            assertTrue("sig of ada" !in failure.failure.reason, failure.failure.reason)
            assertSame(said, failure.cause)
            assertTrue(failure.explain().isNotBlank())
        }
    }

    @Test
    fun `the login call runs in the caller's context`() = test {
        standard().use { guard ->
            val name = withContext(CoroutineName("ui")) {
                val name = CompletableDeferred<String?>()
                guard.login("ada", LoginIntent.OpenChat) { name.complete(currentCoroutineContext()[CoroutineName]?.name) }
                name.await()
            }
            assertEquals("ui", name)
        }
    }

    @Test
    fun `cancelling the caller cancels its call, and the next one leads`() = test {
        standard().use { guard ->
            val (started, cancelled) = CompletableDeferred<Unit>() to CompletableDeferred<Unit>()
            val first = launch(Dispatchers.Default) {
                guard.login("ada", LoginIntent.OpenChat) {
                    started.complete(Unit)
                    try {
                        awaitCancellation()
                    } finally {
                        cancelled.complete(Unit)
                    }
                }
            }
            started.await()
            first.cancel()
            cancelled.await()
            assertIs<LoginOutcome.Executed>(guard.open("ada"))
        }
    }

    @Test
    fun `a cancelled action gives nothing back that may have happened`() = test {
        standard().use { guard ->
            val started = CompletableDeferred<Unit>()
            val adding = launch(Dispatchers.Default) {
                guard.perform(io.planguard.Action.AddFriend("ada", "bob")) {
                    started.complete(Unit)
                    awaitCancellation()
                }
            }
            started.await()
            adding.cancel()
            adding.join()
            assertEquals(1L, guard.check(io.planguard.Action.AddFriend("ada", "eve")).tightest?.reserved)
        }
    }

    @Test
    fun `events come to every collector, and the first one hears what was before`() = test {
        standard().use { guard ->
            guard.open("ada")
            assertIs<Event.LoginExecuted>(guard.events.first { it is Event.LoginExecuted })
            val later = async(start = CoroutineStart.UNDISPATCHED) { guard.events.first { it is Event.LoginDeferred } }
            guard.login("eve", LoginIntent.PushWake) {}
            val deferred = assertIs<Event.LoginDeferred>(later.await())
            assertTrue(guard.isAbout(deferred, "eve"))
            assertTrue(!guard.isAbout(deferred, "ada"))
        }
    }

    @Test
    fun `a ticket carries a login in two steps`() = test {
        standard().use { guard ->
            val begun = assertIs<io.planguard.Begun.Ticket>(guard.beginLogin("ada", LoginIntent.OpenChat))
            assertIs<LoginOutcome.Executed>(begun.ticket.succeed())
            assertFailsWith<PlanguardException.Finished> { begun.ticket.succeed() }
            assertEquals(LoginOutcome.AlreadyLoggedIn, guard.open("ada"))
        }
    }
}
