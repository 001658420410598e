import Foundation
import PlanguardFFI

/// `seconds` where it is a length of time. The lower layer ends the process for one that is not.
func checked(_ seconds: TimeInterval, _ field: String) throws -> TimeInterval {
    // A thousand years: beyond every time that means something, and inside every number that holds one.
    guard seconds >= 0, seconds <= 31_557_600_000 else {
        let reason = "\(field): \(seconds) seconds are no length of time; pass 0 or more"
        throw PlanguardError.InvalidInput(
            details: ErrorDetails(
                word: "argument",
                fieldName: field,
                reason: reason,
                explanation: Explanation(en: "\(reason).", zhHans: "参数 \(field) 无法使用，请更正后重试。")
            )
        )
    }
    return seconds
}

/// As above, where it may be left out.
func checked(_ seconds: TimeInterval?, _ field: String) throws -> TimeInterval? {
    guard let seconds else { return nil }
    return try checked(seconds, field) as TimeInterval
}

extension Configuration {
    /// Every length of time in it.
    func checkSeconds() throws {
        _ = try checked(permitTTL, "permitTTL")
        _ = try checked(maxDocumentAge, "maxDocumentAge")
        if let timeouts = endpointTimeouts {
            _ = try checked(timeouts.credential, "endpointTimeouts.credential")
            _ = try checked(timeouts.request, "endpointTimeouts.request")
        }
        guard let logins else { return }
        for (seconds, field) in [
            (logins.timeout, "timeout"), (logins.leaseTtl, "leaseTtl"), (logins.ticketTtl, "ticketTtl"),
            (logins.leasePoll, "leasePoll"), (logins.debounce, "debounce"), (logins.backoffBase, "backoffBase"),
            (logins.backoffMax, "backoffMax"), (logins.refusalKept, "refusalKept"), (logins.loopWindow, "loopWindow"),
        ] {
            _ = try checked(seconds, "logins.\(field)")
        }
    }
}

@available(macOS 13, iOS 16, tvOS 16, watchOS 9, *)
extension Duration {
    /// In seconds, as the lower layer takes it.
    var seconds: TimeInterval {
        let parts = components
        return TimeInterval(parts.seconds) + TimeInterval(parts.attoseconds) / 1e18
    }
}
