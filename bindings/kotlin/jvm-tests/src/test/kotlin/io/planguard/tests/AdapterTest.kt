package io.planguard.tests

import com.tencent.imsdk.v2.V2TIMCallback
import com.tencent.imsdk.v2.V2TIMManager
import com.tencent.imsdk.v2.V2TIMSDKListener
import com.tencent.imsdk.v2.V2TIMValueCallback
import io.planguard.LoginIntent
import io.planguard.LoginOutcome
import io.planguard.Planguard
import io.planguard.PlanguardException
import io.planguard.SessionState
import io.planguard.imsdk.GuardedChat
import io.planguard.imsdk.V2TimChatSdk
import io.planguard.loggedIn
import io.planguard.testing.ManualClock
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.CoroutineScope

/** The provider's SDK, with its traps, on threads of its own. */
internal class FakeManager : V2TIMManager() {
    var account: String = ""
    var status = V2TIM_STATUS_LOGOUT
    var accountType: Any? = 1
    val calls = CopyOnWriteArrayList<String>()
    var answer: (V2TIMCallback) -> Unit = { it.onSuccess() }
    var stays = false
    private var listener: V2TIMSDKListener? = null
    val listening get() = listener != null

    override fun addIMSDKListener(listener: V2TIMSDKListener) {
        this.listener = listener
    }

    override fun removeIMSDKListener(listener: V2TIMSDKListener) {
        this.listener = null
    }

    override fun login(userID: String, userSig: String, callback: V2TIMCallback) {
        calls += "login $userID $userSig"
        if (!stays) account = userID
        status = V2TIM_STATUS_LOGINED
        onThread { answer(callback) }
    }

    override fun logout(callback: V2TIMCallback) {
        calls += "logout"
        account = ""
        status = V2TIM_STATUS_LOGOUT
        onThread { callback.onSuccess() }
    }

    override fun getLoginUser(): String = account

    override fun getLoginStatus(): Int = status

    override fun getServerTime(): Long = 0

    override fun callExperimentalAPI(api: String, param: Any?, callback: V2TIMValueCallback<Any>) {
        calls += "$api $param"
        onThread {
            val type = accountType
            if (api == "getLoginAccountType" && type == null) callback.onError(6017, "no such api")
            else callback.onSuccess(if (api == "getLoginAccountType") type else null)
        }
    }

    fun says(callback: V2TIMSDKListener.() -> Unit) = onThread { listener?.callback() }

    private fun onThread(work: () -> Unit) = Thread(work).apply { start(); join() }
}

class AdapterTest {
    private val sdk = FakeManager()

    private fun chatting(body: suspend CoroutineScope.(Planguard, GuardedChat) -> Unit) = test {
        standard().use { guard ->
            GuardedChat(guard, V2TimChatSdk(sdk), this) { "sig-of-$it" }.use { body(guard, it) }
        }
    }

    private fun Planguard.state(user: String): SessionState = session(user).use { it.state() }

    @Test
    fun `a login asks for a sig and calls the SDK once`() = chatting { guard, chat ->
        assertIs<LoginOutcome.Executed>(chat.login("ada", LoginIntent.OpenChat))
        assertEquals(LoginOutcome.AlreadyLoggedIn, chat.login("ada", LoginIntent.OpenChat))
        assertEquals(listOf("login ada sig-of-ada"), sdk.calls)
        assertEquals(SessionState.LOGGED_IN, guard.state("ada"))
    }

    @Test
    fun `a push asks for no sig and does not reach the SDK`() = chatting { _, chat ->
        assertIs<LoginOutcome.Deferred>(chat.login("ada", LoginIntent.PushWake))
        assertEquals(emptyList(), sdk.calls)
    }

    @Test
    fun `an SDK's error arrives with its code`() = chatting { _, chat ->
        sdk.answer = { it.onError(70001, "UserSig expired") }
        val failure = assertFailsWith<PlanguardException.Login> { chat.login("ada", LoginIntent.OpenChat) }
        assertEquals(70001, failure.failure.code)
    }

    @Test
    fun `an SDK that answers twice, or with no text, is answered once`() = chatting { _, chat ->
        sdk.answer = { it.onSuccess(); it.onSuccess(); it.onError(1, null) }
        assertIs<LoginOutcome.Executed>(chat.login("ada", LoginIntent.OpenChat))
    }

    @Test
    fun `an SDK that never answers is given up`() = test {
        val clock = ManualClock(AUGUST)
        standard { this.clock = clock }.use { guard ->
            sdk.answer = {}
            GuardedChat(guard, V2TimChatSdk(sdk), this) { "sig" }.use { chat ->
                assertFailsWith<PlanguardException.Login> { turning(clock, sdk.calls::isNotEmpty) { chat.login("ada", LoginIntent.OpenChat) } }
            }
        }
    }

