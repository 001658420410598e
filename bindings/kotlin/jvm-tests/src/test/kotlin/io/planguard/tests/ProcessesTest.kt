package io.planguard.tests

import io.planguard.Action
import io.planguard.LoginIntent
import io.planguard.LoginOutcome
import io.planguard.ProcessRole
import io.planguard.loggedIn
import java.io.BufferedReader
import java.io.File
import java.nio.file.Path
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertTrue
import org.junit.jupiter.api.io.TempDir

class ProcessesTest {
    @TempDir
    lateinit var folder: Path

    private val store get() = folder.resolve("planguard.db").toFile()

    private class Other(store: File) : AutoCloseable {
        private val process: Process = ProcessBuilder(
            "${System.getProperty("java.home")}/bin/java",
            "-cp",
            System.getProperty("java.class.path"),
            Child::class.java.name,
            store.path,
        ).redirectError(ProcessBuilder.Redirect.INHERIT).start()
        private val out: BufferedReader = process.inputReader()

        init {
            assertEquals("open", out.readLine())
        }

        fun start(line: String) {
            process.outputWriter().apply { write(line + "\n"); flush() }
        }

        fun answer(): String? = out.readLine()

        fun does(line: String): String? {
            start(line)
            return answer()
        }

        override fun close() {
            process.outputWriter().close()
            process.waitFor()
        }
    }

    @Test
    fun `two processes log one user in once`() = test {
        val calls = folder.resolve("calls").toFile()
        standard { store = file(this@ProcessesTest.store); processRole = ProcessRole.APP }.use { guard ->
            Other(store).use { other ->
                other.start("login ada $calls")
                val here = guard.login("ada", LoginIntent.OpenChat) { calls.appendText("x") }
                other.answer()
                assertTrue(here.loggedIn)
                assertEquals("x", calls.readText())
            }
        }
    }

    @Test
    fun `what the extension counts, the app sees`() = test {
        standard { store = file(this@ProcessesTest.store); processRole = ProcessRole.APP }.use { guard ->
            Other(store).use { other ->
                assertEquals("recorded", other.does("friend ada bob"))
                guard.record(Action.AddFriend("ada", "eve"))
                assertEquals(2L, guard.check(Action.AddFriend("ada", "dan")).tightest?.atLeast)
            }
        }
    }

    @Test
    fun `a kick that the extension hears of binds the app after its relaunch`() = test {
        Other(store).use { other ->
            assertEquals("executed", other.does("login ada ${folder.resolve("calls")}"))
            assertEquals("kicked", other.does("kick ada"))
        }
        standard { store = file(this@ProcessesTest.store); processRole = ProcessRole.APP }.use { guard ->
            assertFalse(guard.login("ada", LoginIntent.PushWake) {}.loggedIn)
            assertIs<LoginOutcome.Executed>(guard.login("ada", LoginIntent.AfterKick(confirmed = true)) {})
        }
    }

    @Test
    fun `a relaunch of the app on its file remembers, and starts offline`() = test {
        val offline: io.planguard.OpenSettings.() -> Unit = {
            store = file(this@ProcessesTest.store)
            // Nobody listens there.
            endpoint = "http://127.0.0.1:9"
        }
        standard(offline).use { it.open("ada") }
        standard(offline).use { guard ->
            assertFalse(guard.feature(io.planguard.Feature.COMMUNITY).granted)
            assertFalse(assertIs<LoginOutcome.Executed>(guard.open("ada")).mau.newInMonth)
            kotlin.test.assertFailsWith<io.planguard.PlanguardException.TryLater> {
                guard.sync(io.planguard.FetchPolicy.FETCH)
            }
        }
    }
}
