// Copy this file into the app. It needs the provider's pod and this package's product `PlanguardTencent`.
import Foundation
import ImSDK_Plus
import PlanguardTencent

/// `V2TIMManager` as ``ChatSDK``.
final class V2TIMChat: ChatSDK {
    private var manager: V2TIMManager { V2TIMManager.sharedInstance() }

    func login(
        _ userID: String,
        userSig: String,
        succ: @escaping @Sendable () -> Void,
        fail: @escaping @Sendable (Int32, String?) -> Void
    ) {
        manager.login(userID, userSig: userSig, succ: succ, fail: fail)
    }

    func logout(
        _ succ: @escaping @Sendable () -> Void,
        fail: @escaping @Sendable (Int32, String?) -> Void
    ) {
        manager.logout(succ, fail: fail)
    }

    func getLoginUser() -> String? {
        manager.getLoginUser()
    }

    func callExperimentalAPI(
        _ api: String,
        param: String?,
        succ: @escaping @Sendable (Int?) -> Void,
        fail: @escaping @Sendable (Int32, String?) -> Void
    ) {
        manager.callExperimentalAPI(
            api, param: param as NSString?, succ: { succ(($0 as? NSNumber)?.intValue) }, fail: fail)
    }
}

/// The SDK's listener, which hands on what happens. Keep it for as long as the chat lives, and add it with
/// `V2TIMManager.sharedInstance().addIMSDKListener(listener:)`.
final class GuardedChatListener: NSObject, V2TIMSDKListener {
    private let chat: GuardedChat

    init(_ chat: GuardedChat) {
        self.chat = chat
    }

    func onConnectSuccess() { chat.onConnectSuccess() }
    func onConnectFailed(_ code: Int32, err: String!) { chat.onConnectFailed(code, err: err) }
    func onKickedOffline() { chat.onKickedOffline() }
    func onUserSigExpired() { chat.onUserSigExpired() }
}
