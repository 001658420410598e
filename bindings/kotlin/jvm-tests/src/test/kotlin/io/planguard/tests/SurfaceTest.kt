package io.planguard.tests

import io.planguard.Planguard
import io.planguard.imsdk.GuardedChat
import java.io.File
import java.lang.reflect.Constructor
import java.lang.reflect.Executable
import java.lang.reflect.Method
import java.lang.reflect.Modifier
import java.util.zip.ZipFile
import kotlin.metadata.Visibility
import kotlin.metadata.jvm.KotlinClassMetadata
import kotlin.metadata.visibility
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** The public surface of the jars is what `surface.txt` says: a change in it is a decision. */
class SurfaceTest {
    private val list = File(System.getProperty("planguard.root"), "jvm-tests/src/test/resources/surface.txt")

    /** What the generator needs for itself. */
    private val generated = Regex(
        "io\\.planguard\\.(Ffi|Uniffi|RustBuffer|ForeignBytes|NoHandle|Disposable|InternalException|JavaLangRef).*" +
            "|io\\.planguard\\.[A-Za-z]+Impl(\\$.*)?",
    )

    @Test
    fun `the public surface is the one that was agreed on`() {
        val found = surface()
        assertTrue(found.size > 200, "${found.size} lines only")
        if (System.getenv("PLANGUARD_WRITE_NAMES") != null) list.writeText(found.joinToString("\n", postfix = "\n"))
        assertEquals(list.readLines().joinToString("\n"), found.joinToString("\n"))
    }

    @Test
    fun `a variant without members prints its name`() {
        val variants = classes(Planguard::class.java).map { Class.forName(it, false, javaClass.classLoader) }
            .filter { type -> type.superclass == type.enclosingClass && type.fields.any { it.name == "INSTANCE" } }
        assertTrue(variants.size > 50, "${variants.size} variants only")
        for (variant in variants) assertEquals(variant.simpleName, "${variant.getField("INSTANCE")[null]}", variant.name)
    }

    private fun surface(): List<String> =
        listOf(Planguard::class.java, GuardedChat::class.java).flatMap(::classes).map { Class.forName(it) }
            .filter { Modifier.isPublic(it.modifiers) && !it.isSynthetic && !generated.matches(it.name) }
            .filter { outer(it).all(::isPublic) }
            .flatMap(::lines).distinct().sorted()

    private fun classes(of: Class<*>): List<String> {
        val jar = File(of.protectionDomain.codeSource.location.toURI())
        check(jar.isFile) { "$jar is no jar: the suite tests what is packaged" }
        return ZipFile(jar).use { zip ->
            zip.entries().asSequence().map { it.name }.filter { it.endsWith(".class") && it.startsWith("io/planguard/") }
                .map { it.removeSuffix(".class").replace('/', '.') }.toList()
        }
    }

    private fun outer(type: Class<*>) = generateSequence(type) { it.enclosingClass }

    /** `internal` is public to the virtual machine. */
    private fun isPublic(type: Class<*>): Boolean {
        val metadata = type.getAnnotation(Metadata::class.java)?.let(KotlinClassMetadata::readLenient)
        val visibility = (metadata as? KotlinClassMetadata.Class)?.kmClass?.visibility
        return Modifier.isPublic(type.modifiers) && visibility in setOf(null, Visibility.PUBLIC)
    }

    private fun lines(type: Class<*>): List<String> {
        val constants = type.declaredFields.filter { Modifier.isPublic(it.modifiers) && !it.isSynthetic }
            .map { "${type.name}.${it.name}: ${it.type.simpleName}" }
        val calls = (type.declaredMethods.toList<Executable>() + type.declaredConstructors).filter(::counts)
            .map { "${type.name}.${name(it)}(${it.parameterTypes.joinToString { each -> each.simpleName }})${result(it)}" }
        if (type.simpleName == "Companion" && calls.isEmpty()) return emptyList()
        return listOf("${if (type.isInterface) "interface" else "class"} ${type.name}") + constants + calls
    }

    private fun counts(call: Executable): Boolean =
        Modifier.isPublic(call.modifiers) && !call.isSynthetic && !(call is Method && call.isBridge) &&
            listOf("component", "copy", "uniffi", "hashCode", "equals").none { call.name.startsWith(it) } &&
            !(call is Method && '$' in call.name)

    private fun name(call: Executable) = if (call is Constructor<*>) "<init>" else call.name

    private fun result(call: Executable) = if (call is Method) ": ${call.returnType.simpleName}" else ""
}
