package io.planguard

import java.time.Duration
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive

// Each hands on to an object of the app, and turns whatever that throws into the declared exception: an `Error` that got
// through would leave the library waiting, and so would an answer that cannot cross. Texts stay here, since they may hold
// a secret.

private suspend inline fun <T> shielded(unexpected: () -> Exception, call: () -> T): T = try {
    call()
} catch (other: Throwable) {
    if (isDeclared(other) && crosses(other)) throw other
    if (other is CancellationException) currentCoroutineContext().ensureActive()
    throw unexpected()
}

private fun isDeclared(thrown: Throwable): Boolean =
    thrown is HostException || thrown is TransportException || thrown is CredentialException

/** Whether the library can be told of it: the generated code would throw at a number below zero, and nobody would answer. */
private fun crosses(declared: Throwable): Boolean = declared !is TransportException.TooLarge || declared.limit >= 0

internal class ShieldedTransport(private val transport: Transport) : Transport {
    override suspend fun send(request: Request, maxBodyBytes: Long): Response =
        shielded({ TransportException.Unexpected() }) {
            transport.send(request, maxBodyBytes).also { response ->
                Count.checked(response.status, 0xFFFF)
                for (header in response.headers) {
                    Argument.utf8(header.name)
                    Argument.utf8(header.value)
                }
            }
        }
}

internal class ShieldedCredentials(private val provider: CredentialProvider) : CredentialProvider {
    override suspend fun credential(): String? =
        shielded({ CredentialException.Unexpected() }) { provider.credential()?.also { Argument.utf8(it) } }
}

internal class ShieldedStore(private val store: HostStore) : HostStore {
    override suspend fun load(known: Long): HostImage? =
        shielded({ HostException.Unexpected() }) {
            store.load(known)?.also { Count.checked(it.version, Long.MAX_VALUE) }
        }

    override suspend fun replace(expected: Long, content: ByteArray): Replaced =
        shielded({ HostException.Unexpected() }) { store.replace(expected, content) }
}

internal class ShieldedListener(private val listener: Listener) : Listener {
    override suspend fun onEvent(event: Event): Unit =
        shielded({ HostException.Unexpected() }) { listener.onEvent(event) }

    override suspend fun onLagged(lost: Long): Unit =
        shielded({ HostException.Unexpected() }) { listener.onLagged(lost) }
}

internal class ShieldedClock(private val clock: Clock) : Clock {
    override fun now(): Timestamp = read { clock.now() }

    override fun elapsed(): Duration = read { clock.elapsed() }

    override suspend fun sleep(length: Duration): Unit =
        shielded({ HostException.Unexpected() }) { clock.sleep(length) }

    private inline fun <T> read(read: () -> T): T = try {
        read()
    } catch (declared: HostException) {
        throw declared
    } catch (_: Throwable) {
        throw HostException.Unexpected()
    }
}
