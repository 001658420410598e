package io.planguard.tests

import com.tencent.imsdk.v2.V2TIMManager
import io.planguard.LoginOutcome
import java.io.ByteArrayOutputStream
import java.io.File
import java.nio.file.Path
import javax.tools.ToolProvider
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.cancel
import openChat
import org.jetbrains.kotlin.cli.common.ExitCode
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler
import org.junit.jupiter.api.io.TempDir
import roomFor
import whenTheMonthTurns

/** The quick start is compiled and run as it stands in the README. */
class ReadmeTest {
    private val readme = File(System.getProperty("planguard.root"), "README.md").readText()

    private val blocks: List<Pair<String, String>> =
        Regex("```(\\w+)\\n(.*?)```", RegexOption.DOT_MATCHES_ALL).findAll(readme).map { it.groupValues[1] to it.groupValues[2] }
            .toList()

    private fun block(language: String, number: Int = 0): String =
        blocks.filter { it.first == language }.getOrNull(number)?.second ?: error("no such block of $language")

    private fun source(path: String) = File(System.getProperty("planguard.root"), path).readText()

    /** What is compiled with a suite is what the README says. The suite of the AAR runs the Android one. */
    @Test
    fun `every other block is compiled as it stands, and run`() {
        val compiled = listOf(
            "jvm-tests/src/test/kotlin/ReadmeRoom.kt",
            "android-tests/src/test/kotlin/ReadmeApp.kt",
            "jvm-tests/src/test/kotlin/ReadmeChat.kt",
            "jvm-tests/src/test/kotlin/ReadmeKit.kt",
        )
        compiled.forEachIndexed { number, path -> assertEquals(source(path), block("kotlin", number + 1), path) }
        val counts = blocks.groupingBy { it.first }.eachCount()
        assertEquals(
            mapOf("kotlin" to 1 + compiled.size, "java" to 1, "text" to 3, "console" to 1, "xml" to 1), counts, "an untested block",
        )
        whenTheMonthTurns()
    }

    @Test
    fun `a check says what the README says`() = test {
        standard().use { guard ->
            assertEquals(block("text", 1).trimEnd(), roomFor(guard, 260))
        }
    }

    @Test
    fun `the chat SDK is logged in as the README says`() = test {
        val sdk = FakeManager()
        V2TIMManager.instance = sdk
        val app = CoroutineScope(coroutineContext + Job())
        standard().use { guard -> assertIs<LoginOutcome.Executed>(openChat(guard, app) { "sig-of-$it" }) }
        app.cancel()
        assertEquals(listOf("login ada sig-of-ada"), sdk.calls.toList())
    }

    /** The project that tries the packages names their repository and the jar as the README does. */
    @Test
    fun `repository and jar are named as they are tried`() {
        fun bare(text: String) = text.replace(Regex("<!--.*?-->", RegexOption.DOT_MATCHES_ALL), "").replace(Regex("\\s"), "")
        val tried = bare(source("../../xtask/src/package/trial/pom.xml"))
        val named = bare(block("xml"))
            .replace("file:///DIR/target/packages/maven", "\${REPOSITORY}").replace(">VERSION<", ">\${VERSION}<")
        for (element in listOf("repository", "dependency")) {
            val said = Regex("<$element>.*?</$element>").find(named)!!.value
            assertTrue(said in tried, "the pom of the trial has no $said")
        }
    }

    /** As an app for Java 8 compiles it. */
    @Test
    fun `the program in Java prints what the README says`(@TempDir folder: Path) {
        val path = System.getProperty("java.class.path")
        val source = folder.resolve("JavaQuickStart.java").toFile().apply { writeText(block("java")) }
        val said = ByteArrayOutputStream()
        val code = ToolProvider.getSystemJavaCompiler()
            .run(null, said, said, "--release", "8", "-Xlint:-options", "-proc:none", "-cp", path, source.path)
        assertEquals(0, code, said.toString())
        assertEquals(block("text", 2), run(folder, "JavaQuickStart", "$folder${File.pathSeparator}$path"))
    }

    private fun run(folder: Path, main: String, path: String): String {
        val java = "${System.getProperty("java.home")}/bin/java"
        val program = ProcessBuilder(java, "-cp", path, main).directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT).start()
        val printed = program.inputReader().readText()
        assertEquals(0, program.waitFor())
        return printed
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
        val printed = run(folder, "MainKt", "$classes${File.pathSeparator}$path")
        assertEquals(block("text"), printed)
    }
}
