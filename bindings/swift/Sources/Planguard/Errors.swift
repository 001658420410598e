import Foundation
import PlanguardFFI

extension PlanguardError {
    /// What is wrong with which field, and what to do about it; `nil` for a failed login, which has a
    /// ``LoginFailure`` instead.
    public var details: ErrorDetails? {
        switch self {
        case .InvalidInput(let details), .Store(let details), .PlanUnknown(let details), .TryLater(let details, _),
            .Credential(let details), .TimedOut(let details), .HandlerFailed(let details), .Finished(let details),
            .Closed(let details):
            details
        case .Login: nil
        }
    }

    /// For logs: one line in English, with the field and the remedy, without ids and credentials.
    public var reason: String {
        description
    }

    /// When the same call makes sense again, where that is known.
    public var retryAt: Date? {
        switch self {
        case .TryLater(_, let retryAt): retryAt
        case .Login(let failure): failure.retryAt
        default: nil
        }
    }
}

extension ProviderError {
    /// What the chat SDK answered. `text` is for the app only: planguard neither shows nor logs it.
    public static func provider(code: Int32, text: String?) -> ProviderError {
        .Answered(code: code, detail: text ?? "")
    }
}

extension Explanation {
    /// The text in one locale.
    public func text(_ locale: PlanguardLocale) -> String {
        switch locale {
        case .en: en
        case .zhHans: zhHans
        }
    }
}

extension PlanguardLocale {
    /// The one of the two that a person with these settings reads. Anything but Chinese gets English.
    public static var preferred: PlanguardLocale {
        let tag = Locale.preferredLanguages.first ?? "en"
        return (try? parseLocale(tag: tag)) ?? .en
    }
}

extension PlanguardError: LocalizedError {
    /// English, for a screen. ``Explained/explain(_:)`` also has Chinese.
    public var errorDescription: String? {
        if case .Login(let failure) = self { return failure.explanation.en }
        return details?.explanation.en
    }
}
