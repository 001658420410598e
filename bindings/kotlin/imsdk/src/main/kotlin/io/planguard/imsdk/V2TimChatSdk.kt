package io.planguard.imsdk

import com.tencent.imsdk.v2.V2TIMCallback
import com.tencent.imsdk.v2.V2TIMManager
import com.tencent.imsdk.v2.V2TIMSDKListener
import com.tencent.imsdk.v2.V2TIMValueCallback
import io.planguard.ProviderException
import java.util.concurrent.ConcurrentHashMap
import kotlinx.coroutines.CompletableDeferred

/** The provider's `V2TIMManager` as a [ChatSdk]. The app calls `initSDK` itself, before the first login. */
public class V2TimChatSdk(private val manager: V2TIMManager = V2TIMManager.getInstance()) : ChatSdk {
    private val listeners = ConcurrentHashMap<ChatSdkListener, V2TIMSDKListener>()

    override suspend fun login(userId: String, userSig: String) {
        answer { manager.login(userId, userSig, it) }
    }

    override suspend fun logout() {
        answer { manager.logout(it) }
    }

    override fun loginUser(): String? = manager.loginUser?.ifEmpty { null }

    override fun loginStatus(): LoginStatus = when (manager.loginStatus) {
        V2TIMManager.V2TIM_STATUS_LOGINED -> LoginStatus.LOGGED_IN
        V2TIMManager.V2TIM_STATUS_LOGINING -> LoginStatus.LOGGING_IN
        else -> LoginStatus.LOGGED_OUT
    }

    override suspend fun accountType(): AccountType {
        val type = try {
            experimental("getLoginAccountType", null)
        } catch (_: ProviderException) {
            // An SDK that does not know the call has no push accounts to tell apart.
            null
        }
        return when ((type as? Number)?.toInt()) {
            1 -> AccountType.USER
            2 -> AccountType.PUSH
            else -> AccountType.UNKNOWN
        }
    }

    override suspend fun openLocalStorage(userId: String) {
        experimental("initLocalStorage", userId)
    }

    override fun addListener(listener: ChatSdkListener) {
        val theirs = object : V2TIMSDKListener() {
            override fun onConnectSuccess() = listener.onConnectSuccess()

            override fun onConnectFailed(code: Int, error: String?) = listener.onConnectFailed(code)

            override fun onKickedOffline() = listener.onKickedOffline()

            override fun onUserSigExpired() = listener.onUserSigExpired()
        }
        if (listeners.putIfAbsent(listener, theirs) == null) manager.addIMSDKListener(theirs)
    }

    override fun removeListener(listener: ChatSdkListener) {
        listeners.remove(listener)?.let(manager::removeIMSDKListener)
    }

    private suspend fun answer(call: (V2TIMCallback) -> Unit) {
        // A second answer of the SDK changes nothing.
        val answer = CompletableDeferred<Unit>()
        call(object : V2TIMCallback {
            override fun onSuccess() {
                answer.complete(Unit)
            }

            override fun onError(code: Int, desc: String?) {
                answer.completeExceptionally(ProviderException.Answered(code, desc.orEmpty()))
            }
        })
        answer.await()
    }

    private suspend fun experimental(api: String, parameter: Any?): Any? {
        val answer = CompletableDeferred<Any?>()
        manager.callExperimentalAPI(api, parameter, object : V2TIMValueCallback<Any> {
            override fun onSuccess(value: Any?) {
                answer.complete(value)
            }

            override fun onError(code: Int, desc: String?) {
                answer.completeExceptionally(ProviderException.Answered(code, desc.orEmpty()))
            }
        })
        return answer.await()
    }
}
