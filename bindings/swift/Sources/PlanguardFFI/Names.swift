// Names that a host passes as text get types of their own, so that `.intl2024` can be written where one is expected.
// Any other name is written as text: `"our-contract"`. A bad one is an error of the call that takes it.

/// Types of names. The generated code calls them without this prefix.
public enum Names {
    /// A price list.
    public struct CatalogId: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }
        public init(stringLiteral value: String) { rawValue = value }

        /// Free, Pro, Ultimate (2022): DAU and peak groups.
        public static let intl2022: Self = "intl-2022"
        /// Free Trial, Standard, Premium (2024): MAU.
        public static let intl2024: Self = "intl-2024"
        /// Free, Free Trial, Standard, Pro, Pro Plus, Enterprise (2026), from public pages.
        public static let intl2026: Self = "intl-2026"
        /// Trial, Professional, Flagship: DAU and peak groups.
        public static let cnDau: Self = "cn-dau"
    }

    /// An edition of a price list.
    public struct EditionId: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }
        public init(stringLiteral value: String) { rawValue = value }

        public static let free: Self = "free"
        public static let pro: Self = "pro"
        public static let ultimate: Self = "ultimate"
        public static let freeTrial: Self = "free_trial"
        public static let standard: Self = "standard"
        public static let premium: Self = "premium"
        public static let trial: Self = "trial"
        public static let professional: Self = "professional"
        public static let flagship: Self = "flagship"
        public static let proPlus: Self = "pro_plus"
        public static let enterprise: Self = "enterprise"
    }

    /// A value-added service of a price list.
    public struct ServiceId: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }
        public init(stringLiteral value: String) { rawValue = value }

        public static let unlimitedAvGroups: Self = "unlimited_av_groups"
        public static let membersPerGroup: Self = "members_per_group"
        public static let groupsPerUser: Self = "groups_per_user"
        public static let historyRetention: Self = "history_retention"
        public static let audioVideoCall: Self = "audio_video_call"
        public static let desk: Self = "desk"
        public static let deskAgent: Self = "desk_agent"
        public static let aiChatbotStarter: Self = "ai_chatbot_starter"
        public static let aiChatbotPremium: Self = "ai_chatbot_premium"
        public static let aiChatbotMessages: Self = "ai_chatbot_messages"
        public static let call: Self = "call"
        public static let push: Self = "push"
        public static let cloudSearch: Self = "cloud_search"
    }
}

extension Names.CatalogId: CustomStringConvertible {
    public var description: String { rawValue }
}

extension Names.EditionId: CustomStringConvertible {
    public var description: String { rawValue }
}

extension Names.ServiceId: CustomStringConvertible {
    public var description: String { rawValue }
}
