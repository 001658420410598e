import Foundation
import PlanguardFFI

/// How a guard is opened. Everything but the app id has a default.
public struct Configuration: Sendable {
    /// The provider's number for the app (`SDKAppID`).
    public let sdkAppId: UInt64

    /// Where the state is kept. Default in memory, which forgets with the process.
    public var store: Store = .memory

    /// The billing endpoint that the app's owner runs: `https`, or `http` on loopback. Default none.
    public var endpoint: String?

    /// The bearer credential for the billing endpoint. For tokens that expire set ``credentials`` instead.
    public var credential: String?

    /// Gives the bearer credential for the billing endpoint, asked before every request. What it throws is never
    /// handed on: it may hold a secret.
    public var credentials: (@Sendable () async throws -> String?)?

    /// The edition to assume for as long as nothing is known of the plan. Without it decisions say `unknown`.
    public var fallback: (catalog: CatalogId, edition: EditionId)?

    /// An entitlements document that ships with the app, as the billing endpoint serves it.
    public var seed: Data?

    /// The billing endpoint's public keys, by the name that it gives each in `kid`: Ed25519, as base64url, as a JWK, or as
    /// a `PUBLIC KEY` file. With one or more of them only signed documents and price lists are accepted.
    public var trustedKeys: [String: String]?

    /// For whom signed documents must be: the `aud` of their header. Default those that name nobody.
    public var audience: String?

    /// How old a signed document may be, in seconds, that is taken over while none is held. Default 31 days.
    public var maxDocumentAge: TimeInterval?

    /// The zone in which billing days and months turn: an offset or an IANA name. Default `+08:00`, an inference.
    public var billingZone: String?

    /// One user at a time (a device, the default) or many (a server).
    public var sessionMode: SessionMode?

    /// How strictly limits are kept, and when to warn.
    public var decisions: DecisionPolicy?

    /// Which logins reach the chat SDK.
    public var logins: LoginPolicy?

    /// Own price lists: a negotiated contract, or one that is newer than planguard.
    public var catalogs: [Catalog] = []

    /// How long a permit holds its room, in seconds. Default 60.
    public var permitTTL: TimeInterval?

    /// How many undelivered usage events are kept. Default 10,000.
    public var outboxCapacity: UInt64?

    /// How long the credential provider and the transport are waited for.
    public var endpointTimeouts: LinkTimeouts?

    /// Whether somebody is looking at the app. Default foreground.
    public var phase: AppPhase?

    /// The part this process plays where several share one store: the app, or its notification extension.
    public var processRole: ProcessRole?

    /// Something that tells this device from others, such as `identifierForVendor`. Only a keyed hash of it is kept.
    public var deviceMarker: String?

    /// Draws a new guest id and install id, for an app that knows its store was copied.
    public var renewInstall = false

    /// The app's own HTTP stack. Default the library's own, or ``URLSessionTransport`` where it was built without one.
    public var transport: (any Transport)?

    /// Where the time comes from. Default the machine's clock; tests turn one by hand.
    public var clock: (any PlanguardClock)?

    /// The defaults for an app.
    public init(sdkAppId: UInt64) {
        self.sdkAppId = sdkAppId
    }

    /// The lower layer's builder with everything set.
    func builder() throws -> Builder {
        try checkSeconds()
        let builder = try Builder(options: try options())
        if let transport { builder.transport(transport: transport) }
        if let credentials { builder.credentials(credentials: CredentialClosure(credentials)) }
        if let clock { builder.clock(clock: clock) }
        if case .host(let store) = store.place { builder.store(store: store) }
        return builder
    }

    private func options() throws -> OpenOptions {
        OpenOptions(
            sdkAppId: sdkAppId,
            storePath: try store.path(),
            endpoint: endpoint,
            credential: credential,
            billingZone: billingZone,
            sessionMode: sessionMode,
            decisions: decisions,
            logins: logins,
            catalogs: catalogs,
            fallbackCatalog: fallback?.catalog,
            fallbackEdition: fallback?.edition,
            seed: seed,
            trustedKeys: trustedKeys,
            audience: audience,
            maxDocumentAge: maxDocumentAge,
            permitTtl: permitTTL,
            outboxCapacity: outboxCapacity,
            endpointTimeouts: endpointTimeouts,
            phase: phase,
            processRole: processRole,
            deviceMarker: deviceMarker,
            renewInstall: renewInstall
        )
    }
}
