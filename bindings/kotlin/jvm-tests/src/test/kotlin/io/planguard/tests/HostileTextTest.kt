package io.planguard.tests

import io.planguard.Action
import io.planguard.Begun
import io.planguard.Catalog
import io.planguard.Done
import io.planguard.FetchPolicy
import io.planguard.GroupType
import io.planguard.Header
import io.planguard.INTL_2024
import io.planguard.LoginIntent
import io.planguard.OpenSettings
import io.planguard.Performed
import io.planguard.PlanguardException
import io.planguard.ProviderException
import io.planguard.Request
import io.planguard.Response
import io.planguard.Transport
import io.planguard.TransportException
import io.planguard.parseFeature
import io.planguard.testing.ManualClock
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertTrue

/**
 * Texts that were cut in the middle of a character, and exceptions that cannot say what they are. The clock is never turned:
 * what the library is not told of, it waits for until the test is over.
 */
class HostileTextTest {
    /** It ends in half of a surrogate pair. */
    private val cut = "ada's token \uD83D"

    private class Mute : RuntimeException() {
        override val message: String get() = error("ada's token")

        override fun toString(): String = error("ada's token")
    }

    private suspend fun still(configure: OpenSettings.() -> Unit = {}) = standard {
        clock = ManualClock(AUGUST)
        configure()
    }

    private suspend fun online(configure: OpenSettings.() -> Unit) = still {
        endpoint = "https://billing.example.com"
        configure()
    }

    @Test
    fun `an argument that cannot cross is named, and not shown`() = test {
        still().use { guard ->
            val ticket = assertIs<Begun.Ticket>(guard.beginLogin("ada", LoginIntent.OpenChat)).ticket
            val calls = listOf<Pair<String, suspend () -> Any?>>(
                "id" to { guard.user(cut) },
                "user_id" to { guard.session(cut) },
                "user_id" to { guard.open(cut) },
                "user_id" to { guard.check(Action.AddFriend("ada", cut)) },
                "id" to { guard.group(cut) },
                "group_id" to { guard.check(Action.AddMembers(cut, GroupType.WORK, 1)) },
                "key" to { guard.recordOnce(cut, Action.Search) },
                "message" to { guard.reportRejection(30014, cut) },
                "detail" to { ticket.fail(6012, cut) },
                "edition" to { guard.previewChange(cut) },
                "catalog" to { Catalog.builtIn(cut) },
                "edition" to { still { fallback(Catalog.INTL_2024, cut) } },
                "credential" to { online { credential = cut } },
                "store_path" to { still { store = file(cut) } },
                "text" to { parseFeature(cut) },
            )
            for ((number, each) in calls.withIndex()) {
                val (field, call) = each
                val refused = assertFailsWith<PlanguardException.InvalidInput>("call $number") { call() }
                assertEquals(field, refused.details.fieldName, "call $number")
                assertEquals("$field: the text has half of a surrogate pair; cut texts between characters", refused.message)
                assertFalse("token" in refused.stackTraceToString())
            }
        }
    }

    @Test
    fun `an answer with a cut text is an answer`() = test {
        still().use { guard ->
            val failed = assertFailsWith<PlanguardException.Login> {
                guard.login("ada", LoginIntent.OpenChat) { throw ProviderException.Answered(6012, cut) }
            }
            assertEquals(6012, failed.failure.code)
            assertEquals("ada's token ?", failed.failure.detail)
            val performed = guard.perform(Action.AddFriend("ada", "bob")) { throw ProviderException.Answered(30014, cut) }
            assertEquals(30014, assertIs<Performed.ByProvider>(performed).rejection.code)
        }
    }

    @Test
    fun `what is thrown may be unable to say what it is`() = test {
        for (each in listOf(Mute(), IllegalStateException(cut), ProviderException.Unexpected(cut))) {
            still().use { guard ->
                val failed = assertFailsWith<PlanguardException.Login> {
                    guard.login("ada", LoginIntent.OpenChat) { throw each }
                }
                assertEquals(0, failed.failure.code)
                assertEquals(each::class, failed.cause!!::class)
                val thrown = assertFailsWith<Exception> { guard.perform(Action.AddFriend("ada", "bob")) { throw each } }
                val cause = if (thrown is PlanguardException.HandlerFailed) thrown.cause!! else thrown
                assertEquals(each::class, cause::class)
                assertEquals(0L, guard.check(Action.AddFriend("ada", "bob")).tightest?.reserved)
            }
        }
    }

    @Test
    fun `a group whose id cannot cross is an error of the app's code`() = test {
        still().use { guard ->
            val refused = assertFailsWith<PlanguardException.InvalidInput> {
                guard.performPart(Action.AddFriend("ada", "bob")) { Done.Created(cut) }
            }
            assertEquals("group_id", refused.details.fieldName)
            assertEquals(0L, guard.check(Action.AddFriend("ada", "bob")).tightest?.reserved)
        }
    }

    @Test
    fun `an endpoint's answer that cannot cross is no answer`() = test {
        val answers = listOf<() -> Response>(
            { Response(200, listOf(Header("etag", cut)), "{}".encodeToByteArray()) },
            { Response(200, listOf(Header(cut, "1")), "{}".encodeToByteArray()) },
            { throw TransportException.TooLarge(-1) },
            { throw Mute() },
        )
        for ((number, answer) in answers.withIndex()) {
            val answering = object : Transport {
                override suspend fun send(request: Request, maxBodyBytes: Long): Response = answer()
            }
            online { transport = answering }.use { guard ->
                val failed = assertFailsWith<PlanguardException.TryLater>("answer $number") { guard.sync(FetchPolicy.FETCH) }
                assertFalse("token" in failed.stackTraceToString())
            }
        }
        online { credentials { cut } }.use { guard ->
            val failed = assertFailsWith<PlanguardException.Credential> { guard.sync(FetchPolicy.FETCH) }
            assertTrue("token" !in failed.stackTraceToString())
        }
    }
}
