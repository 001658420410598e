package io.planguard.android

import android.app.Activity
import android.app.Application
import android.content.Context
import android.net.ConnectivityManager
import android.net.Network
import android.os.Bundle
import io.planguard.AppPhase
import io.planguard.FetchPolicy
import io.planguard.Planguard
import io.planguard.PlanguardException
import java.time.Duration
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/**
 * Keeps a guard up to date with the app's life: while an activity is started it syncs when that is due and delivers what
 * waits; when the last one stops it delivers once more and leaves the rest to a job; when the network comes back it does
 * both at once.
 *
 * Start it in `Application.onCreate`. [close] ends it.
 *
 * @param every how often to look while an activity is started
 */
public class Upkeep @JvmOverloads constructor(
    private val app: Application,
    private val guard: Planguard,
    private val every: Duration = Duration.ofMinutes(5),
    dispatcher: CoroutineDispatcher = Dispatchers.Default,
) : AutoCloseable {
    private val scope = CoroutineScope(SupervisorJob() + dispatcher)

    /** Activities that are started, counted on the main thread. */
    private var started = 0

    private var rounds: Job? = null

    private val activities = object : Application.ActivityLifecycleCallbacks {
        override fun onActivityStarted(activity: Activity) {
            if (started++ == 0) entered()
        }

        override fun onActivityStopped(activity: Activity) {
            // An activity that was started before this object is not counted.
            if (started > 0 && --started == 0) left()
        }

        override fun onActivityCreated(activity: Activity, state: Bundle?) {}

        override fun onActivityResumed(activity: Activity) {}

        override fun onActivityPaused(activity: Activity) {}

        override fun onActivitySaveInstanceState(activity: Activity, state: Bundle) {}

        override fun onActivityDestroyed(activity: Activity) {}
    }

    private val network = object : ConnectivityManager.NetworkCallback() {
        override fun onAvailable(network: Network) {
            scope.launch { runUpkeep(guard) }
        }
    }

    private val connectivity = app.getSystemService(Context.CONNECTIVITY_SERVICE) as ConnectivityManager

    init {
        guard.setPhase(AppPhase.BACKGROUND)
        app.registerActivityLifecycleCallbacks(activities)
        connectivity.registerDefaultNetworkCallback(network)
    }

    private fun entered() {
        guard.setPhase(AppPhase.FOREGROUND)
        rounds = scope.launch { guard.keepFresh(every) }
    }

    private fun left() {
        rounds?.cancel()
        rounds = null
        guard.setPhase(AppPhase.BACKGROUND)
        UpkeepService.schedule(app)
        scope.launch { runUpkeep(guard) }
    }

    /** Ends it. The guard stays open; the job stays scheduled. */
    override fun close() {
        app.unregisterActivityLifecycleCallbacks(activities)
        connectivity.unregisterNetworkCallback(network)
        scope.cancel()
    }
}

/**
 * One round: syncs if what is held is stale, and delivers what waits. Says whether everything was done; what was not is
 * kept, and the last good entitlements stay.
 */
internal suspend fun runUpkeep(guard: Planguard): Boolean {
    val synced = try {
        guard.sync(FetchPolicy.FRESH_OR_FETCH)
        true
    } catch (_: PlanguardException.InvalidInput) {
        // There is no endpoint to ask, and so nobody to deliver to.
        guard.flush()
        return true
    } catch (_: PlanguardException) {
        false
    }
    // An endpoint that there is not, or that is not reached, leaves the events where they are.
    val waiting = try {
        guard.flush().waiting
    } catch (_: PlanguardException) {
        return false
    }
    return synced && waiting == 0L
}
