package io.planguard.testing

import io.planguard.Header
import io.planguard.Request
import io.planguard.Response
import io.planguard.Transport
import io.planguard.TransportException

/** A billing endpoint that answers what a test says, without a network. Give it to a guard as its transport. */
public class ScriptedEndpoint : Transport {
    private val script = ArrayDeque<() -> Response>()
    private val sent = mutableListOf<Request>()

    /** Every request that came, the first one first. */
    public val requests: List<Request> get() = synchronized(this) { sent.toList() }

    /** The next request is answered with this JSON document. */
    @JvmOverloads
    public fun answer(json: String, status: Int = 200, headers: Map<String, String> = emptyMap()): ScriptedEndpoint =
        then {
            val all = mapOf("content-type" to "application/json") + headers
            Response(status, all.map { (name, value) -> Header(name, value) }, json.encodeToByteArray())
        }

    /** The next request fails, as without a network. */
    public fun offline(): ScriptedEndpoint = then { throw TransportException.Unreachable() }

    /** The next request ends as [answer] does. */
    public fun then(answer: () -> Response): ScriptedEndpoint {
        synchronized(this) { script.addLast(answer) }
        return this
    }

    override suspend fun send(request: Request, maxBodyBytes: Long): Response {
        val answer = synchronized(this) {
            sent += request
            script.removeFirstOrNull()
        }
        return (answer ?: throw TransportException.Unreachable())()
    }
}
