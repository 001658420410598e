package io.planguard.imsdk

import io.planguard.ProviderException

/**
 * The chat SDK, as far as [GuardedChat] needs it. [V2TimChatSdk] is the provider's own; an app's tests write another.
 */
public interface ChatSdk {
    /**
     * Logs a user in, and returns once the SDK has said that it succeeded.
     *
     * @throws ProviderException with the SDK's code and text, if it said that it failed
     */
    public suspend fun login(userId: String, userSig: String)

    /**
     * Logs out whoever is logged in.
     *
     * @throws ProviderException with the SDK's code and text, if it said that it failed
     */
    public suspend fun logout()

    /** The id of the account that is logged in, `null` if there is none. It may be the push SDK's: see [accountType]. */
    public fun loginUser(): String?

    /** Where the SDK's own session stands. */
    public fun loginStatus(): LoginStatus

    /** Whose account is logged in. The push SDK logs in an account of its own, which is no user. */
    public suspend fun accountType(): AccountType

    /** Opens the SDK's local database of a user without a login, for cached conversations. Experimental in the SDK. */
    public suspend fun openLocalStorage(userId: String)

    /** Registers for the SDK's callbacks. */
    public fun addListener(listener: ChatSdkListener)

    /** Ends what [addListener] began. */
    public fun removeListener(listener: ChatSdkListener)
}

/** The chat SDK's callbacks. None of them names a user. They come on a thread of the SDK. */
public interface ChatSdkListener {
    /** Connected to the server. */
    public fun onConnectSuccess()

    /** No connection; the SDK goes on trying by itself. */
    public fun onConnectFailed(code: Int)

    /** Another device logged in as the same user. */
    public fun onKickedOffline()

    /** The `UserSig` expired. This is no kick. */
    public fun onUserSigExpired()
}

/** Where the chat SDK's own session stands. */
public enum class LoginStatus {
    /** Somebody is logged in; who, [ChatSdk.loginUser] says. */
    LOGGED_IN,

    /** A login is under way. */
    LOGGING_IN,

    /** Nobody is logged in. */
    LOGGED_OUT,
}

/** Whose account is logged in. */
public enum class AccountType {
    /** A user's. */
    USER,

    /** The push SDK's. Chat cannot be used with it, and it is no active user. */
    PUSH,

    /** The SDK does not say. */
    UNKNOWN,
}
