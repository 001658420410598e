package io.planguard.sample

import java.io.File
import java.nio.file.Path
import java.util.zip.ZipFile
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import org.junit.jupiter.api.io.TempDir

class MinifiedTest {
    private val jar = File(System.getProperty("planguard.sample"))

    @Test
    fun `the minified app does what the whole one does`(@TempDir folder: Path) {
        val java = "${System.getProperty("java.home")}/bin/java"
        val process = ProcessBuilder(java, "-cp", jar.path, "io.planguard.sample.MainKt", folder.toString())
            .redirectErrorStream(true).start()
        val printed = process.inputReader().readLines()
        assertEquals(0, process.waitFor(), printed.joinToString("\n"))
        assertEquals("communities: false", printed[0].substringBefore(','))
        val rest = listOf(
            "way out: premium for 300 more a month",
            "push: put off",
            "chat: logged in",
            "event: login_executed",
            "friend: true",
            "refused: 30010",
            "sync: ${printed[7].removePrefix("sync: ")}",
            "own store: logged in",
        )
        assertEquals(rest, printed.drop(1))
        assertTrue(folder.resolve("planguard.db").toFile().isFile)
    }

    @Test
    fun `it really was minified`() {
        val names = ZipFile(jar).use { zip -> zip.entries().asSequence().map { it.name }.toList() }
        assertTrue(names.none { it.startsWith("kotlinx/coroutines/flow/FlowKt__Zip") }, "unused coroutines are still there")
        assertTrue("linux-x86-64/libplanguard.so" in names || names.any { it.endsWith("libplanguard.dylib") })
        assertTrue(names.any { it.startsWith("com/sun/jna/Native") })
    }
}
