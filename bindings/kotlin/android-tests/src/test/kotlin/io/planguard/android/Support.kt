package io.planguard.android

import android.app.Application
import io.planguard.Catalog
import io.planguard.Edition
import io.planguard.INTL_2024
import io.planguard.OpenSettings
import io.planguard.Planguard
import io.planguard.testing.ScriptedEndpoint
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield
import org.robolectric.RuntimeEnvironment

internal const val APP = 1_400_000_001L

/** An application that owns a guard, as an app's does. */
internal class OwningApplication : Application(), PlanguardOwner {
    val endpoint = ScriptedEndpoint()

    @Volatile
    var guard: Planguard? = null

    override suspend fun planguard(): Planguard = guard ?: open(this, endpoint).also { guard = it }
}

internal val app: Application get() = RuntimeEnvironment.getApplication()

internal suspend fun open(
    context: Application = app,
    scripted: ScriptedEndpoint? = null,
    configure: OpenSettings.() -> Unit = {},
): Planguard = Planguard.open(context, APP) {
    fallback(Catalog.INTL_2024, Edition.STANDARD)
    if (scripted != null) {
        endpoint = "https://billing.example.com"
        transport = scripted
    }
    configure()
}

internal fun document(edition: String): String =
    """{"schema": 1, "revision": 1, "sdk_app_id": $APP, "catalog": "intl-2024", "edition": "$edition",
        "issued_at": "2024-08-10T04:00:00Z", "fresh_for_secs": 300}"""

/**
 * On the main thread, as far as Robolectric is concerned: activities and jobs are made there. What hangs is a failure, not a
 * build that never ends.
 */
internal fun test(body: suspend CoroutineScope.() -> Unit) {
    runBlocking { withTimeout(120.seconds) { body() } }
}

/** Waits until [holds], without sleeping. */
internal suspend fun until(holds: () -> Boolean) {
    while (!holds()) yield()
}
