import io.planguard.*
import io.planguard.imsdk.GuardedChat
import io.planguard.imsdk.V2TimChatSdk
import kotlinx.coroutines.CoroutineScope

suspend fun openChat(guard: Planguard, app: CoroutineScope, userSig: suspend (String) -> String): LoginOutcome {
    val chat = GuardedChat(guard, V2TimChatSdk(), app, userSig)
    return chat.login("ada", LoginIntent.OPEN_CHAT)
}
