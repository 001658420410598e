import Foundation

// The provider's Swift-facing signatures, so that `Adapter/V2TIMChat.swift` is compiled as it stands. Never shipped.

public typealias V2TIMSucc = () -> Void
public typealias V2TIMFail = (Int32, String?) -> Void
public typealias V2TIMObjectSucc = (NSObject?) -> Void

public protocol V2TIMSDKListener: AnyObject {
    func onConnecting()
    func onConnectSuccess()
    func onConnectFailed(_ code: Int32, err: String!)
    func onKickedOffline()
    func onUserSigExpired()
}

// Optional methods of the Objective-C protocol.
extension V2TIMSDKListener {
    public func onConnecting() {}
}

open class V2TIMManager: NSObject {
    nonisolated(unsafe) private static let shared = V2TIMManager()

    public class func sharedInstance() -> V2TIMManager! { shared }
    open func addIMSDKListener(listener: (any V2TIMSDKListener)!) {}
    open func login(_ userID: String!, userSig: String!, succ: V2TIMSucc!, fail: V2TIMFail!) { succ() }
    open func logout(_ succ: V2TIMSucc!, fail: V2TIMFail!) { succ() }
    open func getLoginUser() -> String! { nil }
    open func callExperimentalAPI(_ api: String!, param: NSObject!, succ: V2TIMObjectSucc!, fail: V2TIMFail!) {
        succ(NSNumber(value: 1))
    }
}
