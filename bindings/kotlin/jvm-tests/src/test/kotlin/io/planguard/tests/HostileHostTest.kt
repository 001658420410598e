package io.planguard.tests

import io.planguard.Action
import io.planguard.Clock
import io.planguard.CredentialProvider
import io.planguard.Event
import io.planguard.Feature
import io.planguard.FetchPolicy
import io.planguard.HostException
import io.planguard.HostImage
import io.planguard.HostStore
import io.planguard.Listener
import io.planguard.LoginIntent
import io.planguard.LoginOutcome
import io.planguard.LoginRequest
import io.planguard.OpenSettings
import io.planguard.Performed
import io.planguard.PlanguardException
import io.planguard.ProviderException
import io.planguard.Replaced
import io.planguard.Request
import io.planguard.Response
import io.planguard.SessionMode
import io.planguard.Transport
import io.planguard.TransportException
import io.planguard.testing.FailingStore
import io.planguard.testing.ManualClock
import java.time.Duration
import java.time.Instant
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking

/** Every method of the app that the library calls: it throws, it throws an `Error`, it never returns. */
class HostileHostTest {
    private val secret = "token-of-ada"
    private val hang = Hang()

    /** What a method may throw: declared, undeclared, and what is no exception at all. */
    private fun thrown(declared: Throwable): List<Throwable> =
        listOf(declared, IllegalStateException(secret), NotImplementedError(secret))

    private fun online(configure: OpenSettings.() -> Unit): OpenSettings.() -> Unit = {
        endpoint = "https://billing.example.com"
        configure()
    }

    @Test
    fun `a login call that throws is a failed login`() = test {
        for (each in thrown(ProviderException.Answered(6012, secret))) {
            standard().use { guard ->
                val failure = assertFailsWith<PlanguardException.Login> {
                    guard.login("ada", LoginIntent.OpenChat) { throw each }
                }
                // Coroutines may copy an exception to add the caller's frames.
                assertEquals(each::class, failure.cause!!::class)
                assertEquals(each.message, failure.cause!!.message)
                assertFalse(secret in failure.failure.reason)
            }
        }
    }

    @Test
    fun `a login call that never returns is given up`() = test {
        val clock = ManualClock(AUGUST)
        standard { this.clock = clock }.use { guard ->
            assertFailsWith<PlanguardException.Login> {
                turning(clock, hang) { guard.login("ada", LoginIntent.OpenChat) { hang.forever() } }
            }
        }
    }

    @Test
    fun `an action that throws is the app's own error again`() = test {
        standard().use { guard ->
            for (each in thrown(ProviderException.Answered(6012, secret)).drop(1)) {
                val caught = assertFailsWith<Throwable> {
                    guard.perform(Action.AddFriend("ada", "bob")) { throw each }
                }
                // Coroutines copy an exception to add the caller's frames.
                assertEquals(each::class, caught::class)
                assertEquals(each.message, caught.message)
                assertEquals(0L, guard.check(Action.AddFriend("ada", "eve")).tightest?.reserved)
            }
        }
    }

    @Test
    fun `an action that never returns is given up, and its room stays held`() = test {
        val clock = ManualClock(AUGUST)
        standard { this.clock = clock; permitTtl = Duration.ofHours(1) }.use { guard ->
            assertFailsWith<PlanguardException.TimedOut> {
                turning(clock, hang) { guard.perform(Action.AddFriend("ada", "bob")) { hang.forever() } }
            }
            assertEquals(1L, guard.check(Action.AddFriend("ada", "eve")).tightest?.reserved)
        }
    }

    @Test
    fun `a transport that throws is no connection`() = test {
        for (each in thrown(TransportException.Tls())) {
            val transport = object : Transport {
                override suspend fun send(request: Request, maxBodyBytes: Long): Response = throw each
            }
            standard(online { this.transport = transport }).use { guard ->
                val failure = assertFailsWith<PlanguardException.TryLater> { guard.sync(FetchPolicy.FETCH) }
                assertFalse(secret in failure.details.reason)
                assertFalse(guard.feature(Feature.COMMUNITY).granted)
            }
        }
    }

    @Test
    fun `a transport that never returns is given up`() = test {
        val clock = ManualClock(AUGUST)
        val transport = object : Transport {
            override suspend fun send(request: Request, maxBodyBytes: Long): Response = hang.forever()
        }
        standard(online { this.transport = transport; this.clock = clock }).use { guard ->
            assertFailsWith<PlanguardException.TryLater> { turning(clock, hang) { guard.sync(FetchPolicy.FETCH) } }
        }
    }

