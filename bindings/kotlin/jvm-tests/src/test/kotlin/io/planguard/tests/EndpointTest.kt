package io.planguard.tests

import io.planguard.Action
import io.planguard.Feature
import io.planguard.FetchPolicy
import io.planguard.LimitId
import io.planguard.Max
import io.planguard.PlanguardException
import io.planguard.SyncOutcome
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertTrue

/** End to end: the library's own HTTP stack against the reference endpoint as a process. */
class EndpointTest {
    private class Endpoint : AutoCloseable {
        private val process: Process =
            ProcessBuilder(System.getProperty("planguard.endpoint"), "--json", "--until-stdin-closes", "--credential", "secret")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start()
        val url: String

        init {
            val line = process.inputReader().readLine() ?: error("the endpoint did not start")
            url = Regex("\"url\":\"([^\"]+)\"").find(line.replace(" ", ""))?.groupValues?.get(1) ?: error(line)
        }

        fun call(method: String, path: String, body: String? = null): String {
            val publisher = body?.let(HttpRequest.BodyPublishers::ofString) ?: HttpRequest.BodyPublishers.noBody()
            val request = HttpRequest.newBuilder(URI("${url.trimEnd('/')}$path")).method(method, publisher)
                .header("content-type", "application/json").header("authorization", "Bearer secret").build()
            val response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString())
            check(response.statusCode() < 300) { "$method $path: ${response.statusCode()} ${response.body()}" }
            return response.body()
        }

        override fun close() {
            process.outputStream.close()
            process.waitFor()
        }
    }

    @Test
    fun `a document arrives, and what was counted is delivered`() = test {
        Endpoint().use { endpoint ->
            standard { this.endpoint = endpoint.url; credential = "secret" }.use { guard ->
                assertIs<SyncOutcome.UpdatedTo>(guard.sync(FetchPolicy.FETCH))
                // The sample document grants it, and overrides the limit.
                assertTrue(guard.feature(Feature.COMMUNITY).granted)
                assertEquals(Max.Of(1200L), guard.limit(LimitId.GROUPS_PER_USER)?.max)
                assertIs<SyncOutcome.NotModified>(guard.sync(FetchPolicy.FETCH))

                guard.open("ada")
                guard.record(Action.AddFriend("ada", "bob"))
                val flushed = guard.flush()
                assertTrue(flushed.delivered > 0L, "$flushed")
                assertEquals(0L, flushed.waiting)
                assertTrue("ada" !in endpoint.call("GET", "/_stats"))
            }
        }
    }

    @Test
    fun `an endpoint that fails leaves the last good copy`() = test {
        Endpoint().use { endpoint ->
            standard { this.endpoint = endpoint.url; credential = "secret" }.use { guard ->
                guard.sync(FetchPolicy.FETCH)
                endpoint.call("PUT", "/_faults", """{"fault": {"status": {"code": 503, "retry_after": {"secs": 60}}}}""")
                val later = assertFailsWith<PlanguardException.TryLater> { guard.sync(FetchPolicy.FETCH) }
                assertTrue(later.retryAt!! > guard.now())
                assertTrue(guard.feature(Feature.COMMUNITY).granted)
            }
        }
    }

    @Test
    fun `a refused credential says so`() = test {
        Endpoint().use { endpoint ->
            standard { this.endpoint = endpoint.url; credential = "wrong" }.use { guard ->
                assertFailsWith<PlanguardException.Credential> { guard.sync(FetchPolicy.FETCH) }
            }
        }
    }
}
