package io.planguard.tests

import java.io.File
import java.nio.file.Path
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import org.jetbrains.kotlin.cli.common.ExitCode
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler
import org.junit.jupiter.api.io.TempDir

/** The quick start is compiled and run as it stands in the README. */
class ReadmeTest {
    private val readme = File(System.getProperty("planguard.root"), "README.md").readText()

    private fun block(language: String): String {
        val start = readme.indexOf("```$language\n").also { check(it >= 0) { "no block of $language in README.md" } }
        return readme.substring(start).removePrefix("```$language\n").substringBefore("```")
    }

    @Test
    fun `the quick start prints what the README says`(@TempDir folder: Path) {
        val program = block("kotlin")
        assertTrue(program.trimEnd().lines().size <= 20, "the quick start has more than 20 lines")
        val source = folder.resolve("Main.kt").toFile().apply { writeText(program) }
        val classes = folder.resolve("classes")
        val path = System.getProperty("java.class.path")
        val code = K2JVMCompiler().exec(
            System.err, source.path, "-d", classes.toString(), "-cp", path, "-no-stdlib", "-no-reflect", "-nowarn",
        )
        assertEquals(ExitCode.OK, code)
        val java = "${System.getProperty("java.home")}/bin/java"
        val main = ProcessBuilder(java, "-cp", "$classes${File.pathSeparator}$path", "MainKt").directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT).start()
        val printed = main.inputReader().readText()
        assertEquals(0, main.waitFor())
        assertEquals(block("text"), printed)
    }
}