    @Test
    fun `success while somebody else stays logged in is no success`() = chatting { guard, chat ->
        sdk.account = "eve"
        sdk.stays = true
        assertFailsWith<PlanguardException.Login> { chat.login("ada", LoginIntent.OpenChat) }
        assertFalse(chat.isLoggedIn("ada"))
        assertTrue(guard.state("ada") != SessionState.LOGGED_IN)
    }

    @Test
    fun `somebody is logged in is not this user is logged in`() = chatting { _, chat ->
        chat.login("eve", LoginIntent.OpenChat)
        assertTrue(chat.isLoggedIn("eve"))
        assertFalse(chat.isLoggedIn("ada"))
    }

    @Test
    fun `a kick is of the user who was logged in`() = chatting { guard, chat ->
        chat.login("ada", LoginIntent.OpenChat)
        sdk.account = ""
        sdk.says { onKickedOffline() }
        chat.settle()
        assertEquals(SessionState.KICKED_OFF, guard.state("ada"))
        assertFalse(chat.login("ada", LoginIntent.PushWake).loggedIn)
    }

    @Test
    fun `a kick that comes late is not of the user who came after`() = chatting { guard, chat ->
        chat.login("ada", LoginIntent.OpenChat)
        // The SDK is at the next account already; this process did not log it in.
        sdk.account = "eve"
        sdk.says { onKickedOffline() }
        chat.settle()
        assertEquals(SessionState.LOGGED_IN, guard.state("ada"))
        assertTrue(guard.state("eve") != SessionState.KICKED_OFF)
    }

    @Test
    fun `an expiry is no kick`() = chatting { guard, chat ->
        chat.login("ada", LoginIntent.OpenChat)
        sdk.says { onUserSigExpired() }
        chat.settle()
        assertEquals(SessionState.SIG_EXPIRED, guard.state("ada"))
        assertIs<LoginOutcome.Executed>(chat.renewUserSig("ada"))
        assertEquals(2, sdk.calls.size)
    }

    @Test
    fun `a callback with nobody logged in is about nobody`() = chatting { guard, chat ->
        sdk.says { onKickedOffline() }
        sdk.says { onConnectFailed(9508, "") }
        chat.settle()
        assertEquals(SessionState.LOGGED_OUT, guard.state("ada"))
        assertIs<LoginOutcome.Executed>(chat.login("ada", LoginIntent.OpenChat))
    }

    @Test
    fun `a lost connection logs nobody in or out`() = chatting { guard, chat ->
        chat.login("ada", LoginIntent.OpenChat)
        sdk.says { onConnectFailed(9508, "lost") }
        sdk.says { onConnectSuccess() }
        chat.settle()
        assertEquals(SessionState.LOGGED_IN, guard.state("ada"))
        assertEquals(1, sdk.calls.size)
    }

    @Test
    fun `the push SDK's account is no user`() = chatting { _, chat ->
        sdk.account = "push-pseudo-1"
        sdk.status = V2TIMManager.V2TIM_STATUS_LOGINED
        sdk.accountType = 2
        assertNull(chat.loggedInUser())
        assertFalse(chat.isLoggedIn("push-pseudo-1"))
        // A person is logged in all the same.
        assertIs<LoginOutcome.Executed>(chat.login("ada", LoginIntent.OpenChat))
    }

    @Test
    fun `an SDK that does not know account types has users only`() = chatting { _, chat ->
        chat.login("ada", LoginIntent.OpenChat)
        sdk.accountType = null
        assertEquals("ada", chat.loggedInUser())
    }

    @Test
    fun `cached conversations open without a login`() = chatting { guard, chat ->
        assertIs<LoginOutcome.Deferred>(chat.login("ada", LoginIntent.PushWake))
        chat.openCachedConversations("ada")
        assertEquals(listOf("initLocalStorage ada"), sdk.calls)
        assertEquals(SessionState.LOGGED_OUT, guard.state("ada"))
    }

    @Test
    fun `after a log-out no machine logs the user in`() = chatting { _, chat ->
        chat.login("ada", LoginIntent.OpenChat)
        chat.logout()
        assertFalse(chat.login("ada", LoginIntent.PushWake).loggedIn)
        assertEquals(listOf("login ada sig-of-ada", "logout"), sdk.calls)
        assertIs<LoginOutcome.Executed>(chat.login("ada", LoginIntent.OpenChat))
    }

    @Test
    fun `closing takes the listener off the SDK`() = chatting { _, chat ->
        assertTrue(sdk.listening)
        chat.close()
        assertFalse(sdk.listening)
    }
}
