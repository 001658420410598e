// What the custom types of `uniffi.toml` are converted with.
import Foundation

/// An amount that is no exact decimal. The core writes none.
struct NotADecimal: Error {}

/// The decimal that `text` says exactly.
func exactDecimal(_ text: String) throws -> Foundation.Decimal {
    guard let amount = Foundation.Decimal(string: text) else { throw NotADecimal() }
    return amount
}

extension Int64 {
    /// Milliseconds since the epoch, rounded; a date out of range is the last one in it.
    init(clampingMilliseconds date: Date) {
        let millis = (date.timeIntervalSince1970 * 1000).rounded()
        self = Int64(exactly: millis) ?? (millis < 0 ? .min : .max)
    }
}
