package io.planguard.imsdk

import io.planguard.LoginIntent
import io.planguard.LoginOutcome
import io.planguard.Planguard
import io.planguard.ProviderException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.launch

/**
 * The chat SDK's logins behind the guard, and its callbacks handed to the user they are about.
 *
 * One per process. [close] ends it; neither the guard nor the SDK is closed with it.
 *
 * @param scope where callbacks are carried on; it should live as long as the app
 * @param userSig gets a `UserSig` from the app's server, asked only for a login that is really sent
 */
public class GuardedChat(
    private val guard: Planguard,
    private val sdk: ChatSdk,
    scope: CoroutineScope,
    private val userSig: suspend (userId: String) -> String,
) : AutoCloseable {
    /** Whom this object logged in last, and who was neither kicked nor logged out since. */
    @Volatile
    private var user: String? = null

    // In the order in which the SDK calls.
    private val callbacks = Channel<suspend () -> Unit>(Channel.UNLIMITED)

    private val carrier = scope.launch {
        for (callback in callbacks) callback()
    }

    private val listener = object : ChatSdkListener {
        override fun onConnectSuccess() = about { it.connected() }

        override fun onConnectFailed(code: Int) = about { it.disconnected() }

        override fun onKickedOffline() = about {
            user = null
            it.kickedOff()
        }

        override fun onUserSigExpired() = about { it.userSigExpired() }
    }

    init {
        sdk.addListener(listener)
    }

    /**
     * Logs a user in, if that is needed and the plan lets it.
     *
     * An SDK that says "succeeded" while somebody else stays logged in has not logged this user in: that is a failure
     * with the code 0.
     *
     * @throws io.planguard.PlanguardException if the login was sent and failed
     */
    public suspend fun login(userId: String, intent: LoginIntent): LoginOutcome =
        guard.login(userId, intent) {
            sdk.login(userId, userSig(userId))
            val loggedIn = sdk.loginUser()
            if (loggedIn != userId) throw ProviderException.Answered(0, "the chat SDK is logged in as somebody else")
            user = userId
        }

    /** Logs out whom [login] logged in. From then on only a person logs this user in. */
    public suspend fun logout() {
        val leaving = user
        sdk.logout()
        user = null
        if (leaving != null) guard.session(leaving).use { it.loggedOut() }
    }

    /** Reports a new `UserSig`, and logs in with it. Call it after the SDK said that the old one expired. */
    public suspend fun renewUserSig(userId: String): LoginOutcome {
        guard.newUserSig(userId)
        return login(userId, LoginIntent.RenewUserSig)
    }

    /** Whether this very user is logged in to chat. "Somebody is logged in" is not enough, nor is the push SDK's account. */
    public suspend fun isLoggedIn(userId: String): Boolean =
        sdk.loginStatus() == LoginStatus.LOGGED_IN && loggedInUser() == userId

    /** The user who is logged in to chat; `null` if there is none, or only the push SDK's account. */
    public suspend fun loggedInUser(): String? =
        sdk.loginUser()?.takeIf { sdk.accountType() != AccountType.PUSH }

    /** Opens the SDK's local conversations without a login: what to show when a login was put off. */
    public suspend fun openCachedConversations(userId: String): Unit = sdk.openLocalStorage(userId)

    /** Waits until every callback that came so far was handed on. */
    public suspend fun settle() {
        val settled = Channel<Unit>(1)
        callbacks.trySend { settled.trySend(Unit) }
        settled.receive()
    }

    override fun close() {
        sdk.removeListener(listener)
        callbacks.close()
        carrier.cancel()
    }

    /**
     * Hands a callback to the user it is about. The SDK names none, so it is the user who was logged in when the callback
     * came; if the SDK then names another account (the push SDK's, or somebody who came after), it is about nobody.
     */
    private fun about(report: suspend (io.planguard.UserSession) -> Unit) {
        val mine = user ?: return
        val theirs = sdk.loginUser()
        if (theirs != null && theirs != mine) return
        callbacks.trySend { guard.session(mine).use { report(it) } }
    }
}