    @Test
    fun `a credential provider that throws or never returns is no credential`() = test {
        val clock = ManualClock(AUGUST)
        for (each in thrown(io.planguard.CredentialException.Unavailable())) {
            standard(online { credentials { throw each } }).use { guard ->
                val failure = assertFailsWith<PlanguardException.Credential> { guard.sync(FetchPolicy.FETCH) }
                assertFalse(secret in failure.details.reason)
            }
        }
        standard(online { credentials { hang.forever() }; this.clock = clock }).use { guard ->
            assertFailsWith<PlanguardException> { turning(clock, hang) { guard.sync(FetchPolicy.FETCH) } }
        }
    }

    @Test
    fun `a store that throws stops nobody, and what was counted reaches it later`() = test {
        for (each in thrown(HostException.Unavailable())) {
            val kept = FailingStore()
            var failing = false
            val store = object : HostStore {
                override suspend fun load(known: Long): HostImage? = if (failing) throw each else kept.load(known)

                override suspend fun replace(expected: Long, content: ByteArray): Replaced =
                    if (failing) throw each else kept.replace(expected, content)
            }
            standard { this.store = host(store) }.use { guard ->
                failing = true
                assertIs<LoginOutcome.Executed>(guard.open("ada"))
                failing = false
                guard.flush()
            }
            standard { this.store = host(store) }.use { guard ->
                assertFalse(assertIs<LoginOutcome.Executed>(guard.open("ada")).mau.newInMonth)
            }
        }
    }

    @Test
    fun `a store that never returns stops nobody`() = test {
        val clock = ManualClock(AUGUST)
        val kept = FailingStore()
        var hanging = false
        val store = object : HostStore {
            override suspend fun load(known: Long): HostImage? =
                if (hanging) hang.forever() else kept.load(known)

            override suspend fun replace(expected: Long, content: ByteArray): Replaced =
                if (hanging) hang.forever() else kept.replace(expected, content)
        }
        standard { this.store = host(store); this.clock = clock }.use { guard ->
            hanging = true
            // The clock turns while the store hangs, which is while the login works: its caller has all the time in the world.
            val patient = LoginRequest("ada", LoginIntent.OpenChat, Duration.ofDays(365))
            assertIs<LoginOutcome.Executed>(turning(clock, hang) { guard.loginWith(patient) {} })
        }
    }

    @Test
    fun `a store that cannot be read is an error of opening`() = test {
        val store = FailingStore().apply { failing = true }
        assertFailsWith<PlanguardException.Store> { standard { this.store = host(store) } }
    }

    @Test
    fun `a listener that throws hears the next event`() = test {
        for (each in thrown(HostException.Unavailable())) {
            standard().use { guard ->
                val second = CompletableDeferred<Event>()
                var heard = 0
                val listener = object : Listener {
                    override suspend fun onEvent(event: Event) {
                        heard += 1
                        if (heard == 1) throw each
                        second.complete(event)
                    }

                    override suspend fun onLagged(lost: Long) = throw each
                }
                val listening = launch(Dispatchers.Default) { guard.onEvent(listener) }
                guard.open("ada")
                guard.login("eve", LoginIntent.PushWake) {}
                second.await()
                listening.cancelAndJoin()
            }
        }
    }

    @Test
    fun `a listener that never returns is called again`() = test {
        val clock = ManualClock(AUGUST)
        standard { this.clock = clock }.use { guard ->
            val second = CompletableDeferred<Event>()
            var heard = 0
            val listener = object : Listener {
                override suspend fun onEvent(event: Event) {
                    heard += 1
                    if (heard == 1) hang.forever()
                    second.complete(event)
                }

                override suspend fun onLagged(lost: Long) = hang.forever()
            }
            val listening = launch(Dispatchers.Default) { guard.onEvent(listener) }
            guard.open("ada")
            guard.login("eve", LoginIntent.PushWake) {}
            turning(clock, hang) { second.await() }
            listening.cancelAndJoin()
        }
    }

