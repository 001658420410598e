package io.planguard

import java.io.File
import java.time.Duration
import java.util.concurrent.CompletionStage
import java.util.function.BiFunction
import java.util.function.Supplier
import kotlinx.coroutines.future.await

/** Marks what belongs to the block of [Planguard.Companion.open]. */
@DslMarker
public annotation class PlanguardSettings

/** How a guard is opened. Everything may be left out. */
@PlanguardSettings
public class OpenSettings internal constructor(private val sdkAppId: Long) {
    /** Where the state is kept: [memory], which forgets with the process, [file], or [host]. An app should choose. */
    public var store: StoreChoice = StoreChoice.Memory

    /** The billing endpoint's URL: `https`, or `http` on a loopback host. */
    public var endpoint: String? = null

    /** The bearer credential for the billing endpoint. One that expires comes from [credentials]. */
    public var credential: String? = null

    /** The zone in which billing days and months turn: an offset or an IANA name. `+08:00` by default. */
    public var billingZone: String? = null

    /** One user at a time (a device, the default) or many (a server). */
    public var sessionMode: SessionMode? = null

    /** How strictly limits are kept, and when to warn. */
    public var decisions: DecisionPolicy? = null

    /** Which logins reach the chat SDK. */
    public var logins: LoginPolicy? = null

    /** An entitlements document that ships with the app, as the billing endpoint would serve it. */
    public var seed: ByteArray? = null

    /**
     * The billing endpoint's public keys, by the name that it gives each in `kid`: Ed25519, as base64url, as a JWK, or as a
     * `PUBLIC KEY` file. With one or more of them only signed documents and price lists are accepted.
     */
    public var trustedKeys: Map<String, String>? = null

    /** For whom signed documents must be: the `aud` of their header. By default those that name nobody. */
    public var audience: String? = null

    /** How old a signed document may be that is taken over while none is held. 31 days by default. */
    public var maxDocumentAge: Duration? = null

    /** How long a permit holds its room. 60 seconds by default. */
    public var permitTtl: Duration? = null

    /** How many undelivered usage events are kept. 10,000 by default. */
    public var outboxCapacity: Long? = null

    /** How long the credential provider and the transport are waited for. */
    public var endpointTimeouts: LinkTimeouts? = null

    /** Whether somebody is looking at the app. Foreground by default. */
    public var phase: AppPhase? = null

    /** The part this process plays in the app, where several share one store. */
    public var processRole: ProcessRole? = null

    /** Something that tells this device from others; only a keyed hash of it is kept. */
    public var deviceMarker: String? = null

    /** Draws a new guest id and install id, for an app that knows its store was copied. */
    public var renewInstall: Boolean = false

    /** The app's own HTTP stack. The library's by default. */
    public var transport: Transport? = null

    /** Where the time comes from. The machine's clock by default; a test turns a `ManualClock` by hand. */
    public var clock: Clock? = null

    private var fallback: Pair<CatalogId, EditionId>? = null
    private var provider: CredentialProvider? = null
    private val catalogs = mutableListOf<Catalog>()

    /** Memory: everything is forgotten with the process. */
    public val memory: StoreChoice get() = StoreChoice.Memory

    /** A file in a folder that exists. Several processes may open it. */
    public fun file(path: String): StoreChoice = StoreChoice.InFile(path)

    /** A file in a folder that exists. Several processes may open it. */
    public fun file(file: File): StoreChoice = StoreChoice.InFile(file.path)

    /** A store of the app's own. */
    public fun host(store: HostStore): StoreChoice = StoreChoice.OfHost(store)

    /** The price list and edition to assume while nothing is known of the plan. */
    public fun fallback(catalog: CatalogId, edition: EditionId) {
        fallback = catalog to edition
    }

    /** A price list of the app's own: a negotiated contract, or one that is newer than planguard. */
    public fun catalog(catalog: Catalog) {
        catalogs += catalog
    }

    /** Where the credential for the billing endpoint comes from; asked before every request. `null` if there is none. */
    public fun credentials(provider: suspend () -> String?) {
        this.provider = object : CredentialProvider {
            override suspend fun credential(): String? = provider()
        }
    }

    /** [credentials], for Java. */
    public fun credentialsFrom(provider: Supplier<out CompletionStage<String?>>): Unit = credentials { provider.get().await() }

    /** [transport], for Java: a request, and how many bytes of its answer are read at most. */
    public fun transportBy(send: BiFunction<Request, Long, out CompletionStage<Response>>) {
        transport = object : Transport {
            override suspend fun send(request: Request, maxBodyBytes: Long): Response =
                send.apply(request, maxBodyBytes).await()
        }
    }

    internal suspend fun open(): Planguard {
        val builder = NativeBuilder(options())
        return builder.use {
            transport?.let { builder.transport(ShieldedTransport(it)) }
            provider?.let { builder.credentials(ShieldedCredentials(it)) }
            (store as? StoreChoice.OfHost)?.let { builder.store(ShieldedStore(it.store)) }
            clock?.let { builder.clock(ShieldedClock(it)) }
            Planguard(builder.open(), clock?.let(::ClockTime) ?: MachineTime)
        }
    }

    private fun options() = OpenOptions(
        sdkAppId = sdkAppId,
        storePath = (store as? StoreChoice.InFile)?.path,
        endpoint = endpoint,
        credential = credential,
        billingZone = billingZone,
        sessionMode = sessionMode,
        decisions = decisions,
        logins = logins,
        catalogs = catalogs,
        fallbackCatalog = fallback?.first,
        fallbackEdition = fallback?.second,
        seed = seed,
        trustedKeys = trustedKeys,
        audience = audience,
        maxDocumentAge = maxDocumentAge,
        permitTtl = permitTtl,
        outboxCapacity = outboxCapacity,
        endpointTimeouts = endpointTimeouts,
        phase = phase,
        processRole = processRole,
        deviceMarker = deviceMarker,
        renewInstall = renewInstall,
    )
}

/** Where the state is kept. [OpenSettings] has a word for each. */
public sealed class StoreChoice {
    internal data object Memory : StoreChoice()

    internal data class InFile(val path: String) : StoreChoice()

    internal class OfHost(val store: HostStore) : StoreChoice()
}
