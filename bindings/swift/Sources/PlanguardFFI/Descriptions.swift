// What is printed or logged of values that hold more than a log may have: credentials, ids, the provider's texts.

/// A value of which only a line is shown, whichever way it is printed.
public protocol Discreet: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}

extension Discreet {
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension PlanguardError: Discreet {
    /// One line in English: the field, what is wrong with it, and the remedy.
    public var description: String {
        switch self {
        case .InvalidInput(let details), .Store(let details), .PlanUnknown(let details), .TryLater(let details, _),
            .Credential(let details), .TimedOut(let details), .HandlerFailed(let details), .Finished(let details),
            .Closed(let details):
            details.reason
        case .Login(let failure): failure.reason
        }
    }
}

extension ProviderError: Discreet {
    /// Without the provider's text.
    public var description: String {
        switch self {
        case .Answered(let code, _): "the provider answered \(code)"
        case .Unexpected: "the handler failed"
        }
    }
}

extension LoginFailure: Discreet {
    /// Without what the handler gave.
    public var description: String { "LoginFailure(\(reason))" }
}

extension Rejection: Discreet {
    /// Without the provider's text.
    public var description: String { "Rejection(\(code), \(rejectionClass.asStr()))" }
}

extension Request: Discreet {
    /// Without headers, one of which is the credential.
    public var description: String { "Request(\(method) \(url))" }
}

extension Response: Discreet {
    public var description: String { "Response(\(status))" }
}

extension HostImage: Discreet {
    public var description: String { "HostImage(version \(version), \(content.count) bytes)" }
}

extension OpenOptions: Discreet {
    /// Without the credential and what tells the device.
    public var description: String { "OpenOptions(\(sdkAppId))" }
}
