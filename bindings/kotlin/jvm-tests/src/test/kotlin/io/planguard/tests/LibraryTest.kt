package io.planguard.tests

import io.planguard.Catalog
import io.planguard.LibraryException
import io.planguard.Planguard
import io.planguard.parseFeature
import java.io.File
import java.lang.reflect.Modifier
import java.nio.file.Path
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.io.TempDir

/** A native library that is missing, none, or of another version: a typed error with both versions and the remedy. */
class LibraryTest {
    @TempDir
    lateinit var folder: Path

    private val own = io.planguard.version()

    /** The calls that the classes look for in the library. */
    private fun calls(): List<String> = listOf("IntegrityCheckingUniffiLib", "UniffiLib").flatMap { name ->
        Class.forName("io.planguard.$name", false, javaClass.classLoader).declaredMethods
            .filter { Modifier.isNative(it.modifiers) }.map { it.name }
    }.distinct().also { assertTrue(it.size > 200, "${it.size} calls") }

    /** A library that says [version] of itself, and has all calls but [without]: none of them does anything. */
    private fun library(contract: Int, version: String, without: String? = null): File {
        val special = setOf(
            "ffi_planguard_uniffi_contract_version", "uniffi_planguard_fn_func_version", "ffi_planguard_rustbuffer_free",
        )
        val source = folder.resolve("other.c").toFile()
        source.writeText(
            """
            |#include <stdint.h>
            |struct buffer { uint64_t capacity, len; const char *data; };
            |int ffi_planguard_uniffi_contract_version(void) { return $contract; }
            |struct buffer uniffi_planguard_fn_func_version(void *status) {
            |    struct buffer text = { ${version.length}, ${version.length}, "$version" };
            |    return text;
            |}
            |void ffi_planguard_rustbuffer_free(struct buffer text, void *status) {}
            |
            """.trimMargin() + (calls() - special - setOfNotNull(without)).joinToString("") { "int $it(void) { return 1; }\n" },
        )
        val library = folder.resolve("libother.so").toFile()
        val compiler = ProcessBuilder("cc", "-shared", "-fPIC", "-o", library.path, source.path).inheritIO().start()
        assertEquals(0, compiler.waitFor())
        return library
    }

    /** What a process says that has [library] in the place of its own. */
    private fun said(library: String): List<String> {
        val process = ProcessBuilder(
            "${System.getProperty("java.home")}/bin/java",
            "-Duniffi.component.planguard.libraryOverride=$library",
            "-cp",
            System.getProperty("java.class.path"),
            WithOtherLibrary::class.java.name,
        ).redirectError(ProcessBuilder.Redirect.INHERIT).start()
        val lines = process.inputReader().readLines()
        assertEquals(0, process.waitFor(), "$lines")
        assertEquals(4, lines.size, "$lines")
        assertEquals(1, lines.distinct().size, "every call says the same: $lines")
        assertTrue("add planguard again, with classes and native library from one release" in lines[0], lines[0])
        return lines[0].split('|')
    }

    @Test
    fun `a library of another version of planguard`() {
        val (its, classes, text) = said(library(contract(), "9.9.9").path)
        assertEquals(listOf("9.9.9", own), listOf(its, classes))
        assertTrue("is of planguard 9.9.9, the classes are of planguard $own" in text, text)
    }

    @Test
    fun `a library of another version of the generator`() {
        val (its, classes, text) = said(library(contract() - 1, own).path)
        assertEquals(listOf("null", own), listOf(its, classes))
        assertTrue("version ${contract() - 1} of the contract" in text && "version ${contract()}" in text, text)
    }

    @Test
    fun `a library whose calls have another meaning`() {
        val (its, _, text) = said(library(contract(), own).path)
        assertEquals(own, its)
        assertTrue("differ in their calls" in text, text)
    }

    @Test
    fun `a library that lacks a call`() {
        val (_, _, text) = said(library(contract(), own, without = "uniffi_planguard_fn_method_planguard_feature").path)
        assertTrue("differ in their calls" in text, text)
    }

    @Test
    fun `no library, and a file that is none`() {
        assertTrue("cannot be loaded" in said(folder.resolve("nothing.so").toString())[2])
        val notes = folder.resolve("notes.so").toFile().apply { writeText("not a library") }
        assertTrue("cannot be loaded" in said(notes.path)[2])
    }

    private fun contract(): Int = Crossing.ffi_planguard_uniffi_contract_version()
}

/** Says what becomes of the first calls, and of those after them. */
internal object WithOtherLibrary {
    @JvmStatic
    fun main(args: Array<String>) = runBlocking {
        for (call in listOf<suspend () -> Any>(
            { Planguard.open(APP) }, { parseFeature("community") }, { Catalog.builtIn("intl-2024") }, { Planguard.open(APP) },
        )) {
            try {
                println("${call()} instead of an error")
            } catch (refused: LibraryException) {
                println("${refused.libraryVersion}|${refused.packageVersion}|${refused.message}")
            }
        }
    }
}
