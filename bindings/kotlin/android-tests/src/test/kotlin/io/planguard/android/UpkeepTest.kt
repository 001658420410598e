package io.planguard.android

import App
import android.app.Activity
import android.app.Application
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.app.job.JobService
import android.content.Context
import android.net.ConnectivityManager
import io.planguard.Feature
import io.planguard.Planguard
import io.planguard.testing.ScriptedEndpoint
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.CompletableDeferred
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.shadow.api.Shadow
import org.robolectric.shadows.ShadowJobService
import org.robolectric.shadows.ShadowNetwork
import org.robolectric.util.ReflectionHelpers
import org.robolectric.util.ReflectionHelpers.ClassParameter

/** What the job says at its end. Robolectric's own shadow keeps that in two fields, for the thread that wrote them. */
@Implements(JobService::class)
internal class AnsweringJob : ShadowJobService() {
    val tryAgain = CompletableDeferred<Boolean>()

    @Implementation
    override fun jobFinished(parameters: JobParameters, reschedule: Boolean) {
        tryAgain.complete(reschedule)
    }
}

@RunWith(RobolectricTestRunner::class)
@Config(shadows = [AnsweringJob::class])
class UpkeepTest {
    private val scheduler get() = app.getSystemService(Context.JOB_SCHEDULER_SERVICE) as JobScheduler
    private val connectivity get() = app.getSystemService(Context.CONNECTIVITY_SERVICE) as ConnectivityManager

    private fun kept(endpoint: ScriptedEndpoint, body: suspend (Planguard) -> Unit) = test {
        open(scripted = endpoint).use { guard -> Upkeep(app, guard).use { body(guard) } }
    }

    @Test
    fun `an activity that starts brings the entitlements up to date`() {
        val endpoint = ScriptedEndpoint().answer(document("premium"))
        kept(endpoint) { guard ->
            assertFalse(guard.feature(Feature.COMMUNITY).granted)
            val activity = Robolectric.buildActivity(Activity::class.java).create().start()
            until { guard.feature(Feature.COMMUNITY).granted }
            activity.stop().destroy()
        }
    }

    @Test
    fun `a second activity starts nothing more, and a rotation is no leaving`() {
        kept(ScriptedEndpoint()) {
            val first = Robolectric.buildActivity(Activity::class.java).create().start()
            val second = Robolectric.buildActivity(Activity::class.java).create().start()
            first.stop()
            assertNull(scheduler.getPendingJob(UpkeepService.JOB_ID))
            second.stop()
            assertNotNull(scheduler.getPendingJob(UpkeepService.JOB_ID))
        }
    }

    @Test
    fun `leaving the app schedules one job that waits for a network and survives a restart`() {
        kept(ScriptedEndpoint()) {
            repeat(2) { Robolectric.buildActivity(Activity::class.java).create().start().stop() }
            val job = scheduler.allPendingJobs.single()
            assertEquals(UpkeepService::class.java.name, job.service.className)
            assertTrue(job.isPersisted)
            assertEquals(android.app.job.JobInfo.NETWORK_TYPE_ANY, job.networkType)
        }
    }

    @Test
    fun `a network that comes back is used at once`() {
        val endpoint = ScriptedEndpoint().answer(document("premium"))
        kept(endpoint) { guard ->
            val callbacks = shadowOf(connectivity).networkCallbacks
            assertEquals(1, callbacks.size)
            callbacks.forEach { it.onAvailable(ShadowNetwork.newInstance(7)) }
            until { guard.feature(Feature.COMMUNITY).granted }
        }
    }

    @Test
    fun `closing leaves nothing registered`() = test {
        open().use { guard ->
            Upkeep(app, guard).close()
            assertEquals(0, shadowOf(connectivity).networkCallbacks.size)
            Robolectric.buildActivity(Activity::class.java).create().start().stop()
            assertNull(scheduler.getPendingJob(UpkeepService.JOB_ID))
        }
    }

    @Test
    @Config(application = OwningApplication::class)
    fun `the job opens the guard of a process that has none, and brings it up to date`() = test {
        val owner = app as OwningApplication
        owner.endpoint.answer(document("premium"))
        UpkeepService.schedule(app)
        val service = Robolectric.buildService(UpkeepService::class.java).create().get()
        assertTrue(service.onStartJob(parameters()))
        until { owner.guard?.feature(Feature.COMMUNITY)?.granted == true }
        assertFalse(Shadow.extract<AnsweringJob>(service).tryAgain.await())
        owner.guard?.close()
    }

    @Test
    @Config(application = OwningApplication::class)
    fun `a job whose endpoint is not reached is tried again`() = test {
        val owner = app as OwningApplication
        val service = Robolectric.buildService(UpkeepService::class.java).create().get()
        assertTrue(service.onStartJob(parameters()))
        assertTrue(Shadow.extract<AnsweringJob>(service).tryAgain.await())
        owner.guard?.close()
    }

    @Test
    fun `without an owner there is nothing for the job to do`() {
        val service = Robolectric.buildService(UpkeepService::class.java).create().get()
        assertFalse(service.onStartJob(parameters()))
        assertTrue(app !is PlanguardOwner && app is Application)
    }

    @Test
    @Config(application = OwningApplication::class)
    fun `a job that the system stops is tried again`() {
        val service = Robolectric.buildService(UpkeepService::class.java).create().get()
        service.onStartJob(parameters())
        assertTrue(service.onStopJob(parameters()))
        (app as OwningApplication).guard?.close()
    }

    /** Made here, since Robolectric finds no application in the package without a name. */
    @Test
    fun `the app of the README opens its guard and starts the upkeep`() = test {
        val readme = App()
        val context = ClassParameter.from(Context::class.java, app)
        ReflectionHelpers.callInstanceMethod<Any?>(Application::class.java, readme, "attach", context)
        readme.onCreate()
        val guard = readme.planguard()
        assertFalse(guard.isShutDown())
        until { shadowOf(connectivity).networkCallbacks.size == 1 }
        guard.close()
    }

    private fun parameters(): JobParameters {
        val made = Shadow.newInstanceOf(JobParameters::class.java)
        ReflectionHelpers.setField(made, "jobId", UpkeepService.JOB_ID)
        return made
    }
}
