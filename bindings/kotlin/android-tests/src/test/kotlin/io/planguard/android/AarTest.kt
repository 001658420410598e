package io.planguard.android

import java.io.ByteArrayInputStream
import java.io.File
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.nio.file.Files
import java.util.zip.ZipEntry
import java.util.zip.ZipFile
import java.util.zip.ZipInputStream
import javax.xml.parsers.DocumentBuilderFactory
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import org.junit.Test
import org.w3c.dom.Element

/** What an app's build finds in the AAR. */
class AarTest {
    private val root = File(System.getProperty("planguard.root"))
    private val version = System.getProperty("planguard.version")
    private val jni = File(System.getProperty("planguard.jni"))
    private val aar = root.resolve("android/target/planguard-android-$version.aar")

    private fun entries(): Map<String, ByteArray> = ZipFile(aar).use { zip ->
        zip.entries().asSequence().associate { it.name to zip.getInputStream(it).readBytes() }
    }

    private fun classes(): List<String> =
        ZipInputStream(ByteArrayInputStream(entries().getValue("classes.jar"))).use { zip ->
            generateSequence<ZipEntry> { zip.nextEntry }.map { it.name }.toList()
        }

    @Test
    fun `it has what the plugin looks for, and nothing else`() {
        val abis = jni.list().orEmpty().map { "jni/$it/libplanguard.so" }
        val expected = listOf("AndroidManifest.xml", "R.txt", "classes.jar", "proguard.txt") + abis +
            "META-INF/com/android/build/gradle/aar-metadata.properties"
        assertEquals(expected.sorted(), entries().keys.sorted())
    }

    @Test
    fun `the manifest names the job's service, what it may do, and the least Android`() {
        val document = DocumentBuilderFactory.newInstance().newDocumentBuilder()
            .parse(ByteArrayInputStream(entries().getValue("AndroidManifest.xml")))
        fun one(tag: String) = document.getElementsByTagName(tag).item(0) as Element
        assertEquals("24", one("uses-sdk").getAttribute("android:minSdkVersion"))
        val service = one("service")
        assertEquals(UpkeepService::class.java.name, service.getAttribute("android:name"))
        assertEquals("android.permission.BIND_JOB_SERVICE", service.getAttribute("android:permission"))
        assertEquals("false", service.getAttribute("android:exported"))
        val permissions = document.getElementsByTagName("uses-permission")
        val names = (0 until permissions.length).map { (permissions.item(it) as Element).getAttribute("android:name") }
        assertEquals(
            listOf("INTERNET", "ACCESS_NETWORK_STATE", "RECEIVE_BOOT_COMPLETED").map { "android.permission.$it" },
            names,
        )
    }

    @Test
    fun `the rules keep what native code finds by name, as the jar's do`() {
        val rules = entries().getValue("proguard.txt").decodeToString()
        for (rule in listOf("-keep class com.sun.jna.** { *; }", "-keep class io.planguard.** { *; }", "-dontwarn java.awt.**")) {
            assertTrue(rule in rules, rule)
        }
        assertEquals(root.resolve("jvm/src/main/resources/META-INF/proguard/planguard.pro").readText(), rules)
    }

    @Test
    fun `an app without desugaring is told at its build`() {
        val metadata = entries().getValue("META-INF/com/android/build/gradle/aar-metadata.properties").decodeToString()
        assertTrue("coreLibraryDesugaringEnabled=true" in metadata)
    }

    @Test
    fun `the classes are all there, and none is of another library`() {
        val names = classes()
        for (name in listOf("Planguard", "android/UpkeepService", "testing/ManualClock", "NativePlanguard")) {
            assertTrue("io/planguard/$name.class" in names, name)
        }
        assertTrue(names.filter { it.endsWith(".class") }.all { it.startsWith("io/planguard/") })
    }

    @Test
    fun `these tests run on the classes in the AAR`() {
        val name = "io/planguard/android/UpkeepService.class"
        val from = UpkeepService::class.java.classLoader.getResource(name).toString()
        assertTrue(from.endsWith("aar/classes.jar!/$name"), from)
    }

    @Test
    fun `every library loads on pages of 16 KB`() {
        val libraries = entries().filterKeys { it.endsWith(".so") }
        assertTrue(libraries.isNotEmpty())
        for ((name, bytes) in libraries) {
            val elf = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN)
            val (start, size, count) = Triple(elf.getLong(32).toInt(), elf.getShort(54), elf.getShort(56))
            val loads = (0 until count).map { start + it * size }.filter { elf.getInt(it) == 1 }
            assertTrue(loads.isNotEmpty(), name)
            for (load in loads) assertTrue(elf.getLong(load + 48) >= 16_384, name)
        }
    }

    private fun assemble(jni: File, out: File): Process = ProcessBuilder(
        "${System.getProperty("java.home")}/bin/java", root.resolve("tools/Aar.java").path,
        "--version", version, "--aar", root.resolve("android/aar").path,
        "--jar", root.resolve("android/target/planguard-android-$version.jar").path,
        "--jar", root.resolve("jvm/target/planguard-jvm-$version.jar").path,
        "--jni", jni.path, "--out", out.path,
    ).redirectErrorStream(true).start()

    @Test
    fun `the same input gives the same bytes`() {
        val out = Files.createTempFile("planguard", ".aar").toFile()
        val process = assemble(jni, out)
        val said = process.inputStream.readBytes().decodeToString()
        assertEquals(0, process.waitFor(), said)
        assertContentEquals(aar.readBytes(), out.readBytes())
        out.delete()
    }

    @Test
    fun `a library that is aligned to less, or for another machine, is refused`() {
        val folder = Files.createTempDirectory("jni").toFile()
        val library = jni.resolve("x86_64/libplanguard.so").readBytes()
        fun refusal(abi: String, bytes: ByteArray): String {
            val at = folder.resolve(abi).apply { mkdirs() }.resolve("libplanguard.so")
            at.writeBytes(bytes)
            val process = assemble(folder, folder.resolve("out.aar"))
            val said = process.inputStream.readBytes().decodeToString()
            assertEquals(1, process.waitFor(), said)
            folder.resolve(abi).deleteRecursively()
            return said
        }
        assertTrue("is for machine 62, not for 183" in refusal("arm64-v8a", library))
        assertTrue("no ABI" in refusal("sparc", library))
        assertTrue("no ELF" in refusal("x86_64", ByteArray(100)))
        val small = library.copyOf()
        val elf = ByteBuffer.wrap(small).order(ByteOrder.LITTLE_ENDIAN)
        val start = elf.getLong(32).toInt()
        for (i in 0 until elf.getShort(56)) {
            val at = start + i * elf.getShort(54)
            if (elf.getInt(at) == 1) elf.putLong(at + 48, 4096)
        }
        assertTrue("aligned to 4096" in refusal("x86_64", small))
        folder.deleteRecursively()
    }
}