    @Test
    fun `a listener that throws or never returns where events were lost hears the next one`() = test {
        for (hanging in listOf(false, true)) {
            val clock = ManualClock(AUGUST)
            standard { this.clock = clock; sessionMode = SessionMode.MULTI_USER }.use { guard ->
                val (started, go) = CompletableDeferred<Unit>() to CompletableDeferred<Unit>()
                val (lagged, last) = CompletableDeferred<Long>() to CompletableDeferred<Unit>()
                val listener = object : Listener {
                    override suspend fun onEvent(event: Event) {
                        started.complete(Unit)
                        go.await()
                        if (guard.isAbout(event, "last")) last.complete(Unit)
                    }

                    override suspend fun onLagged(lost: Long) {
                        lagged.complete(lost)
                        if (hanging) hang.forever()
                        throw NotImplementedError(secret)
                    }
                }
                val listening = launch(Dispatchers.Default) { guard.onEvent(listener) }
                until { runBlocking { guard.login("first", LoginIntent.PushWake) {} }; started.isCompleted }
                repeat(600) { guard.login("user$it", LoginIntent.PushWake) {} }
                go.complete(Unit)
                assertTrue(lagged.await() > 0)
                guard.login("last", LoginIntent.PushWake) {}
                turning(clock, hang) { last.await() }
                listening.cancelAndJoin()
            }
        }
    }

    @Test
    fun `a store that never returns at the start is an error of opening`() = test {
        val clock = ManualClock(AUGUST)
        val store = object : HostStore {
            override suspend fun load(known: Long): HostImage? = hang.forever()

            override suspend fun replace(expected: Long, content: ByteArray): Replaced = hang.forever()
        }
        assertFailsWith<PlanguardException.Store> {
            turning(clock, hang) { standard { this.store = host(store); this.clock = clock } }
        }
    }

    @Test
    fun `an answer that cannot cross is an error of its method, and no hang`() = test {
        for (status in listOf(-1, 70_000)) {
            val transport = object : Transport {
                override suspend fun send(request: Request, maxBodyBytes: Long) = Response(status, emptyList(), byteArrayOf())
            }
            standard(online { this.transport = transport }).use { guard ->
                assertFailsWith<PlanguardException.TryLater> { guard.sync(FetchPolicy.FETCH) }
            }
        }
        val store = object : HostStore {
            override suspend fun load(known: Long) = HostImage(-1, byteArrayOf())

            override suspend fun replace(expected: Long, content: ByteArray) = Replaced.REPLACED
        }
        assertFailsWith<PlanguardException.Store> { standard { this.store = host(store) } }
    }

    @Test
    fun `a clock whose sleep never returns holds nobody up`() = test {
        val hand = ManualClock(AUGUST)
        val clock = object : Clock by hand {
            override suspend fun sleep(length: Duration): Unit = awaitCancellation()
        }
        standard { this.clock = clock }.use { guard ->
            assertIs<LoginOutcome.Executed>(guard.open("ada"))
            assertIs<Performed.Done>(guard.perform(Action.AddFriend("ada", "bob")) {})
        }
    }

    @Test
    fun `a sync that is cancelled cancels its request, and the next one is not held up`() = test {
        val (asked, cancelled) = CompletableDeferred<Unit>() to CompletableDeferred<Unit>()
        val transport = object : Transport {
            override suspend fun send(request: Request, maxBodyBytes: Long): Response {
                if (asked.isCompleted) throw TransportException.Unreachable()
                try {
                    asked.complete(Unit)
                    awaitCancellation()
                } finally {
                    cancelled.complete(Unit)
                }
            }
        }
        standard(online { this.transport = transport }).use { guard ->
            val syncing = launch(Dispatchers.Default) { guard.sync(FetchPolicy.FETCH) }
            asked.await()
            syncing.cancelAndJoin()
            cancelled.await()
            assertFailsWith<PlanguardException.TryLater> { guard.sync(FetchPolicy.FETCH) }
        }
    }

    @Test
    fun `a clock that throws leaves its last time in force`() = test {
        for (each in thrown(HostException.Unavailable())) {
            val hand = ManualClock(AUGUST)
            var failing = false
            val clock = object : Clock {
                override fun now(): Instant = if (failing) throw each else hand.now()

                override fun elapsed(): Duration = if (failing) throw each else hand.elapsed()

                override suspend fun sleep(length: Duration) = if (failing) throw each else hand.sleep(length)
            }
            standard { this.clock = clock }.use { guard ->
                failing = true
                assertFalse(guard.feature(Feature.COMMUNITY).granted)
                assertEquals(AUGUST, guard.now())
                guard.record(Action.AddFriend("ada", "bob"))
            }
        }
    }

    @Test
    fun `a handler whose SDK answers twice logs in once`() = test {
        standard().use { guard ->
            val outcome = guard.login("ada", LoginIntent.OpenChat) {
                val answer = CompletableDeferred<Unit>()
                Thread { answer.complete(Unit); answer.complete(Unit) }.start()
                answer.await()
            }
            assertTrue(assertIs<LoginOutcome.Executed>(outcome).mau.newInMonth)
        }
    }
}
