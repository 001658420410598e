import android.app.Application
import io.planguard.Planguard
import io.planguard.android.PlanguardOwner
import io.planguard.android.Upkeep
import io.planguard.android.open
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.launch

class App : Application(), PlanguardOwner {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    private val guard = scope.async(start = CoroutineStart.LAZY) {
        Planguard.open(this@App, sdkAppId = 1_400_000_001) { endpoint = "https://billing.example.com" }
    }

    override suspend fun planguard() = guard.await()

    override fun onCreate() {
        super.onCreate()
        scope.launch { Upkeep(this@App, planguard()) }
    }
}
