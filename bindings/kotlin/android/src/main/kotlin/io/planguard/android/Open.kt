@file:JvmName("AndroidPlanguard")

package io.planguard.android

import android.app.ActivityManager
import android.app.Application
import android.content.Context
import android.os.Build
import android.os.Process
import io.planguard.OpenSettings
import io.planguard.Planguard
import io.planguard.ProcessRole
import java.io.File

/**
 * Opens a guard with its store in [Context.getNoBackupFilesDir], where no backup and no transfer to another device takes
 * it along. Everything else is as [Planguard.Companion.open] has it.
 *
 * The app's main process says that it is the app (`processRole`), so that it takes over at once what its own last run
 * left; a process with another name says nothing. Set `processRole` for one that handles notifications.
 *
 * @throws io.planguard.PlanguardException if a setting cannot be used, or the store
 */
public suspend fun Planguard.Companion.open(
    context: Context,
    sdkAppId: Long,
    configure: OpenSettings.() -> Unit = {},
): Planguard {
    val app = context.applicationContext ?: context
    return open(sdkAppId) {
        store = file(storeFile(app, sdkAppId))
        if (processName(app) == app.packageName) processRole = ProcessRole.APP
        configure()
    }
}

/** The file in which [open] keeps the state. SQLite's companions lie beside it. */
public fun storeFile(context: Context, sdkAppId: Long): File =
    File(context.noBackupFilesDir, "planguard-$sdkAppId.db")

private fun processName(context: Context): String? {
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) return Application.getProcessName()
    val manager = context.getSystemService(Context.ACTIVITY_SERVICE) as ActivityManager
    return manager.runningAppProcesses?.firstOrNull { it.pid == Process.myPid() }?.processName
}
