import Foundation

/// The part of the provider's iOS SDK that ``GuardedChat`` calls, with the signatures of `V2TIMManager`.
///
/// The provider ships CocoaPods only, so this package does not depend on it. `Adapter/V2TIMChat.swift` implements the
/// protocol with the real manager: copy that file into the app.
public protocol ChatSDK: AnyObject, Sendable {
    /// `login:userSig:succ:fail:`. One of the two is called once the login has ended.
    func login(
        _ userID: String,
        userSig: String,
        succ: @escaping @Sendable () -> Void,
        fail: @escaping @Sendable (_ code: Int32, _ desc: String?) -> Void
    )

    /// `logout:fail:`.
    func logout(
        _ succ: @escaping @Sendable () -> Void,
        fail: @escaping @Sendable (_ code: Int32, _ desc: String?) -> Void
    )

    /// `getLoginUser`: empty or `nil` when nobody is logged in. It may be a pseudo-account of the push SDK.
    func getLoginUser() -> String?

    /// `callExperimentalAPI:param:succ:fail:`. `succ` is handed the answer: a number arrives as `Int`.
    func callExperimentalAPI(
        _ api: String,
        param: String?,
        succ: @escaping @Sendable (_ result: Int?) -> Void,
        fail: @escaping @Sendable (_ code: Int32, _ desc: String?) -> Void
    )
}

/// Why a login that the chat SDK called a success was none.
public enum ChatSDKError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The SDK said that it succeeded, and somebody else, or nobody, is logged in. Log the other user out first.
    case anotherUserIsLoggedIn

    /// One line in English, without ids.
    public var description: String {
        switch self {
        case .anotherUserIsLoggedIn: "the chat SDK said that the login succeeded, and another user is logged in"
        }
    }
}
