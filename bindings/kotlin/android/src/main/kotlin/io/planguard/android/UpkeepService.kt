package io.planguard.android

import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.app.job.JobService
import android.content.ComponentName
import android.content.Context
import io.planguard.Planguard
import java.util.concurrent.ConcurrentHashMap
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/** The app's guard, for the job that runs when the app does not. Implement it in the `Application`. */
public interface PlanguardOwner {
    /** The guard of this process, opened at the first call. */
    public suspend fun planguard(): Planguard
}

/**
 * Delivers usage events and syncs while the app is not on the screen, once there is a network. Survives a restart of the
 * device. The app's `Application` must be a [PlanguardOwner]; else there is nothing to do.
 */
public class UpkeepService : JobService() {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    private val running = ConcurrentHashMap<Int, Job>()

    override fun onStartJob(parameters: JobParameters): Boolean {
        val owner = application as? PlanguardOwner ?: return false
        running[parameters.jobId] = scope.launch {
            val done = try {
                runUpkeep(owner.planguard())
            } catch (stopped: CancellationException) {
                throw stopped
            } catch (_: Exception) {
                // A guard that cannot be opened is tried again with the scheduler's own backoff.
                false
            }
            running.remove(parameters.jobId)
            jobFinished(parameters, !done)
        }
        return true
    }

    override fun onStopJob(parameters: JobParameters): Boolean {
        running.remove(parameters.jobId)?.cancel()
        return true
    }

    override fun onDestroy() {
        scope.cancel()
        super.onDestroy()
    }

    public companion object {
        /** The number of the job among the app's. */
        public const val JOB_ID: Int = 0x706c67

        /** Schedules the job, once: a job that waits already stays as it is. */
        @JvmStatic
        public fun schedule(context: Context) {
            val scheduler = context.getSystemService(Context.JOB_SCHEDULER_SERVICE) as JobScheduler
            if (scheduler.getPendingJob(JOB_ID) != null) return
            val job = JobInfo.Builder(JOB_ID, ComponentName(context, UpkeepService::class.java))
                .setRequiredNetworkType(JobInfo.NETWORK_TYPE_ANY)
                .setPersisted(true)
                .build()
            scheduler.schedule(job)
        }
    }
}
