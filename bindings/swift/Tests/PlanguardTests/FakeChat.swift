import Foundation
import Planguard
import PlanguardTencent

/// The provider's SDK as its traps have it: callbacks that come twice or never, a log-in that changes nobody.
final class FakeChat: ChatSDK, @unchecked Sendable {
    private let lock = NSLock()
    private var user: String?
    private var accountType = 1
    private var log: [String] = []

    /// What the SDK answers to a login: 0 for success.
    var code: Int32 = 0
    /// It says that the login succeeded and leaves whoever is logged in.
    var keepsTheOldUser = false
    /// It calls back twice, the second time with a failure.
    var answersTwice = false
    /// It never calls back.
    var isSilent = false
    /// It does not know the experimental calls.
    var isOld = false
    /// Called while a login is under way.
    var duringLogin: (@Sendable () -> Void)?

    /// Everything that was called, without what belongs to a credential.
    var calls: [String] {
        locked { log }
    }

    /// Somebody is logged in without the guard: 1 a person, 2 a pseudo-account of the push SDK.
    func put(_ user: String?, type: Int = 1) {
        locked {
            self.user = user
            accountType = type
        }
    }

    func login(
        _ userID: String,
        userSig: String,
        succ: @escaping @Sendable () -> Void,
        fail: @escaping @Sendable (Int32, String?) -> Void
    ) {
        locked { log.append("login \(userID)") }
        duringLogin?()
        if isSilent { return }
        // From a thread of the SDK's own.
        DispatchQueue.global().async { [self] in
            guard code == 0 else { return fail(code, "userSig of \(userID)") }
            if !(keepsTheOldUser && locked({ user }) != nil) { put(userID) }
            succ()
            if answersTwice { fail(6012, "late") }
        }
    }

    func logout(
        _ succ: @escaping @Sendable () -> Void,
        fail: @escaping @Sendable (Int32, String?) -> Void
    ) {
        locked {
            log.append("logout \(user ?? "nobody")")
            user = nil
        }
        succ()
    }

    func getLoginUser() -> String? {
        locked { user ?? "" }
    }

    func callExperimentalAPI(
        _ api: String,
        param: String?,
        succ: @escaping @Sendable (Int?) -> Void,
        fail: @escaping @Sendable (Int32, String?) -> Void
    ) {
        guard !isOld else { return fail(7003, "unknown api") }
        switch api {
        case "getLoginAccountType": succ(locked { accountType })
        default:
            locked { log.append("\(api) \(param ?? "")") }
            succ(nil)
        }
    }

    private func locked<T>(_ work: () -> T) -> T {
        lock.lock()
        defer { lock.unlock() }
        return work()
    }
}
